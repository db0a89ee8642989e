package tui

import (
	"tracer/trace"
	"tracer/trace/netmap"
	"tracer/tui/internal/canvas"
	"tracer/tui/internal/painter"
)

// network draws the map with the packet on it, or the part that fits.
func (m *model) network(a canvas.Area) {
	look := m.towards(m.packet().Direction == trace.Reply)
	shown := painter.Draw(m.netmap, a, netmap.NewWay(&m.scene.now, m.at.stop), look)
	for _, c := range []struct {
		is   bool
		x, y int
		sign string
	}{
		{shown.Left, 0, a.H / 2, "<"}, {shown.Right, a.W - 1, a.H / 2, ">"}, {shown.Above, a.W - 1, 0, "^"}, {shown.Below, a.W - 1, a.H - 1, "v"},
	} {
		if c.is {
			a.Text(c.x, c.y, c.sign, m.chosen)
		}
	}
}

// strip draws the packet's path in one line, for screens without room for the map.
func (m *model) strip(a canvas.Area) {
	j := m.packet()
	style := m.original
	if j.Direction == trace.Reply {
		style = m.reply
	}
	var spans []span
	begin, end, used := 0, 0, 0
	add := func(s string, st canvas.Style) {
		spans = append(spans, span{s, st})
		used += canvas.Width(s)
	}
	for i := range j.Hops {
		h := &j.Hops[i]
		at := m.dim
		switch {
		case i == m.at.stop:
			at = m.chosen
		case i < m.at.stop:
			at = style
		}
		if i > 0 {
			add(" "+m.Arrow+" ", m.dim)
		}
		name := h.Interface
		if i == 0 || j.Hops[i-1].Node != h.Node {
			name = trace.Place(h.Node, name)
		}
		if i == m.at.stop {
			begin = used
		}
		add(name, at)
		if i == m.at.stop {
			end = used
		}
	}
	if m.between() {
		begin = used
		if used > 0 {
			add(" "+m.Arrow+" ", m.dim)
		}
		add(m.inside(), m.chosen)
		end = used
	}
	if j.Outcome.Lost() {
		if m.at.stop >= len(j.Hops) {
			begin = used
		}
		add(" "+m.dead, m.bad)
		if m.at.stop >= len(j.Hops) {
			end = used
		}
	}
	from := min(max(0, (begin+end)/2-a.W/2), max(0, used-a.W))
	x := -from
	for _, s := range spans {
		x = a.Text(x, 0, s.text, s.style)
	}
}

// inside names the node that the packet is passing through, and the hook that it has reached
// there.
func (m *model) inside() string {
	o := &m.scene.now.Outcome
	if n := len(o.Hooks); n > 0 {
		return o.Node + " " + o.Hooks[n-1].String()
	}
	return o.Node
}
