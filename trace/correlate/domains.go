package correlate

import "tracer/trace"

// domains are the broadcast domains of a network: the sets of points that cables and bridges
// connect. A frame that is not IP never leaves its domain.
//
//	client/eth0 ─ host/ens160 │ host/docker0 ─ host/veth ─ flask/eth0
//
// If the other end of an interface is unknown, it may be any other such interface. A domain
// only grows: after a cable or a bridge is removed, packets that crossed it may still be in
// transit.
type domains []int // by point: another point of its domain, nearer to the root; the root's is itself

// root returns the point that represents a point's domain.
func (d domains) root(point int) int {
	for d[point] != point {
		d[point] = d[d[point]]
		point = d[point]
	}
	return point
}

// join merges the domains of two points.
func (d domains) join(a, b int) { d[d.root(a)] = d.root(b) }

// together reports whether two points belong to the same domain.
func (d domains) together(a, b int) bool { return d.root(a) == d.root(b) }

// noteDomains adds the links between the points of the graph to its domains. Both
// directions of an interface are on the same link.
func (g *graph) noteDomains() {
	for i := len(g.domains); i < len(g.points); i++ {
		g.domains = append(g.domains, i)
	}
	outside := -1
	for to := range g.points {
		p := &g.points[to]
		if i := p.iface; i.Peer == "" && i.Kind != "bridge" && i.Kind != "loopback" {
			if outside < 0 {
				outside = to
			}
			g.domains.join(to, outside)
		}
		g.domains.join(to, g.at(p.place.node, p.place.iface, trace.In))
		for _, e := range p.from {
			if e.kind != stack {
				g.domains.join(e.from, to)
			}
		}
	}
}
