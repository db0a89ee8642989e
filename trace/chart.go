package trace

import (
	"iter"
	"strings"

	"tracer/sim"
	"tracer/trace/capture"
)

// Chart knows every point of a network where a frame can be seen, and from
// which points a packet can get to which in one stride. It is drawn from what
// the kernel says the network looks like.
//
//	client/eth0 out ─wire▶ host/ens160 in ─stack▶ host/docker0 out ─bridge▶ host/veth out ─wire▶ …
type Chart struct {
	State  *sim.State
	points []point
	index  map[place]int
}

// place is one direction of one interface of one node.
type place struct {
	node      string
	iface     string
	direction capture.Direction
}

// point is a place with the strides that lead to it.
type point struct {
	place
	from []stride
}

// stride is one way to get from a point to the next.
type stride struct {
	from int
	kind strideKind
}

// strideKind says what lies between two neighbouring points, and with it what
// may have changed there.
type strideKind uint8

const (
	wire   strideKind = iota + 1 // a cable: nothing changes
	bridge                       // a switch: nothing changes
	stack                        // a node's IP layer: routing, NAT, new MACs
)

// NewChart draws the chart of a network.
func NewChart(s *sim.State) *Chart {
	c := &Chart{State: s, index: map[place]int{}}
	for _, n := range s.Nodes {
		for _, i := range n.Interfaces {
			for _, d := range []capture.Direction{capture.In, capture.Out} {
				p := place{n.Name, i.Name, d}
				c.index[p] = len(c.points)
				c.points = append(c.points, point{place: p})
			}
		}
	}
	for i := range s.Nodes {
		c.node(&s.Nodes[i])
	}
	return c
}

// node draws the strides that end in a node.
func (c *Chart) node(n *sim.NodeState) {
	for _, i := range n.Interfaces {
		in, out := c.at(n.Name, i.Name, capture.In), c.at(n.Name, i.Name, capture.Out)
		if node, iface, ok := strings.Cut(i.Peer, "/"); ok {
			c.lead(c.at(node, iface, capture.Out), in, wire)
		}
		if i.Kind == "loopback" {
			c.lead(out, in, wire)
		}
		if i.Master == "" {
			c.routed(n, out)
			continue
		}
		c.lead(in, c.at(n.Name, i.Master, capture.In), bridge)
		c.lead(c.at(n.Name, i.Master, capture.Out), out, bridge)
		for _, other := range n.Interfaces {
			if other.Master == i.Master && other.Name != i.Name {
				c.lead(c.at(n.Name, other.Name, capture.In), out, bridge)
			}
		}
	}
}

// routed lets a packet come to an interface through the IP layer, from any
// interface of the node that is not a bridge's port.
func (c *Chart) routed(n *sim.NodeState, out int) {
	for _, i := range n.Interfaces {
		if i.Master == "" {
			c.lead(c.at(n.Name, i.Name, capture.In), out, stack)
		}
	}
}

func (c *Chart) lead(from, to int, kind strideKind) {
	if from >= 0 && to >= 0 {
		c.points[to].from = append(c.points[to].from, stride{from, kind})
	}
}

// nodes yields the names of the nodes.
func (c *Chart) nodes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range c.State.Nodes {
			if !yield(c.State.Nodes[i].Name) {
				return
			}
		}
	}
}

// at returns the index of a point, or -1.
func (c *Chart) at(node, iface string, d capture.Direction) int {
	if i, ok := c.index[place{node, iface, d}]; ok {
		return i
	}
	return -1
}

// between returns the stride that leads from one point to another, or 0.
func (c *Chart) between(from, to int) strideKind {
	for _, s := range c.points[to].from {
		if s.from == from {
			return s.kind
		}
	}
	return 0
}

// leaves reports whether a packet that was at one point, and then at another, has
// left the node in between: for another one, or to come back by the loopback.
func (c *Chart) leaves(from, to int) bool {
	return c.points[from].node != c.points[to].node || c.between(from, to) == wire
}

// point returns the point of a captured frame, or -1 for an interface that was
// not there when the chart was drawn.
func (c *Chart) point(node string, index int, d capture.Direction) int {
	n := c.State.Node(node)
	if n == nil {
		return -1
	}
	for _, i := range n.Interfaces {
		if i.Index == index {
			return c.at(node, i.Name, d)
		}
	}
	return -1
}
