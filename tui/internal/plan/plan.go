package plan

import (
	"strings"

	"tracer/trace"
	"tracer/tui/internal/paper"
)

// Place is an interface of a node.
type Place struct{ Node, Interface string }

// Plan is where everything of a network is drawn, in cells from the top left.
type Plan struct {
	W, H  int
	gap   int // between columns of boxes, at least
	boxes []*box
	wires []wire
	ports map[Place]*port
}

// box is one node.
type box struct {
	node        string
	x, y, w, h  int
	left, right []group // of interfaces that lead to the left and to the right
	hooks       bool    // there is a row for netfilter's hooks
}

// group is an interface with its addresses, or a bridge with its own and with
// its ports beside it.
type group struct {
	bridge    *port
	ports     []*port
	addresses []string
	tight     bool // the first address is beside the name, not below it
}

// port is where an interface is drawn.
type port struct {
	Place
	x, y  int  // of its sign
	right bool // the sign is on the right of the name
}

// hooksWidth is the widest that a row of hooks gets.
const hooksWidth = len("prerouting* > forward > postrouting*")

// The gaps between columns of boxes, where there is room and where there is not.
const (
	wideGap   = 3
	narrowGap = 1
)

// New lays a network out for so many columns of cells. If it needs more, it is
// wider than that. carried are interfaces that are to be on the plan also if they
// lead nowhere, such as a loopback.
func New(s *trace.State, carried map[Place]bool, columns int) *Plan {
	if p := lay(s, carried, wideGap); p.W <= columns {
		return p
	}
	return lay(s, carried, narrowGap)
}

func lay(s *trace.State, carried map[Place]bool, gap int) *Plan {
	p := &Plan{gap: gap, ports: map[Place]*port{}}
	column := columns(s)
	var stacks [][]*box
	var nodes [][]*trace.Node // by column
	for i := range s.Nodes {
		n := &s.Nodes[i]
		b := p.box(n, column, carried)
		for len(stacks) <= column[n.Name] {
			stacks, nodes = append(stacks, nil), append(nodes, nil)
		}
		at := column[n.Name]
		stacks[at], nodes[at] = append(stacks[at], b), append(nodes[at], n)
		p.boxes = append(p.boxes, b)
	}
	for _, stack := range stacks {
		tight := len(stack) > 2 // many boxes: each as low as can be
		y := 0
		for _, b := range stack {
			b.size(tight)
			b.y = y
			b.rows()
			y += b.h
		}
		p.H = max(p.H, y)
	}
	x := 0
	for i, stack := range stacks {
		w := 0
		for _, b := range stack {
			w = max(w, b.w)
		}
		for _, b := range stack {
			b.x, b.w = x, w
			b.columns()
		}
		x += w
		x += p.lead(nodes[i], x, i == len(stacks)-1)
	}
	p.W = x
	return p
}

// box sorts a node's interfaces to the sides that they lead to.
func (p *Plan) box(n *trace.Node, column map[string]int, carried map[Place]bool) *box {
	b := &box{node: n.Name, hooks: len(n.Rules) > 0}
	bridges := map[string]int{}
	for _, i := range n.Interfaces {
		if i.Kind == "bridge" {
			bridges[i.Name] = len(b.right)
			b.right = append(b.right, group{bridge: p.port(n.Name, i.Name, true), addresses: addresses(i)})
		}
	}
	for _, i := range n.Interfaces {
		peer, _, linked := strings.Cut(i.Peer, "/")
		at, bridged := bridges[i.Master]
		switch onwards := linked && column[peer] >= column[n.Name]; {
		case i.Kind == "bridge", !linked && !carried[Place{n.Name, i.Name}]:
		case onwards && bridged:
			b.right[at].ports = append(b.right[at].ports, p.port(n.Name, i.Name, true))
		case onwards:
			b.right = append(b.right, group{addresses: addresses(i), ports: []*port{p.port(n.Name, i.Name, true)}})
		default:
			b.left = append(b.left, group{addresses: addresses(i), ports: []*port{p.port(n.Name, i.Name, false)}})
		}
	}
	return b
}

func (p *Plan) port(node, iface string, right bool) *port {
	q := &port{Place: Place{node, iface}, right: right}
	p.ports[q.Place] = q
	return q
}

// addresses are an interface's, without those that every interface has for
// itself (RFC 4291, 2.5.6).
func addresses(i trace.Interface) (out []string) {
	for _, a := range i.Addresses {
		if !a.Addr().IsLinkLocalUnicast() || a.Addr().Is4() {
			out = append(out, a.Addr().String())
		}
	}
	return out
}

// rows is how many rows a group takes.
func (g *group) rows() int {
	switch {
	case g.bridge != nil:
		return max(len(g.ports), 1+len(g.addresses))
	case g.tight && len(g.addresses) > 0:
		return len(g.addresses)
	}
	return 1 + len(g.addresses)
}

// width is how many cells a group takes, without the sign on the edge.
func (g *group) width() int {
	names, addresses := 0, 0
	for _, q := range g.ports {
		names = max(names, paper.Width(q.Interface))
	}
	for _, a := range g.addresses {
		addresses = max(addresses, len(a))
	}
	switch {
	case g.bridge != nil && len(g.ports) > 0:
		return g.own() + len(" - ") + names
	case g.bridge != nil:
		return g.own()
	case g.tight && addresses > 0:
		return names + 1 + addresses
	}
	return max(names, addresses)
}

// own is the width of a bridge without its ports: its sign, name and addresses.
func (g *group) own() int {
	w := paper.Width(g.bridge.Interface)
	for _, a := range g.addresses {
		w = max(w, len(a))
	}
	return 2 + w
}

// size finds how much room a box needs.
func (b *box) size(tight bool) {
	for i := range b.left {
		b.left[i].tight = tight
	}
	left, right := extents(b.left), extents(b.right)
	inner := 0
	for y := range max(len(left), len(right)) {
		w := 0
		if y < len(left) {
			w = left[y]
		}
		if y < len(right) && w > 0 {
			w += 2
		}
		if y < len(right) {
			w += right[y]
		}
		inner = max(inner, w)
	}
	if b.hooks {
		inner = max(inner, hooksWidth)
	}
	b.w = max(inner, paper.Width(b.node)+2) + 4
	b.h = 2 + max(len(left), len(right), 1)
	if b.hooks {
		b.h++
	}
}

// extents is how far from its edge of the box each row of a side reaches.
func extents(side []group) (rows []int) {
	for i := range side {
		g := &side[i]
		for y := range g.rows() {
			w := g.width()
			switch {
			case g.bridge != nil && y > 0:
				w -= 2 // addresses are below the name, not below its sign
			case g.bridge == nil && !g.tight && y == 0:
				w = paper.Width(g.ports[0].Interface)
			case g.bridge == nil && !g.tight:
				w = len(g.addresses[y-1])
			}
			rows = append(rows, w)
		}
	}
	return rows
}

// rows gives the ports their rows, once the box has its own.
func (b *box) rows() {
	for _, side := range [][]group{b.left, b.right} {
		y := b.y + 1
		for i := range side {
			g := &side[i]
			if g.bridge != nil {
				g.bridge.y = y
			}
			for k, q := range g.ports {
				q.y = y + k
			}
			y += g.rows()
		}
	}
}

// columns gives the ports their columns, once the box has its own.
func (b *box) columns() {
	for i := range b.left {
		b.left[i].ports[0].x = b.x
	}
	for i := range b.right {
		g := &b.right[i]
		if g.bridge != nil {
			g.bridge.x = b.x + b.w - 2 - g.width()
		}
		for _, q := range g.ports {
			q.x = b.x + b.w - 1
		}
	}
}
