package netmap

import (
	"strings"

	"tracer/trace"
)

// Place is an interface of a node.
type Place struct{ Node, Interface string }

// Map is the layout of a network.
type Map struct {
	W, H  int
	Boxes []*Box
	Wires []Wire
	ports map[Place]*Port
	gap   int // minimum, between columns of boxes
	width func(string) int
}

// Box is one node.
type Box struct {
	Node        string
	X, Y, W, H  int
	Left, Right []Group // interfaces that lead to the left and to the right
	Hooks       bool    // has a row for netfilter's hooks
}

// Group is an interface with its addresses, or a bridge with its addresses and ports.
type Group struct {
	Bridge    *Port
	Ports     []*Port
	Addresses []string
	Tight     bool // the first address is beside the name, not below it
	Fork      int  // where the lines from a bridge to its ports branch
}

// Port is one interface.
type Port struct {
	Place
	X, Y  int  // of its sign
	Width int  // of its name
	Right bool // the sign is on the right of the name
}

// hooksWidth is the maximum width of a row of hooks.
const hooksWidth = len("prerouting* > forward > postrouting*")

// The gaps between columns of boxes, with and without enough room.
const (
	wideGap   = 3
	narrowGap = 1
)

// New lays out a network to fit the given number of columns, if possible. A larger network
// makes a wider map. Interfaces that carried frames are included even if unconnected, such
// as loopback. width returns the width of a name in cells.
func New(s *trace.State, carried map[Place]bool, columns int, width func(string) int) *Map {
	if m := lay(s, carried, wideGap, width); m.W <= columns {
		return m
	}
	return lay(s, carried, narrowGap, width)
}

// widestGap is the longest that a cable is drawn only because there is room.
const widestGap = 28

// Spread is like New, but moves the columns of boxes apart if there is room for more.
func Spread(s *trace.State, carried map[Place]bool, columns int, width func(string) int) *Map {
	m, stacks := New(s, carried, columns, width), map[int]bool{}
	for _, b := range m.Boxes {
		stacks[b.X] = true
	}
	if spare := columns - m.W; spare > 0 && len(stacks) > 1 {
		return lay(s, carried, max(m.gap, min(widestGap, m.gap+spare/len(stacks))), width)
	}
	return m
}

func lay(s *trace.State, carried map[Place]bool, gap int, width func(string) int) *Map {
	m := &Map{gap: gap, width: width, ports: map[Place]*Port{}}
	column := columns(s)
	var stacks [][]*Box
	var nodes [][]*trace.Node // by column
	for i := range s.Nodes {
		n := &s.Nodes[i]
		b := m.box(n, column, carried)
		for len(stacks) <= column[n.Name] {
			stacks, nodes = append(stacks, nil), append(nodes, nil)
		}
		at := column[n.Name]
		stacks[at], nodes[at] = append(stacks[at], b), append(nodes[at], n)
		m.Boxes = append(m.Boxes, b)
	}
	for _, stack := range stacks {
		tight := len(stack) > 2 // many boxes: keep each low
		y := 0
		for _, b := range stack {
			b.size(tight)
			b.Y = y
			b.rows()
			y += b.H
		}
		m.H = max(m.H, y)
	}
	x := 0
	for i, stack := range stacks {
		w := 0
		for _, b := range stack {
			w = max(w, b.W)
		}
		for _, b := range stack {
			b.X, b.W = x, w
			b.columns()
		}
		x += w
		x += m.lead(nodes[i], x, i == len(stacks)-1)
	}
	m.W = x
	return m
}

// box creates a node's box, with each interface on the side it leads to.
func (m *Map) box(n *trace.Node, column map[string]int, carried map[Place]bool) *Box {
	b := &Box{Node: n.Name, Hooks: len(n.Rules) > 0, W: m.width(n.Name) + 6}
	bridges := map[string]int{}
	for _, i := range n.Interfaces {
		if i.Kind == "bridge" {
			bridges[i.Name] = len(b.Right)
			b.Right = append(b.Right, Group{Bridge: m.port(n.Name, i.Name, true), Addresses: addresses(i)})
		}
	}
	for _, i := range n.Interfaces {
		peer, _, linked := strings.Cut(i.Peer, "/")
		at, bridged := bridges[i.Master]
		switch onwards := linked && column[peer] >= column[n.Name]; {
		case i.Kind == "bridge", !linked && !carried[Place{n.Name, i.Name}]:
		case onwards && bridged:
			b.Right[at].Ports = append(b.Right[at].Ports, m.port(n.Name, i.Name, true))
		case onwards:
			b.Right = append(b.Right, Group{Addresses: addresses(i), Ports: []*Port{m.port(n.Name, i.Name, true)}})
		default:
			b.Left = append(b.Left, Group{Addresses: addresses(i), Ports: []*Port{m.port(n.Name, i.Name, false)}})
		}
	}
	return b
}

func (m *Map) port(node, iface string, right bool) *Port {
	q := &Port{Place: Place{node, iface}, Right: right, Width: m.width(iface)}
	m.ports[q.Place] = q
	return q
}

// addresses returns an interface's addresses, without the link-local one that every
// interface has (RFC 4291, 2.5.6).
func addresses(i trace.Interface) (out []string) {
	for _, a := range i.Addresses {
		if !a.Addr().IsLinkLocalUnicast() || a.Addr().Is4() {
			out = append(out, a.Addr().String())
		}
	}
	return out
}
