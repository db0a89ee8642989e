package page

import (
	"html/template"
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/netmap"
)

// packet is a packet, moment by moment.
type packet struct {
	Name, Number, Summary string
	Moments               []template.HTML
}

// unnamed stands for the name of a moment, which is put in afterwards: many moments differ only in
// that. No text contains it: see package escape.
const unnamed = "\x1a"

// moment is one moment of a packet, or the packet as it is seen at an interface.
type moment struct {
	Name        string // in links: "3.4"
	Place, Hook string // on the drawing; empty: where it was before
	ByRule      bool   // the rule of the moment before has made the change
	Lines       []template.HTML
	Seen        *seen
}

// seen is a packet at an interface.
type seen struct {
	Where, Direction, Since  string
	Source, Destination, TTL cell
	TTLName                  string // or that of the hop limit
	Notes                    []string
}

// cell is a value that may have changed.
type cell struct {
	Text    string
	Changed bool
}

// line is a row of an account.
type line struct {
	At, Until int // moments; 0: always. Until then, it is hidden without a script

	Tone     string // the class
	Where    string // the table and the chain of a rule
	Field    string // that changed
	From, To string // its values
	Text     string
	Note     string
	NoteTone string
}

// packet builds a packet.
func (t *teller) packet(i int) packet {
	j := &t.trace.Journeys[i]
	p := packet{Name: name(j), Number: t.Number(j.ID), Summary: j.Summary}
	for stop := range len(j.Hops) + 1 {
		moments, rows := explain.Moments(j, stop), t.rows(i, stop)
		for m := range moments {
			out := moment{Name: unnamed, ByRule: m > 0 && byRule(&moments[m-1], &moments[m])}
			for len(rows) > 0 && rows[0].Moment <= m {
				t.row(&out, j, &rows[0])
				rows = rows[1:]
			}
			t.locate(&out, j, stop, &moments[m], m == len(moments)-1)
			id := p.Name + "." + strconv.Itoa(len(p.Moments)+1)
			p.Moments = append(p.Moments, template.HTML(strings.Replace(string(t.parts.of(out.key(), "moment", &out)), unnamed, id, 1)))
		}
	}
	return p
}

// byRule reports whether the rule of one moment has made the changes of the next.
func byRule(before, m *explain.Moment) bool {
	if len(before.Steps) == 0 || len(m.Changes) == 0 {
		return false
	}
	s, c := &before.Steps[len(before.Steps)-1], &m.Changes[0].Cause
	return c.Kind == trace.CauseRule && c.Rule.Handle == s.Handle && c.Rule.Table == s.Table && c.Rule.Chain == s.Chain
}

// locate says where the packet is at a moment.
func (b *builder) locate(out *moment, j *trace.Journey, stop int, m *explain.Moment, last bool) {
	switch {
	case stop < len(j.Hops) && last:
		h := &j.Hops[stop]
		out.Place = b.drawing.place(netmap.Place{Node: h.Node, Interface: h.Interface})
	case stop < len(j.Hops) && m.Hook != 0:
		out.Hook = b.drawing.hook(j.Hops[stop].Node, m.Hook)
	case m.Hook != 0:
		out.Hook = b.drawing.hook(j.Outcome.Node, m.Hook)
	}
}

// row adds a row of the account to a moment.
func (t *teller) row(out *moment, j *trace.Journey, r *version) {
	l := line{At: r.at, Until: r.until, Tone: tones[r.Tone], Text: r.Text, Note: r.Note, NoteTone: tones[r.NoteTone]}
	switch r.Kind {
	case explain.KindStretch:
		l.Tone = "way"
	case explain.KindHook:
		l.Tone = "hook"
	case explain.KindUnmatched: // see detail
		return
	case explain.KindRule, explain.KindDetour:
		l.Where = r.Table + " " + r.Chain
	case explain.KindRewrite, explain.KindHeader, explain.KindLink:
		c := r.Change
		l.Field, l.From, l.To, l.Text = r.Field, t.Value(c.Field, c.From), t.Value(c.Field, c.To), ""
	case explain.KindHop:
		out.Seen = t.seen(j, &r.Row)
		return
	case explain.KindOutcome:
		l.Tone += " end"
	}
	out.Lines = append(out.Lines, t.lines.of(l, "line", l))
}

// key returns a text that differs for moments that differ.
func (m *moment) key() string {
	var out strings.Builder
	out.WriteString(m.Place + "\n" + m.Hook + "\n" + strconv.FormatBool(m.ByRule) + "\n")
	for _, l := range m.Lines {
		out.WriteString(string(l))
	}
	if s := m.Seen; s != nil {
		for _, c := range []cell{{s.Where, false}, {s.Direction, false}, {s.Since, false}, s.Source, s.Destination, s.TTL} {
			out.WriteString("\n" + c.Text + "\n" + strconv.FormatBool(c.Changed))
		}
		out.WriteString("\n" + strings.Join(s.Notes, "\n"))
	}
	return out.String()
}

// tones are the classes of tones.
var tones = [...]string{
	explain.TonePlain: "", explain.ToneNote: "note", explain.ToneRule: "rule",
	explain.ToneChanged: "changed", explain.ToneGood: "good", explain.ToneBad: "bad",
}

// seen builds the packet at an interface.
func (t *teller) seen(j *trace.Journey, r *explain.Row) *seen {
	h := &j.Hops[r.Stop]
	s := &seen{Where: h.Place(), Since: t.Since(j, h), Source: cell{Text: h.Packet.Source()}, Destination: cell{Text: h.Packet.Destination()}}
	if h.Direction != 0 {
		s.Direction = h.Direction.String()
	}
	if h.Packet.IsIP() {
		s.TTL.Text, s.TTLName = strconv.Itoa(int(h.Packet.TTL)), explain.TTLName(&h.Packet)
	}
	for i := range h.Changes {
		switch h.Changes[i].Field {
		case trace.FieldSource:
			s.Source.Changed = true
		case trace.FieldDestination:
			s.Destination.Changed = true
		case trace.FieldTTL:
			s.TTL.Changed = true
		}
	}
	for _, note := range []string{r.Text, r.Note} {
		if note != "" {
			s.Notes = append(s.Notes, note)
		}
	}
	return s
}
