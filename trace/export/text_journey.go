package export

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"tracer/trace"
	"tracer/trace/explain"
)

// journey writes one packet: a line that describes it, a line for each place where it was
// seen, and between them what happened to it.
func (v *text) journey(j *trace.Journey) {
	rows := v.account.Journey(j)
	for i := range rows {
		if r := &rows[i]; (v.level == 0 || r.Level <= v.level) && (v.unmatched || r.Kind != explain.KindUnmatched) {
			v.row(j, r)
		}
	}
	v.line("", "")
}

// row writes one row of the account.
func (v *text) row(j *trace.Journey, r *explain.Row) {
	said := v.tone(r.Tone).Render(r.Text)
	switch r.Kind {
	case explain.KindPacket:
		v.line("", v.style.packet.Render(r.Text)+"   "+r.Note)
	case explain.KindStretch, explain.KindHook: // shown by the lines of the places, and with the rules
	case explain.KindHop:
		v.hop(j, r)
	case explain.KindOutcome, explain.KindReported, explain.KindDiscarded:
		v.line("    ", said)
	case explain.KindRule, explain.KindDetour:
		v.event(v.chain(r), said)
	case explain.KindUnmatched:
		v.event(v.style.note.Render(v.chain(r)), said)
		v.event(strings.Repeat(" ", lipgloss.Width(v.chain(r))+2), v.tone(r.NoteTone).Render(r.Note))
	case explain.KindRewrite, explain.KindHeader, explain.KindLink:
		v.change(r)
	case explain.KindOrigin:
		v.event(strings.Repeat(" ", fieldWidth), said)
	default:
		v.event("", said)
	}
}

// hop writes one place. The first shows everything, the others only what has changed.
func (v *text) hop(j *trace.Journey, r *explain.Row) {
	h := &j.Hops[r.Stop]
	gap := " "
	if v.roomy() {
		gap = "  "
	}
	direction := "   " // if no capture shows it
	if h.Direction != 0 {
		direction = fmt.Sprintf("%-3s", h.Direction)
	}
	what := v.tone(r.Tone).Render(r.Text)
	if r.Text == "" {
		what = v.packet(h)
	}
	if r.Note != "" {
		what += v.style.note.Render(", " + r.Note)
	}
	v.line("  "+pad(v.account.Since(j, h), v.times)+gap+pad(h.Place(), v.places)+gap+direction+gap, what)
}

// packet writes a packet's ends and TTL, with the changed ones marked.
func (v *text) packet(h *trace.Hop) string {
	changed := map[trace.Field]bool{}
	for i := range h.Changes {
		changed[h.Changes[i].Field] = true
	}
	mark := func(f trace.Field, s string) string {
		if changed[f] {
			return v.style.changed.Render(s)
		}
		return s
	}
	s := pad(mark(trace.FieldSource, h.Packet.Source()), v.sources) + " " + v.style.Arrow + " " +
		pad(mark(trace.FieldDestination, h.Packet.Destination()), v.destinations)
	if h.Packet.IsIP() {
		s += " " + mark(trace.FieldTTL, fmt.Sprintf("%s %d", explain.TTLName(&h.Packet), h.Packet.TTL))
	}
	return s
}

func (v *text) chain(r *explain.Row) string { return fmt.Sprintf("%-6s %-11s ", r.Table, r.Chain) }

const fieldWidth, valueWidth = 8, 44 // cells for a field's name and its values

// change writes how a field changed, and what changed it: beside it, or below.
func (v *text) change(r *explain.Row) {
	name := v.tone(r.Tone).Render(fmt.Sprintf("%-*s", fieldWidth, r.Field))
	values, cause := v.tone(r.Tone).Render(r.Text), v.tone(r.NoteTone).Render(r.Note)
	if v.roomy() {
		v.event(name, pad(values, valueWidth)+cause)
		return
	}
	v.event(name, values)
	v.event(strings.Repeat(" ", fieldWidth), cause)
}

// event writes what happened between two hops. Broken lines are indented past begin.
func (v *text) event(begin, s string) {
	bar := strings.Repeat(" ", v.times) + "  " + v.style.note.Render(v.style.bar) + " "
	if !v.roomy() {
		bar = "    " + v.style.note.Render(v.style.bar) + " "
	}
	v.broken(bar+begin, bar+strings.Repeat(" ", lipgloss.Width(begin)), s)
}

// tone returns the style of a tone.
func (v *text) tone(t explain.Tone) lipgloss.Style {
	switch t {
	case explain.ToneNote:
		return v.style.note
	case explain.ToneRule, explain.ToneGood:
		return v.style.rule
	case explain.ToneChanged:
		return v.style.changed
	case explain.ToneBad:
		return v.style.bad
	}
	return v.style.plain
}

// pad fills a string, which may contain colors, up to a number of cells.
func pad(s string, cells int) string {
	return s + strings.Repeat(" ", max(0, cells-lipgloss.Width(s)))
}
