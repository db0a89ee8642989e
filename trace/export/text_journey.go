package export

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
	"tracer/trace/explain"
)

// journey writes one packet: a line of what it is, a line for each place it
// was seen at, and between them what happened to it.
func (v *text) journey(j *trace.Journey) {
	from, to := v.ends(j)
	v.line("", v.style.packet.Render(fmt.Sprintf("#%d  %s", j.ID, j.Summary))+
		"   "+j.Direction.String()+"   "+from+" "+v.style.arrow+" "+to)
	if note := v.voice.Proxied(v.trace.Flow(j.Flow), v.first, j); note != "" {
		v.event(note)
	}
	for i := range j.Hops {
		h := &j.Hops[i]
		v.events(j, h.Steps, h.Changes)
		if note := v.voice.Evidence(h, routed(h) && v.trace.Survey == nil); note != "" {
			v.event(v.style.note.Render(note))
		}
		v.hop(j, i)
	}
	v.events(j, j.Outcome.Steps, j.Outcome.Changes)
	if j.Outcome.Lost() {
		v.line("    ", v.style.bad.Render(v.voice.Outcome(j)))
		if heard := v.voice.Told(j, v.trace.Gaps == trace.Gaps{}); heard != "" {
			v.line("    ", heard)
		}
	}
	v.line("", "")
}

// routed reports whether the packet came to a hop through a node's IP layer.
func routed(h *trace.Hop) bool {
	for _, c := range h.Changes {
		if c.Field == trace.FieldTTL {
			return true
		}
	}
	return false
}

// ends names the nodes between which the packet travelled.
func (v *text) ends(j *trace.Journey) (from, to string) {
	if len(j.Hops) == 0 {
		return j.Outcome.Node, "?"
	}
	if to = v.voice.Receiver(j); to == "" {
		to = "?"
	}
	return j.Hops[0].Node, to
}

// hop writes one place. The first says everything; the others only what is not
// as it was before.
func (v *text) hop(j *trace.Journey, i int) {
	h := &j.Hops[i]
	gap := " "
	if v.roomy() {
		gap = "  "
	}
	place := "  " + pad(v.since(j, h), v.times) + gap + pad(h.Place(), v.places) + gap +
		v.direction(h) + gap
	var rest string
	if changed := fieldsOf(h.Changes); i > 0 && len(changed) == 0 {
		rest = v.style.note.Render(v.voice.Unchanged())
	} else {
		rest = v.packet(&h.Packet, changed)
	}
	if len(h.Ambiguous) > 0 {
		rest += "   " + v.style.bad.Render(v.voice.Ambiguous(h.Ambiguous))
	}
	v.line(place, rest)
}

// direction is nothing where no capture says it.
func (v *text) direction(h *trace.Hop) string {
	if h.Direction == 0 {
		return "   "
	}
	return fmt.Sprintf("%-3s", h.Direction)
}

// packet writes a packet's ends and TTL, the changed ones marked.
func (v *text) packet(p *trace.Headers, changed map[trace.Field]bool) string {
	mark := func(f trace.Field, s string) string {
		if changed[f] {
			return v.style.changed.Render(s)
		}
		return s
	}
	s := pad(mark(trace.FieldSource, p.Source()), v.sources) + " " + v.style.arrow + " " +
		pad(mark(trace.FieldDestination, p.Destination()), v.destinations)
	if p.IsIP() {
		s += " " + mark(trace.FieldTTL, fmt.Sprintf("ttl %d", p.TTL))
	}
	return s
}

// since is the time since the packet was first seen.
func (v *text) since(j *trace.Journey, h *trace.Hop) string {
	d := h.Time.Sub(j.Hops[0].Time)
	if d < 10*time.Millisecond {
		return fmt.Sprintf("+%d %s", d.Microseconds(), v.style.micro)
	}
	return fmt.Sprintf("+%d ms", d.Milliseconds())
}

// events writes what happened between two hops.
func (v *text) events(j *trace.Journey, steps []trace.Step, changes []trace.Change) {
	for _, e := range explain.Events(steps, changes, v.trace.Gaps.Steps == 0) {
		switch {
		case e.NoNAT:
			v.event(v.voice.NoNAT())
		case e.Step != nil:
			v.step(e.Step)
		case e.Detour != nil:
			for _, s := range e.Within {
				v.missedBefore(s)
			}
			var chains []string
			for i := range e.Detour {
				chains = append(chains, e.Detour[i].Verdict.Chain)
			}
			v.event(v.style.note.Render(v.chain(e.Detour[0]) + v.voice.Detour(chains)))
		case len(e.Changes) > 0:
			v.changes(e.Changes)
		}
	}
}

// step writes a rule, in full.
func (v *text) step(s *trace.Step) {
	v.missedBefore(s)
	text := v.style.rule.Render(s.Text)
	switch {
	case s.Handle == 0 && s.Terminal:
		text = v.voice.NoMatch(s.Verdict)
	case s.Text == "":
		text = fmt.Sprintf("rule %d: %s", s.Handle, s.Verdict)
	}
	if s.Terminal && s.Verdict.Kind == trace.VerdictDrop {
		text = v.style.bad.Render(ansi.Strip(text))
	}
	v.eventAfter(v.chain(*s), text)
}

// missedBefore writes the rules that were looked at before a step and did not match,
// if they are wanted.
func (v *text) missedBefore(s *trace.Step) {
	if !v.missed {
		return
	}
	for i := range s.Unmatched {
		m := &s.Unmatched[i]
		v.eventAfter(v.style.note.Render(v.chain(*s)), v.style.note.Render(m.Text))
		v.eventAfter(strings.Repeat(" ", lipgloss.Width(v.chain(*s))+2), v.style.note.Render(v.voice.Unmatched(m)))
	}
}

func (v *text) chain(s trace.Step) string {
	return fmt.Sprintf("%-6s %-11s ", s.Table, s.Chain)
}

// changes writes what became of a field, and by whom.
func (v *text) changes(list []*trace.Change) {
	const field, room = 8, 44 // cells for the name and for the values
	for _, c := range list {
		name := v.style.changed.Render(fmt.Sprintf("%-*s", field, c.Field))
		what := v.style.changed.Render(c.From.String() + " " + v.style.becomes + " " + c.To.String())
		cause := v.voice.Cause(c)
		if c.Cause.Kind == trace.CauseInferred {
			cause = v.style.bad.Render(cause)
		}
		if v.roomy() {
			v.eventAfter(name, pad(what, room)+cause)
		} else {
			v.eventAfter(name, what)
			v.eventAfter(strings.Repeat(" ", field), cause)
		}
		if o := c.Cause.Origin; o.Rule.Handle != 0 && !v.told[told{o, c.Cause.Reverse}] {
			v.told[told{o, c.Cause.Reverse}] = true
			v.eventAfter(strings.Repeat(" ", field), v.style.note.Render(v.voice.Origin(o)))
		}
	}
}

// event writes a line of what happened between two hops.
func (v *text) event(s string) { v.eventAfter("", s) }

// eventAfter does so with a beginning that broken lines are indented past.
func (v *text) eventAfter(begin, s string) {
	bar := strings.Repeat(" ", v.times) + "  " + v.style.note.Render(v.style.bar) + " "
	if !v.roomy() {
		bar = "    " + v.style.note.Render(v.style.bar) + " "
	}
	v.broken(bar+begin, bar+strings.Repeat(" ", lipgloss.Width(begin)), s)
}

func fieldsOf(changes []trace.Change) map[trace.Field]bool {
	set := map[trace.Field]bool{}
	for _, c := range changes {
		if c.Field != trace.FieldSourceMAC && c.Field != trace.FieldDestinationMAC {
			set[c.Field] = true
		}
	}
	return set
}

// pad fills a string, which may have colours, up to a number of cells.
func pad(s string, cells int) string {
	return s + strings.Repeat(" ", max(0, cells-lipgloss.Width(s)))
}
