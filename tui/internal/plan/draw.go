package plan

import (
	"strings"

	"tracer/tui/internal/paper"
)

// Way is how far a packet has come.
type Way struct {
	Visited []Place           // where it was seen, in order; the last is where it is
	Hooks   map[string][]Hook // by node: the hooks it has passed there
	Dead    bool              // it goes no further
}

// Hook is one of netfilter's hooks that a packet has passed.
type Hook struct {
	Name    string
	Changed bool // its addresses changed there
	Dropped bool
}

// Look is how a plan looks: styles, and signs of one cell each.
type Look struct {
	Frame, Name, Label, Address, Idle, Way, Here, Changed, Bad paper.Style

	Corners                     [4]string // of a box: top left, top right, bottom left, bottom right
	Across, Down                string
	HeavyAcross, HeavyDown      string
	Bends, HeavyBends           [4]string // of a cable: right and down, left and down, right and up, left and up
	Fork, ForkEnd, Branch       string    // between a bridge and its ports: first of many, last, others
	Port, Seen                  string
	Rightwards, Leftwards, Stay string // the packet, by where it goes
	Dead, Then, Pencil          string
}

// pencil draws one plan.
type pencil struct {
	paper.Area
	*Plan
	Look
	way    Way
	dx, dy int
}

// Draw draws the part of the plan that fits an area: all of it, or what is
// around the packet. cut says which sides are cut off.
func (p *Plan) Draw(a paper.Area, way Way, look Look) (cut Cut) {
	d := pencil{a, p, look, way, 0, 0}
	here := p.here(way)
	d.dx, cut.Left, cut.Right = window(p.W, a.W, here.x, here.left, here.right)
	d.dy, cut.Above, cut.Below = window(p.H, a.H, here.y, here.top, here.bottom)
	for _, w := range p.wires {
		d.wire(w, d.Idle, [3]string{d.Across, d.Down}, d.Bends)
	}
	for i := 1; i < len(way.Visited); i++ {
		for _, w := range p.wires {
			a, b := way.Visited[i-1], way.Visited[i]
			if w.from.Place == a && w.to.Place == b || w.from.Place == b && w.to.Place == a {
				d.wire(w, d.Way, [3]string{d.HeavyAcross, d.HeavyDown}, d.HeavyBends)
			}
		}
	}
	for _, b := range p.boxes {
		d.box(b)
	}
	return cut
}

// Cut says on which sides a plan goes on beyond what is drawn.
type Cut struct{ Left, Right, Above, Below bool }

// focus is what must be in view.
type focus struct{ x, y, left, right, top, bottom int }

// here is where the packet is, with the box around it.
func (p *Plan) here(way Way) focus {
	if len(way.Visited) == 0 {
		return focus{}
	}
	q := p.ports[way.Visited[len(way.Visited)-1]]
	if q == nil {
		return focus{}
	}
	for _, b := range p.boxes {
		if b.node == q.Node {
			return focus{q.x, q.y, b.x, b.x + b.w, b.y, b.y + b.h}
		}
	}
	return focus{}
}

// window says from which cell on to show a plan that is longer than the room:
// with the packet's box in the middle, or the packet if the box is too long.
func window(length, room, at, from, to int) (offset int, before, after bool) {
	if length <= room {
		return 0, false, false
	}
	middle := (from + to) / 2
	if to-from > room {
		middle = at
	}
	offset = min(max(middle-room/2, 0), length-room)
	return offset, offset > 0, offset+room < length
}

func (d *pencil) put(x, y int, s string, style paper.Style) int {
	return d.Text(x-d.dx, y-d.dy, s, style) + d.dx
}

func (d *pencil) repeat(x, y, n int, s string, style paper.Style) {
	if n > 0 {
		d.put(x, y, strings.Repeat(s, n), style)
	}
}

func (d *pencil) column(x, from, to int, s string, style paper.Style) {
	for y := from; y <= to; y++ {
		d.put(x, y, s, style)
	}
}

// wire draws a cable.
func (d *pencil) wire(w wire, style paper.Style, line [3]string, bends [4]string) {
	a, b := w.from, w.to
	across, down := line[0], line[1]
	if w.track == 0 {
		d.repeat(a.x+1, a.y, b.x-a.x-1, across, style)
		return
	}
	d.repeat(a.x+1, a.y, w.track-a.x-1, across, style)
	d.column(w.track, min(a.y, b.y)+1, max(a.y, b.y)-1, down, style)
	first, last := bends[1], bends[2] // from the left down, and down to the right
	if b.y < a.y {
		first, last = bends[3], bends[0]
	}
	switch {
	case b.right && b.y > a.y:
		last = bends[3]
	case b.right:
		last = bends[1]
	}
	d.put(w.track, a.y, first, style)
	d.put(w.track, b.y, last, style)
	if b.right {
		d.repeat(b.x+1, b.y, w.track-b.x-1, across, style)
	} else {
		d.repeat(w.track+1, b.y, b.x-w.track-1, across, style)
	}
}

// at returns the node where the packet is.
func (d *pencil) at() Place {
	if n := len(d.way.Visited); n > 0 {
		return d.way.Visited[n-1]
	}
	return Place{}
}

func (d *pencil) box(b *box) {
	name := d.Name
	if b.node == d.at().Node {
		name = d.Here
	}
	right, bottom := b.x+b.w-1, b.y+b.h-1
	d.repeat(b.x+1, b.y, b.w-2, d.Across, d.Frame)
	d.repeat(b.x+1, bottom, b.w-2, d.Across, d.Frame)
	d.column(b.x, b.y+1, bottom-1, d.Down, d.Frame)
	d.column(right, b.y+1, bottom-1, d.Down, d.Frame)
	d.put(b.x, b.y, d.Corners[0], d.Frame)
	d.put(right, b.y, d.Corners[1], d.Frame)
	d.put(b.x, bottom, d.Corners[2], d.Frame)
	d.put(right, bottom, d.Corners[3], d.Frame)
	d.put(b.x+2, b.y, " "+b.node+" ", name)
	for i := range b.left {
		d.leftGroup(&b.left[i])
	}
	for i := range b.right {
		d.rightGroup(b, &b.right[i])
	}
	if b.hooks {
		d.hooks(b)
	}
}

func (d *pencil) leftGroup(g *group) {
	q := g.ports[0]
	x := d.put(q.x+2, q.y, q.Interface, d.label(q))
	y := q.y
	for i, a := range g.addresses {
		if g.tight && i == 0 {
			d.put(x+1, y, a, d.Address)
			continue
		}
		y++
		d.put(q.x+2, y, a, d.Address)
	}
	d.sign(q)
}

func (d *pencil) rightGroup(b *box, g *group) {
	edge := b.x + b.w - 2
	for i, q := range g.ports {
		d.put(edge-paper.Width(q.Interface), q.y, q.Interface, d.label(q))
		d.sign(q)
		if g.bridge != nil {
			d.branch(g, i, edge-paper.Width(q.Interface))
		}
	}
	if g.bridge == nil {
		for i, a := range g.addresses {
			d.put(edge-len(a), g.ports[0].y+1+i, a, d.Address)
		}
		return
	}
	d.put(g.bridge.x+2, g.bridge.y, g.bridge.Interface, d.label(g.bridge))
	for i, a := range g.addresses {
		d.put(g.bridge.x+2, g.bridge.y+1+i, a, d.Address)
	}
	d.sign(g.bridge)
}

// branch draws the line from a bridge to one of its ports, whose name begins at
// a column.
func (d *pencil) branch(g *group, i, name int) {
	style, across := d.Idle, d.Across
	if d.stepped(g.bridge, g.ports[i]) {
		style, across = d.Way, d.HeavyAcross
	}
	fork := g.bridge.x + g.own() + 1
	sign := d.Branch
	switch {
	case len(g.ports) == 1:
		sign = across
	case i == 0:
		sign = d.Fork
	case i == len(g.ports)-1:
		sign = d.ForkEnd
	}
	if i == 0 {
		d.repeat(g.bridge.x+3+paper.Width(g.bridge.Interface), g.bridge.y, fork-g.bridge.x-3-paper.Width(g.bridge.Interface), across, style)
	}
	d.put(fork, g.ports[i].y, sign, style)
	d.repeat(fork+1, g.ports[i].y, name-fork-2, across, style)
}

// stepped reports whether the packet went from one port straight to another, or
// back.
func (d *pencil) stepped(a, b *port) bool {
	for i := 1; i < len(d.way.Visited); i++ {
		u, v := d.way.Visited[i-1], d.way.Visited[i]
		if u == a.Place && v == b.Place || u == b.Place && v == a.Place {
			return true
		}
	}
	return false
}

func (d *pencil) visited(q *port) bool {
	for _, v := range d.way.Visited {
		if v == q.Place {
			return true
		}
	}
	return false
}

func (d *pencil) label(q *port) paper.Style {
	switch {
	case q.Place == d.at():
		return d.Here
	case d.visited(q):
		return d.Way
	}
	return d.Label
}

// sign draws a port: empty, or seen by the packet, or the packet itself.
func (d *pencil) sign(q *port) {
	sign, style := d.Port, d.Idle
	switch {
	case q.Place == d.at() && d.way.Dead:
		sign, style = d.Dead, d.Bad
	case q.Place == d.at():
		sign, style = d.heading(q), d.Here
	case d.visited(q):
		sign, style = d.Seen, d.Way
	}
	d.put(q.x, q.y, sign, style)
}

// heading is the sign of a packet that is at a port: where it moved last, or at
// its beginning where it will move.
func (d *pencil) heading(q *port) string {
	n := len(d.way.Visited)
	if n < 2 {
		if q.right {
			return d.Rightwards
		}
		return d.Leftwards
	}
	before := d.ports[d.way.Visited[n-2]]
	switch {
	case before == nil || before.x == q.x:
		return d.Stay
	case before.x < q.x:
		return d.Rightwards
	}
	return d.Leftwards
}

// hooks draws netfilter's hooks in a node: those that the packet passed, or
// dimly those of forwarding.
func (d *pencil) hooks(b *box) {
	x, y := b.x+2, b.y+b.h-2
	passed := d.way.Hooks[b.node]
	if len(passed) == 0 {
		d.put(x, y, "prerouting "+d.Then+" forward "+d.Then+" postrouting", d.Idle)
		return
	}
	for i, h := range passed {
		style, text := d.Way, h.Name
		switch {
		case h.Dropped:
			style, text = d.Bad, text+d.Dead
		case h.Changed:
			style, text = d.Changed, text+d.Pencil
		}
		then := ""
		if i > 0 {
			then = " " + d.Then + " "
		}
		if x+paper.Width(then+text) > b.x+b.w-1 {
			return // a packet can pass more hooks than there is room for
		}
		x = d.put(d.put(x, y, then, d.Idle), y, text, style)
	}
}
