package correlate

import "tracer/trace"

// segments are the links of a network: the points that cables and bridges connect. What is
// not IP never leaves its segment.
//
//	client/eth0 ─ host/ens160 │ host/docker0 ─ host/veth ─ flask/eth0
//
// Where the other end of an interface is not known, it may be any other such interface. A
// segment only grows: if a cable or a bridge is gone, packets that passed it may still be
// on their way.
type segments []int // by point: another one of its segment, nearer to the root, which has itself

// root returns the point that stands for a point's segment.
func (s segments) root(point int) int {
	for s[point] != point {
		s[point] = s[s[point]]
		point = s[point]
	}
	return point
}

// join makes the segments of two points one.
func (s segments) join(a, b int) { s[s.root(a)] = s.root(b) }

// together reports whether two points are of one segment.
func (s segments) together(a, b int) bool { return s.root(a) == s.root(b) }

// noteSegments adds the links between the points of the graph to its segments. Both
// directions of an interface are on the same one.
func (g *graph) noteSegments() {
	for i := len(g.segments); i < len(g.points); i++ {
		g.segments = append(g.segments, i)
	}
	outside := -1
	for to := range g.points {
		p := &g.points[to]
		if i := p.iface; i.Peer == "" && i.Kind != "bridge" && i.Kind != "loopback" {
			if outside < 0 {
				outside = to
			}
			g.segments.join(to, outside)
		}
		g.segments.join(to, g.at(p.place.node, p.place.iface, trace.In))
		for _, e := range p.from {
			if e.kind != stack {
				g.segments.join(e.from, to)
			}
		}
	}
}
