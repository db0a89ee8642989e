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
}

type classKey struct {
	protocol string
	service  netip.AddrPort
}

// path is a row of points that packets were seen at.
type path struct {
	points []int
	trace.Finding
}

// pathKey appends the points of a walk, in two bytes each.
func pathKey(b []byte, w trace.Walk) []byte {
	for i := range w.Len() {
		p, _ := w.At(i)
		b = append(b, byte(p>>8), byte(p))
	}
	return b
}

// usual is the path that packets of the class should take in a direction: the
// longest of those that are not rare.
func (c *class) usual(direction trace.FlowDirection) *path {
	const rare = 20 // one in
	var best *path
	for _, p := range c.paths[direction-1] {
		if p.Packets*rare < c.count[direction-1] {
			continue
		}
		if best == nil || len(p.points) > len(best.points) || len(p.points) == len(best.points) &&
			(p.Packets > best.Packets || p.Packets == best.Packets && slices.Compare(p.points, best.points) < 0) {
			best = p
		}
	}
	return best
}

// gap is a point where packets of a path were not seen, though it is on their
// usual one.
type gap struct {
	after, never int
	passed       bool
}

// gaps compares a path with the usual one. A path that goes by other points is
// another way, and has none.
func gaps(points, usual []int) (out []gap) {
	for _, p := range points {
		if !slices.Contains(usual, p) {
			return nil
		}
	}
	last := slices.Index(usual, points[len(points)-1])
	after := points[0]
	for i, u := range usual {
		switch {
		case slices.Contains(points, u):
			after = u
		case i < last:
			out = append(out, gap{after, u, true})
		default:
			return append(out, gap{after, u, false})
		}
	}
	return out
}
