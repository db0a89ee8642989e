package painter

import (
	"slices"
	"strings"

	"tracer/trace"
	"tracer/trace/netmap"
	"tracer/tui/internal/canvas"
)

// Look is the look of a map: styles, and signs of one cell each.
type Look struct {
	Frame, Name, Label, Address, Idle, Way, Here, Changed, Bad canvas.Style

	Corners                     [4]string // of a box: top left, top right, bottom left, bottom right
	Across, Down                string
	HeavyAcross, HeavyDown      string
	Bends, HeavyBends           [4]string // of a cable: right and down, left and down, right and up, left and up
	Fork, ForkEnd, Branch       string    // between a bridge and its ports: first of many, last, others
	Port, Seen                  string
	Rightwards, Leftwards, Stay string // the packet, by direction
	Dead, Then, Pencil          string
}

// painter draws one map.
type painter struct {
	canvas.Area
	Look
	netmap *netmap.Map
	way    netmap.Way
	window netmap.Window
}

// Draw draws the part of a map that fits an area: all of it, or the surroundings of the
// packet. It returns the part drawn.
func Draw(m *netmap.Map, a canvas.Area, way netmap.Way, look Look) netmap.Window {
	d := painter{a, look, m, way, m.Window(way, a.W, a.H)}
	for _, w := range m.Wires {
		d.wire(w, d.Idle, [2]string{d.Across, d.Down}, d.Bends)
	}
	for i := 1; i < len(way.Visited); i++ {
		for _, w := range m.Wires {
			a, b := way.Visited[i-1], way.Visited[i]
			if w.From.Place == a && w.To.Place == b || w.From.Place == b && w.To.Place == a {
				d.wire(w, d.Way, [2]string{d.HeavyAcross, d.HeavyDown}, d.HeavyBends)
			}
		}
	}
	for _, b := range m.Boxes {
		d.box(b)
	}
	return d.window
}

func (d *painter) put(x, y int, s string, style canvas.Style) int {
	return d.Text(x-d.window.X, y-d.window.Y, s, style) + d.window.X
}

func (d *painter) repeat(x, y, n int, s string, style canvas.Style) {
	if n > 0 {
		d.put(x, y, strings.Repeat(s, n), style)
	}
}

func (d *painter) column(x, from, to int, s string, style canvas.Style) {
	for y := from; y <= to; y++ {
		d.put(x, y, s, style)
	}
}

// wire draws a cable.
func (d *painter) wire(w netmap.Wire, style canvas.Style, line [2]string, bends [4]string) {
	a, b := w.From, w.To
	across, down := line[0], line[1]
	if w.Track == 0 {
		d.repeat(a.X+1, a.Y, b.X-a.X-1, across, style)
		return
	}
	d.repeat(a.X+1, a.Y, w.Track-a.X-1, across, style)
	d.column(w.Track, min(a.Y, b.Y)+1, max(a.Y, b.Y)-1, down, style)
	first, last := bends[1], bends[2] // left and down, right and up
	if b.Y < a.Y {
		first, last = bends[3], bends[0]
	}
	switch {
	case b.Right && b.Y > a.Y:
		last = bends[3]
	case b.Right:
		last = bends[1]
	}
	d.put(w.Track, a.Y, first, style)
	d.put(w.Track, b.Y, last, style)
	if b.Right {
		d.repeat(b.X+1, b.Y, w.Track-b.X-1, across, style)
	} else {
		d.repeat(w.Track+1, b.Y, b.X-w.Track-1, across, style)
	}
}

func (d *painter) box(b *netmap.Box) {
	name := d.Name
	if b.Node == d.way.Node() {
		name = d.Here
	}
	right, bottom := b.X+b.W-1, b.Y+b.H-1
	d.repeat(b.X+1, b.Y, b.W-2, d.Across, d.Frame)
	d.repeat(b.X+1, bottom, b.W-2, d.Across, d.Frame)
	d.column(b.X, b.Y+1, bottom-1, d.Down, d.Frame)
	d.column(right, b.Y+1, bottom-1, d.Down, d.Frame)
	d.put(b.X, b.Y, d.Corners[0], d.Frame)
	d.put(right, b.Y, d.Corners[1], d.Frame)
	d.put(b.X, bottom, d.Corners[2], d.Frame)
	d.put(right, bottom, d.Corners[3], d.Frame)
	d.put(b.X+2, b.Y, " "+b.Node+" ", name)
	for i := range b.Left {
		d.leftGroup(&b.Left[i])
	}
	for i := range b.Right {
		d.rightGroup(b, &b.Right[i])
	}
	if b.Hooks {
		d.hooks(b)
	}
}

func (d *painter) leftGroup(g *netmap.Group) {
	q := g.Ports[0]
	x := d.put(q.X+2, q.Y, q.Interface, d.label(q))
	y := q.Y
	for i, a := range g.Addresses {
		if g.Tight && i == 0 {
			d.put(x+1, y, a, d.Address)
			continue
		}
		y++
		d.put(q.X+2, y, a, d.Address)
	}
	d.sign(q)
}

func (d *painter) rightGroup(b *netmap.Box, g *netmap.Group) {
	edge := b.X + b.W - 2
	for i, q := range g.Ports {
		d.put(edge-q.Width, q.Y, q.Interface, d.label(q))
		d.sign(q)
		if g.Bridge != nil {
			d.branch(g, i, edge-q.Width)
		}
	}
	if g.Bridge == nil {
		for i, a := range g.Addresses {
			d.put(edge-len(a), g.Ports[0].Y+1+i, a, d.Address)
		}
		return
	}
	d.put(g.Bridge.X+2, g.Bridge.Y, g.Bridge.Interface, d.label(g.Bridge))
	for i, a := range g.Addresses {
		d.put(g.Bridge.X+2, g.Bridge.Y+1+i, a, d.Address)
	}
	d.sign(g.Bridge)
}

// branch draws the line from a bridge to one of its ports. name is the column where the
// port's name starts.
func (d *painter) branch(g *netmap.Group, i, name int) {
	style, across := d.Idle, d.Across
	if d.way.Stepped(g.Bridge.Place, g.Ports[i].Place) {
		style, across = d.Way, d.HeavyAcross
	}
	sign := d.Branch
	switch {
	case len(g.Ports) == 1:
		sign = across
	case i == 0:
		sign = d.Fork
	case i == len(g.Ports)-1:
		sign = d.ForkEnd
	}
	if i == 0 {
		d.repeat(g.Bridge.X+3+g.Bridge.Width, g.Bridge.Y, g.Fork-g.Bridge.X-3-g.Bridge.Width, across, style)
	}
	d.put(g.Fork, g.Ports[i].Y, sign, style)
	d.repeat(g.Fork+1, g.Ports[i].Y, name-g.Fork-2, across, style)
}

func (d *painter) visited(q *netmap.Port) bool { return slices.Contains(d.way.Visited, q.Place) }

func (d *painter) label(q *netmap.Port) canvas.Style {
	switch {
	case q.Place == d.way.At():
		return d.Here
	case d.visited(q):
		return d.Way
	}
	return d.Label
}

// sign draws a port: unvisited, visited, or with the packet on it.
func (d *painter) sign(q *netmap.Port) {
	sign, style := d.Port, d.Idle
	switch {
	case q.Place == d.way.At() && d.way.Dead:
		sign, style = d.Dead, d.Bad
	case q.Place == d.way.At():
		sign, style = [...]string{d.Leftwards, d.Stay, d.Rightwards}[1+d.netmap.Heading(&d.way)], d.Here
	case d.visited(q):
		sign, style = d.Seen, d.Way
	}
	d.put(q.X, q.Y, sign, style)
}

// forwarding lists the hooks that a forwarded packet passes.
var forwarding = []string{trace.Prerouting.String(), trace.Forward.String(), trace.Postrouting.String()}

// hooks draws the netfilter hooks that the packet passed in a node, or if there are none,
// those of forwarding, dimmed.
func (d *painter) hooks(b *netmap.Box) {
	x, y := b.X+2, b.Y+b.H-2
	passed := d.way.Hooks[b.Node]
	if len(passed) == 0 {
		d.put(x, y, strings.Join(forwarding, " "+d.Then+" "), d.Idle)
		return
	}
	for i, h := range passed {
		style, text := d.Way, h.Hook.String()
		switch here := b.Node == d.way.Inside && i == len(passed)-1; {
		case here && h.Changed:
			style, text = d.Here, text+d.Pencil
		case here:
			style = d.Here
		case h.Dropped:
			style, text = d.Bad, text+d.Dead
		case h.Changed:
			style, text = d.Changed, text+d.Pencil
		}
		then := ""
		if i > 0 {
			then = " " + d.Then + " "
		}
		if x+canvas.Width(then+text) > b.X+b.W-1 {
			return // no room for the rest
		}
		x = d.put(d.put(x, y, then, d.Idle), y, text, style)
	}
}
