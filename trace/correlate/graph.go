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
	points  []point
	index   map[place]int
	byIndex map[nodeInterface]string // the last name of each interface
	nodes   map[string]*trace.Node   // their last state
	before  map[string]*trace.Node   // their state before that
	names   []string                 // of nodes
	domains
}

// place is one direction of one interface of one node.
type place struct {
	node      string
	iface     string
	direction trace.Direction
}

// nodeInterface identifies an interface as the kernel does.
type nodeInterface struct {
	node  string
	index int
}

// point is a place, what is known about it, and the edges that lead to it.
type point struct {
	place
	node  *trace.Node
	iface *trace.Interface
	from  []edge
	far   int // the other end of the cable into which the point sends; -1: none
}

// edge is a way to get from one point to the next.
type edge struct {
	from int
	kind edgeKind
}

// edgeKind is what lies between two adjacent points, and thus what may change there. 0
// means that they are not adjacent.
type edgeKind uint8

const (
	wire   edgeKind = iota + 1 // a cable: nothing changes
	bridge                     // a switch: nothing changes
	stack                      // a node's IP layer: routing, NAT, new MACs
)

// newGraph makes the graph of a network.
func newGraph(s *trace.State) *graph {
	g := &graph{index: map[place]int{}, byIndex: map[nodeInterface]string{}, nodes: map[string]*trace.Node{}, before: map[string]*trace.Node{}}
	g.update(s)
	return g
}

// update gives the graph a newer state of the network. It adds new nodes and interfaces.
// Those that have disappeared stay as they were, because packets may still be on their
// way from them.
func (g *graph) update(s *trace.State) {
	changed, here := false, make([]bool, len(g.points))
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if g.nodes[n.Name] == nil {
			g.names = append(g.names, n.Name)
		} else {
			g.before[n.Name] = g.nodes[n.Name]
		}
		g.nodes[n.Name] = n
		for k := range n.Interfaces {
			iface := &n.Interfaces[k]
			g.byIndex[nodeInterface{n.Name, iface.Index}] = iface.Name
			for _, d := range []trace.Direction{trace.In, trace.Out} {
				at := place{n.Name, iface.Name, d}
				p, known := g.index[at]
				if !known {
					p = len(g.points)
					g.index[at] = p
					g.points, here = append(g.points, point{place: at, far: -1}), append(here, false)
				}
				changed = changed || !known || !sameLinks(iface, g.points[p].iface)
				here[p] = true
				g.points[p].node, g.points[p].iface = n, iface
			}
		}
	}
	if changed {
		g.link(s, here)
	}
}

// sameLinks reports whether the same edges lead to and from two states of an interface.
func sameLinks(a, b *trace.Interface) bool {
	return a.Peer == b.Peer && a.Master == b.Master && a.Kind == b.Kind && a.Hairpin == b.Hairpin
}

// link rebuilds the edges of a state. Edges at points outside it stay.
func (g *graph) link(s *trace.State, here []bool) {
	for to := range g.points {
		var left []edge
		for _, e := range g.points[to].from {
			if !here[to] || !here[e.from] {
				left = append(left, e)
			}
		}
		g.points[to].from = left
	}
	for i := range s.Nodes {
		g.connect(&s.Nodes[i])
	}
	g.noteDomains()
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
		if n.BridgeNetfilter || n.BridgeNetfilter6 { // a frame whose destination was translated: see readdressed
			g.lead(in, g.at(n.Name, i.Master, trace.Out), bridge)
		}
		for _, other := range n.Interfaces {
			if other.Master == i.Master && (other.Name != i.Name || i.Hairpin) {
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
		if kind == wire {
			g.points[from].far = to
		}
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
// the node in between, for another node or to come back through the loopback interface.
func (g *graph) leaves(from, to int) bool {
	return g.points[from].place.node != g.points[to].place.node || g.between(from, to) == wire
}

// point returns the point of a captured frame, or -1 for an interface that was in no
// state of the network.
func (g *graph) point(node string, index int, d trace.Direction) int {
	return g.at(node, g.byIndex[nodeInterface{node, index}], d)
}
