package survey

import (
	"net/netip"
	"slices"

	"tracer/trace"
)

// class is all connections to one service.
type class struct {
	paths [2]map[string]*path // by direction
	count [2]int
	best  [2]*route // the usual paths, once known
}

// route is a usual path, with the positions of points on it.
type route struct {
	*path
	at map[int]int // the first position
}

type classKey struct {
	protocol string
	service  netip.AddrPort
}

// path is a sequence of points where packets were seen, while nothing was captured at
// some others.
type path struct {
	points, quiet []int
	trace.Finding
}

// maxPoints is the maximum number of points for which those without any capture are
// determined.
const maxPoints = 1 << 7

// read sets the path to that of a track.
func (p *path) read(w Track) {
	p.points, p.quiet = p.points[:0], p.quiet[:0]
	for i := range w.Len() {
		at, _ := w.At(i)
		p.points = append(p.points, at)
	}
	if w.Len() >= w.Points() || w.Points() > maxPoints {
		return
	}
	for at := range w.Points() {
		if !slices.Contains(p.points, at) && w.Quiet(at) {
			p.quiet = append(p.quiet, at)
		}
	}
}

// appendKey appends what distinguishes the path from others.
func (p *path) appendKey(b []byte) []byte {
	for _, list := range [][]int{p.points, p.quiet} {
		b = append(b, byte(len(list)>>8), byte(len(list)))
		for _, at := range list {
			b = append(b, byte(at>>8), byte(at))
		}
	}
	return b
}

// usual returns the path that packets of the class should take in a direction: the
// longest that is not rare.
func (c *class) usual(direction trace.FlowDirection) *route {
	const rare = 20 // fewer than one packet in this many
	d := direction - 1
	if c.best[d] != nil {
		return c.best[d]
	}
	var best *path
	for _, p := range c.paths[d] {
		if p.Packets*rare < c.count[d] {
			continue
		}
		if best == nil || len(p.points) > len(best.points) || len(p.points) == len(best.points) &&
			(p.Packets > best.Packets || p.Packets == best.Packets && slices.Compare(p.points, best.points) < 0) {
			best = p
		}
	}
	if best != nil {
		c.best[d] = &route{best, places(best.points)}
	}
	return c.best[d]
}

// places returns the first position of each point in a list.
func places(points []int) map[int]int {
	at := make(map[int]int, len(points))
	for i, p := range points {
		if _, known := at[p]; !known {
			at[p] = i
		}
	}
	return at
}

// gap is a point on the usual path where packets were not seen.
type gap struct {
	after, never  int
	passed, quiet bool
}

// gaps compares a path with the usual one. A path through other points is a different
// path, and has no gaps. Nothing is missing before a path's first point: the packet may
// have been sent from in between.
func gaps(points, quiet []int, usual *route) (out []gap) {
	for _, p := range points {
		if _, is := usual.at[p]; !is {
			return nil
		}
	}
	on := places(points)
	after := points[0]
	last := usual.at[points[len(points)-1]]
	for i := usual.at[after]; i < len(usual.points); i++ {
		u := usual.points[i]
		if _, is := on[u]; is {
			after = u
			continue
		}
		out = append(out, gap{after, u, i < last, slices.Contains(quiet, u)})
		if i > last {
			break
		}
	}
	return out
}
