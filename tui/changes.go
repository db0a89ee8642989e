package tui

import (
	"fmt"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// changes shows what happened on the way to the stop, in the kernel's order, then the
// connection's conntrack entry. It is scrolled to the rewrite or the end.
func (m *model) changes(t *text) {
	j := m.packet()
	if of := m.list.Repeats[j.ID]; of != 0 && m.at.stop == 0 {
		t.add(2, span{"  " + m.language.Format(explain.LabelRetransmits, of), m.changed})
	}
	rows := m.scene.account.Stop(j, m.at.stop)
	told, marked := false, false
	for i := range rows {
		r := &rows[i]
		before := len(t.lines)
		now := m.between() && r.Moment == m.at.moment
		if now && shows(r) {
			t.mark()
		}
		m.row(t, j, r)
		if now && len(t.lines) > before {
			if !marked {
				t.point(before, span{m.here, m.chosen})
				marked = true
			}
			t.keep()
		}
		told = told || r.Kind == explain.KindDiscarded
	}
	if h := hop(j, m.at.stop); !told && m.layout.side.h == 0 && (h != nil && h.Conntrack != nil || explain.Eventful(j, m.at.stop)) && m.trace().Survey == nil {
		t.gap()
		m.entry(t, j)
	}
}

// fieldIndent is the indentation of the text after a field's name.
const fieldIndent = 10

// row adds one row of the account.
func (m *model) row(t *text, j *trace.Journey, r *explain.Row) {
	indent := span{strings.Repeat(" ", fieldIndent), m.plain}
	said := span{r.Text, m.tone(r.Tone)}
	switch r.Kind {
	case explain.KindStretch:
		t.add(0, said)
	case explain.KindUnmatched: // shown in the rules pane
	case explain.KindHook:
		t.add(2, span{"  " + r.Text, m.title})
	case explain.KindRule, explain.KindDetour:
		t.add(22, span{fmt.Sprintf("  %-6s %-12s ", r.Table, r.Chain), m.plain}, said)
	case explain.KindRewrite:
		if !m.between() {
			t.mark()
		}
		t.add(fieldIndent, span{fmt.Sprintf("%s %-8s", m.pencil, r.Field), m.changed}, said)
		t.add(fieldIndent, indent, span{r.Note, m.tone(r.NoteTone)})
		t.keep()
	case explain.KindHeader, explain.KindLink:
		t.add(fieldIndent, span{fmt.Sprintf("  %-8s", r.Field), m.plain}, span{r.Text + "  ", m.plain}, span{r.Note, m.tone(r.NoteTone)})
	case explain.KindOrigin:
		t.add(fieldIndent, indent, span{r.Text, m.rule})
		t.keep()
	case explain.KindOutcome:
		t.mark()
		t.add(2, span{m.endSign(j) + " " + r.Text, said.style})
		t.keep()
	default:
		for _, s := range []string{r.Text, r.Note} {
			if s != "" {
				t.add(2, span{"  " + s, said.style})
			}
		}
		if r.Kind == explain.KindNoNAT || r.Kind == explain.KindReported || r.Kind == explain.KindDiscarded {
			t.keep()
		}
	}
}

// endSign returns the sign for the end of a packet.
func (m *model) endSign(j *trace.Journey) string {
	switch j.Outcome.Kind {
	case trace.OutcomeDelivered, trace.OutcomeLeft, trace.OutcomeSegmented:
		return m.here
	case trace.OutcomeUnseen:
		return m.lost
	}
	return m.dead
}

// tone returns the style of a tone.
func (m *model) tone(t explain.Tone) canvas.Style {
	return [...]canvas.Style{
		explain.TonePlain: m.plain, explain.ToneNote: m.dim, explain.ToneRule: m.rule,
		explain.ToneChanged: m.changed, explain.ToneGood: m.good, explain.ToneBad: m.bad,
	}[t]
}

// shows reports whether the pane has a line for a row.
func shows(r *explain.Row) bool { return r.Kind != explain.KindUnmatched }
