package page

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
	"tracer/trace/netmap"
)

// drawing is the network as shapes of an SVG.
type drawing struct {
	Width, Height int
	Label         string
	Boxes         []shape
	Wires         []wire
	Ports         []shape
	Texts         []words

	places map[netmap.Place]int
	nodes  map[string]int // with a row of hooks
}

// shape is a box or the circle of a port, around a center.
type shape struct {
	X, Y, W, H int
	Place      string // of a port
	Class      string
}

// wire is a cable, or a line from a bridge to its port.
type wire struct {
	Path string
	Ends string // two places
}

// words is a text in the drawing, which fills a given length.
type words struct {
	X, Y, Length int
	Class        string
	Text         string
	Hook         string // of a node: see [moment]
}

// The size of a cell of the map, and the longest name, in cells.
const (
	cellWidth, cellHeight = 8, 20
	longest               = 32
)

// shorten cuts a name that is too long for the drawing.
func shorten(s string) string { return ansi.Truncate(s, longest, "…") }

func width(s string) int { return ansi.StringWidth(shorten(s)) }

// x and y return the center of a cell.
func x(column int) int { return column*cellWidth + cellWidth/2 }

func y(row int) int { return row*cellHeight + cellHeight/2 }

// columns is the width of the map in cells, for which long cables are shortened.
const columns = 120

// draw draws the network of a trace. Below it are two rows for what changes.
func draw(t *trace.Trace) *drawing {
	carried := map[netmap.Place]bool{}
	for i := range t.Journeys {
		for k := range t.Journeys[i].Hops {
			h := &t.Journeys[i].Hops[k]
			carried[netmap.Place{Node: h.Node, Interface: h.Interface}] = true
		}
	}
	m := netmap.Spread(&t.State, carried, columns, width)
	d := &drawing{Width: m.W * cellWidth, Height: (m.H + 2) * cellHeight, places: map[netmap.Place]int{}, nodes: map[string]int{}}
	for _, b := range m.Boxes {
		d.box(b)
	}
	for _, w := range m.Wires {
		d.wire(&w)
	}
	return d
}

// place returns the name of a place in the document, or "" if it is not on the map.
func (d *drawing) place(p netmap.Place) string {
	if n, known := d.places[p]; known {
		return strconv.Itoa(n)
	}
	return ""
}

// hook returns the name of a hook of a node, or "" if the map does not have it.
func (d *drawing) hook(node string, h trace.Hook) string {
	n, known := d.nodes[node]
	if !known {
		return ""
	}
	return strconv.Itoa(n) + "." + h.String()
}

func (d *drawing) box(b *netmap.Box) {
	if b.Hooks {
		d.nodes[b.Node] = len(d.Boxes)
	}
	d.Boxes = append(d.Boxes, shape{X: x(b.X), Y: y(b.Y), W: (b.W - 1) * cellWidth, H: (b.H - 1) * cellHeight})
	title := " " + shorten(b.Node) + " "
	d.Boxes = append(d.Boxes, shape{X: (b.X + 2) * cellWidth, Y: y(b.Y) - cellHeight/2, W: ansi.StringWidth(title) * cellWidth, H: cellHeight, Class: "plate"})
	d.text(b.X+2, b.Y, "node", title)
	for i := range b.Left {
		g := &b.Left[i]
		q := g.Ports[0]
		d.port(q)
		d.text(q.X+2, q.Y, "", shorten(q.Interface))
		for k, a := range g.Addresses {
			switch {
			case g.Tight && k == 0:
				d.text(q.X+3+q.Width, q.Y, "address", a)
			case g.Tight:
				d.text(q.X+2, q.Y+k, "address", a)
			default:
				d.text(q.X+2, q.Y+1+k, "address", a)
			}
		}
	}
	for i := range b.Right {
		d.right(b, &b.Right[i])
	}
	if b.Hooks {
		d.hooks(b)
	}
}

// right draws an interface on the right of a box, or a bridge with its ports.
func (d *drawing) right(b *netmap.Box, g *netmap.Group) {
	edge := b.X + b.W - 2
	if g.Bridge != nil {
		d.port(g.Bridge)
		d.text(g.Bridge.X+2, g.Bridge.Y, "", shorten(g.Bridge.Interface))
		for k, a := range g.Addresses {
			d.text(g.Bridge.X+2, g.Bridge.Y+1+k, "address", a)
		}
	}
	for _, q := range g.Ports {
		d.port(q)
		d.text(edge-q.Width, q.Y, "", shorten(q.Interface))
		if g.Bridge != nil {
			path := fmt.Sprintf("M%d %dH%dV%dH%d", x(g.Bridge.X+2+g.Bridge.Width), y(g.Bridge.Y), x(g.Fork), y(q.Y), x(edge-q.Width-1))
			d.Wires = append(d.Wires, wire{path, d.place(g.Bridge.Place) + " " + d.place(q.Place)})
		}
	}
	if g.Bridge == nil {
		for k, a := range g.Addresses {
			d.text(edge-len(a), g.Ports[0].Y+1+k, "address", a)
		}
	}
}

// The hooks of a node, in a row of smaller letters.
var hookRow = [...]trace.Hook{trace.Prerouting, trace.Input, trace.Forward, trace.Output, trace.Postrouting}

// hookLetter is the width of a letter there.
const hookLetter = cellWidth * 4 / 5

func (d *drawing) hooks(b *netmap.Box) {
	at := x(b.X + 1)
	for _, h := range hookRow {
		length := len(h.String()) * hookLetter
		d.Texts = append(d.Texts, words{at, y(b.Y + b.H - 2), length, "hook", h.String(), d.hook(b.Node, h)})
		at += length + hookLetter
	}
}

func (d *drawing) port(q *netmap.Port) {
	n := len(d.Ports)
	d.places[q.Place] = n
	d.Ports = append(d.Ports, shape{X: x(q.X), Y: y(q.Y), Place: strconv.Itoa(n)})
}

func (d *drawing) text(column, row int, class, s string) {
	d.Texts = append(d.Texts, words{X: column * cellWidth, Y: y(row), Length: ansi.StringWidth(s) * cellWidth, Class: class, Text: s})
}

func (d *drawing) wire(w *netmap.Wire) {
	path := fmt.Sprintf("M%d %dH%d", x(w.From.X), y(w.From.Y), x(w.To.X))
	if w.Track != 0 {
		path = fmt.Sprintf("M%d %dH%dV%dH%d", x(w.From.X), y(w.From.Y), x(w.Track), y(w.To.Y), x(w.To.X))
	}
	d.Wires = append(d.Wires, wire{path, d.place(w.From.Place) + " " + d.place(w.To.Place)})
}
