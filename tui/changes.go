package tui

import (
	"fmt"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/paper"
)

// changes tells what happened on the way to the stop: first what became of the
// addresses and who did it, then the rest of the headers, the connection, and
// the rules in the order in which they were met.
func (m *model) changes(t *text) {
	j := m.packet()
	steps, changes := happened(j, m.at.stop)
	h := hop(j, m.at.stop)
	t.add(0, span{m.stretch(), m.dim})
	if note := m.voice.Proxied(m.trace().Flow(j.Flow), m.list.first, j); note != "" && m.at.stop == 0 {
		t.add(2, span{"  " + note, m.changed})
	}
	if h == nil {
		m.ending(t, j)
	}
	for i := range changes {
		if c := &changes[i]; rewritten(c.Field) {
			m.rewrite(t, c)
		}
	}
	complete := m.trace().Gaps.Steps == 0
	events := explain.Events(steps, changes, complete)
	for i := range events {
		if events[i].NoNAT {
			t.add(2, span{"  " + m.voice.NoNAT(), m.plain})
		}
	}
	for i := range changes {
		if c := &changes[i]; !rewritten(c.Field) {
			t.add(10, span{fmt.Sprintf("  %-8s", c.Field), m.plain}, span{c.From.String() + " " + m.becomes + " " + c.To.String() + "  ", m.plain}, span{m.voice.Cause(c), m.cause(c)})
		}
	}
	if len(changes) == 0 && m.at.stop > 0 && h != nil {
		t.add(0, span{"  " + m.voice.Label(explain.LabelNothing), m.plain})
	}
	m.doubts(t, h)
	if m.trace().Survey == nil && m.layout.side.h == 0 && (h != nil && h.Conntrack != nil || rewrites(changes) > 0) {
		t.gap()
		m.entry(t, j)
	}
	m.met(t, events)
}

// stretch says where the packet was since the stop before.
func (m *model) stretch() string {
	j := m.packet()
	h := hop(j, m.at.stop)
	switch {
	case h == nil:
		return m.voice.Outcome(j)
	case m.at.stop == 0 && m.trace().Survey != nil:
		return m.voice.Label(explain.LabelFirstCaptured, h.Place())
	case m.at.stop == 0:
		return m.voice.Label(explain.LabelFirstSeen, h.Node, h.Interface)
	}
	before := hop(j, m.at.stop-1)
	if m.trace().Survey != nil {
		return m.voice.Label(explain.LabelOnTheWay, before.Place(), h.Place())
	}
	if before.Node != h.Node {
		return m.voice.Label(explain.LabelOnTheWire, before.Place(), h.Place())
	}
	return m.voice.Label(explain.LabelInside, h.Node, before.Interface, h.Interface)
}

// ending tells how a packet ended, where that is not simply its last hop.
func (m *model) ending(t *text, j *trace.Journey) {
	sign, style := m.dead, m.bad
	switch j.Outcome.Kind {
	case trace.OutcomeDelivered, trace.OutcomeLeft:
		sign, style = m.here, m.good
	case trace.OutcomeUnseen:
		sign = m.lost
	}
	t.lines = nil // the outcome is what the first line says, too
	t.add(2, span{sign + " " + m.voice.Outcome(j), style})
	if heard := m.voice.Told(j, m.trace().Gaps == trace.Gaps{}); heard != "" {
		t.add(2, span{"  " + heard, m.plain})
	}
}

// rewrite tells who made an address another.
func (m *model) rewrite(t *text, c *trace.Change) {
	name := fmt.Sprintf("%s %-8s", m.pencil, c.Field)
	t.add(10, span{name, m.changed}, span{c.From.String() + " " + m.becomes + " " + c.To.String(), m.changed})
	indent := strings.Repeat(" ", 10)
	t.add(10, span{indent, m.plain}, span{m.voice.Cause(c), m.cause(c)})
	switch cause := &c.Cause; {
	case cause.Kind == trace.CauseRule:
		t.add(10, span{indent, m.plain}, span{cause.Rule.String(), m.rule})
	case cause.Origin.Rule.Handle != 0:
		t.add(10, span{indent, m.plain}, span{m.voice.Origin(cause.Origin), m.rule})
	}
}

func (m *model) cause(c *trace.Change) paper.Style {
	if c.Cause.Kind == trace.CauseInferred {
		return m.bad
	}
	return m.plain
}

// doubts tells what is not known of a hop.
func (m *model) doubts(t *text, h *trace.Hop) {
	if h == nil {
		return
	}
	routed := false
	for i := range h.Changes {
		routed = routed || h.Changes[i].Field == trace.FieldTTL
	}
	if note := m.voice.Evidence(h, routed && m.trace().Survey == nil); note != "" {
		t.add(2, span{"  " + note, m.dim})
	}
	if len(h.Ambiguous) > 0 {
		t.add(2, span{"  " + m.voice.Ambiguous(h.Ambiguous), m.bad})
	}
}

// met lists the rules that the packet met.
func (m *model) met(t *text, events []explain.Event) {
	first := true
	for i := range events {
		e := &events[i]
		if e.Step == nil && e.Detour == nil {
			continue
		}
		if first {
			t.gap()
			t.add(0, span{m.voice.Label(explain.LabelRulesMet), m.title})
			first = false
		}
		if e.Detour != nil {
			var chains []string
			for k := range e.Detour {
				chains = append(chains, e.Detour[k].Verdict.Chain)
			}
			t.add(22, span{chain(&e.Detour[0]), m.dim}, span{m.voice.Detour(chains), m.dim})
			continue
		}
		m.step(t, e.Step)
	}
}

func (m *model) step(t *text, s *trace.Step) {
	what, style := s.Text, m.rule
	switch {
	case s.Handle == 0 && s.Terminal:
		what, style = m.voice.NoMatch(s.Verdict), m.plain
	case what == "":
		what = fmt.Sprintf("rule %d: %s", s.Handle, s.Verdict)
	}
	if s.Terminal && s.Verdict.Kind == trace.VerdictDrop {
		style = m.bad
	}
	t.add(22, span{chain(s), m.plain}, span{what, style})
}

// chain is the place of a step, as wide as the indent of what follows.
func chain(s *trace.Step) string { return fmt.Sprintf("  %-6s %-12s ", s.Table, s.Chain) }
