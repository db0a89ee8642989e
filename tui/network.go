package tui

import (
	"tracer/trace"
	"tracer/tui/internal/paper"
	"tracer/tui/internal/plan"
)

// way is how far the packet has come at the stop.
func (m *model) way() plan.Way {
	j := m.packet()
	w := plan.Way{Hooks: map[string][]plan.Hook{}}
	for i := range min(m.at.stop+1, len(j.Hops)) {
		h := &j.Hops[i]
		w.Visited = append(w.Visited, plan.Place{Node: h.Node, Interface: h.Interface})
		w.Hooks[h.Node] = passed(w.Hooks[h.Node], h.Hooks, h.Changes)
	}
	if m.at.stop >= len(j.Hops) {
		o := &j.Outcome
		hooks := passed(w.Hooks[o.Node], o.Hooks, o.Changes)
		if n := len(hooks); n > 0 && o.Kind == trace.OutcomeDropped {
			hooks[n-1].Dropped = true
		}
		w.Hooks[o.Node] = hooks
		w.Dead = o.Lost()
	}
	return w
}

// passed adds hooks to those passed before, with whether an address changed
// there.
func passed(before []plan.Hook, hooks []trace.Hook, changes []trace.Change) []plan.Hook {
	out := before
	for _, hook := range hooks {
		name := hook.String()
		h := plan.Hook{Name: name}
		for i := range changes {
			h.Changed = h.Changed || changes[i].Hook == hook && changes[i].Field.Translated()
		}
		if n := len(out); n > 0 && out[n-1].Name == name { // before and after a frame on a bridge's port
			out[n-1].Changed = out[n-1].Changed || h.Changed
			continue
		}
		out = append(out, h)
	}
	return out
}

// network draws the topology with the packet on it, as much as there is room for.
func (m *model) network(a paper.Area) {
	look := m.towards(m.packet().Direction == trace.Reply)
	cut := m.plan.Draw(a, m.way(), look)
	for _, c := range []struct {
		is   bool
		x, y int
		sign string
	}{
		{cut.Left, 0, a.H / 2, "<"}, {cut.Right, a.W - 1, a.H / 2, ">"}, {cut.Above, a.W - 1, 0, "^"}, {cut.Below, a.W - 1, a.H - 1, "v"},
	} {
		if c.is {
			a.Text(c.x, c.y, c.sign, m.chosen)
		}
	}
}

// strip draws the packet's way on one line, for screens without room for the
// network.
func (m *model) strip(a paper.Area) {
	j := m.packet()
	style := m.original
	if j.Direction == trace.Reply {
		style = m.reply
	}
	var spans []span
	begin, end, used := 0, 0, 0
	add := func(s string, st paper.Style) {
		spans = append(spans, span{s, st})
		used += paper.Width(s)
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
