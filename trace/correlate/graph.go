package correlate

import (
	"strings"

	"tracer/trace"
)

// graph has every point of a network where a frame can be seen, and an edge between two
// points if a packet can get from one to the other without passing a third.
//
//	client/eth0 out ─wire▶ host/ens160 in ─stack▶ host/docker0 out ─bridge▶ host/veth out ─wire▶ …
type graph struct {
	points []point
	index  map[place]int
	state  *trace.State
}

// place is one direction of one interface of one node.
type place struct {
	node      string
	iface     string
	direction trace.Direction
}

// point is a place, what is known of it, and the edges that lead to it.
type point struct {
	place
	node  *trace.Node
	iface *trace.Interface
	from  []edge
}

// edge is one way to get from a point to the next.
type edge struct {
	from int
	kind edgeKind
}

// edgeKind is what lies between two neighbouring points, and with it what may change
// there. 0: they are not neighbours.
type edgeKind uint8

const (
	wire   edgeKind = iota + 1 // a cable: nothing changes
	bridge                     // a switch: nothing changes
	stack                      // a node's IP layer: routing, NAT, new MACs
)

// newGraph makes the graph of a network.
func newGraph(s *trace.State) *graph {
	g := &graph{index: map[place]int{}}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		for k := range n.Interfaces {
			for _, d := range []trace.Direction{trace.In, trace.Out} {
				p := place{n.Name, n.Interfaces[k].Name, d}
				g.index[p] = len(g.points)
				g.points = append(g.points, point{place: p})
			}
		}
	}
	g.update(s)
	for i := range s.Nodes {
		g.connect(&s.Nodes[i])
	}
	return g
}

// update gives the graph a newer state of the same network. What has disappeared from it
// stays as it was.
func (g *graph) update(s *trace.State) {
	g.state = s
	for i := range g.points {
		p := &g.points[i]
		n := s.Node(p.place.node)
		if n == nil {
			continue
		}
		p.node = n
		if iface := n.Interface(p.place.iface); iface != nil {
			p.iface = iface
		}
	}
}

// connect adds the edges that end in a node.
func (g *graph) connect(n *trace.Node) {
	for _, i := range n.Interfaces {
		in, out := g.at(n.Name, i.Name, trace.In), g.at(n.Name, i.Name, trace.Out)
		if node, iface, ok := strings.Cut(i.Peer, "/"); ok {
			g.lead(g.at(node, iface, trace.Out), in, wire)
		}
		if i.Kind == "loopback" {
			g.lead(out, in, wire)
		}
		if i.Master == "" {
			g.route(n, out)
			continue
		}
		g.lead(in, g.at(n.Name, i.Master, trace.In), bridge)
		g.lead(g.at(n.Name, i.Master, trace.Out), out, bridge)
		for _, other := range n.Interfaces {
			if other.Master == i.Master && other.Name != i.Name {
				g.lead(g.at(n.Name, other.Name, trace.In), out, bridge)
			}
		}
	}
}

// route lets packets reach an interface through the IP layer, from every interface of the
// node that is not a bridge's port.
func (g *graph) route(n *trace.Node, out int) {
	for _, i := range n.Interfaces {
		if i.Master == "" {
			g.lead(g.at(n.Name, i.Name, trace.In), out, stack)
		}
	}
}

func (g *graph) lead(from, to int, kind edgeKind) {
	if from >= 0 && to >= 0 {
		g.points[to].from = append(g.points[to].from, edge{from, kind})
	}
}

// at returns the index of a point, or -1.
func (g *graph) at(node, iface string, d trace.Direction) int {
	if i, ok := g.index[place{node, iface, d}]; ok {
		return i
	}
	return -1
}

// between returns the kind of the edge from one point to another.
func (g *graph) between(from, to int) edgeKind {
	if from < 0 {
		return 0
	}
	for _, e := range g.points[to].from {
		if e.from == from {
			return e.kind
		}
	}
	return 0
}

// leaves reports whether a packet that was at one point, and then at another, has left
// the node in between: for another one, or to come back by the loopback interface.
func (g *graph) leaves(from, to int) bool {
	return g.points[from].node != g.points[to].node || g.between(from, to) == wire
}

// point returns the point of a captured frame, or -1 for an interface that did not exist
// when the graph was made.
func (g *graph) point(node string, index int, d trace.Direction) int {
	n := g.state.Node(node)
	if n == nil {
		return -1
	}
	if i := n.ByIndex(index); i != nil {
		return g.at(node, i.Name, d)
	}
	return -1
}
