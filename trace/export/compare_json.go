package export

import (
	"io"
	"strings"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// compareSchema is the version of what CompareJSON writes.
const compareSchema = 1

// compareSideDoc describes one of the traces.
type compareSideDoc struct {
	Scenario string `json:"scenario"`
	Fault    string `json:"fault,omitempty"`
	Kernel   string `json:"kernel"`
	Engine   string `json:"engine,omitempty"` // of Docker
	Packets  int    `json:"packets"`
}

type compareRequestsDoc struct {
	A    []int `json:"a"`
	B    []int `json:"b"`
	Same bool  `json:"same"`
}

// comparePacketDoc is a packet by its numbers; null: that side has none. Requests is an index,
// as in the other documents; null: it belongs to none.
type comparePacketDoc struct {
	A          *int `json:"a"`
	B          *int `json:"b"`
	Requests   *int `json:"requests"`
	Differs    bool `json:"differs"`
	Incidental bool `json:"incidental,omitempty"`
	Uncertain  bool `json:"uncertain,omitempty"`
}

type differenceDoc struct {
	Kind      string   `json:"kind"`
	Text      string   `json:"text"`
	Requests  *int     `json:"requests"`
	Packet    *int     `json:"packet"`
	Uncertain bool     `json:"uncertain,omitempty"`
	A         *factDoc `json:"a,omitempty"`
	B         *factDoc `json:"b,omitempty"`
}

type factDoc struct {
	Kind    string          `json:"kind"`
	Text    string          `json:"text"`
	Note    string          `json:"note,omitempty"`
	Node    string          `json:"node"`
	Stop    int             `json:"stop"`
	Moment  int             `json:"moment"`
	Hook    trace.Hook      `json:"hook,omitzero"`
	Rule    *trace.RuleRef  `json:"rule,omitempty"`
	Verdict *trace.Verdict  `json:"verdict,omitempty"`
	Field   trace.Field     `json:"field,omitzero"`
	From    string          `json:"from,omitempty"`
	To      string          `json:"to,omitempty"`
	Cause   trace.CauseKind `json:"cause,omitzero"`
	Absence *absenceDoc     `json:"absence,omitempty"`
}

type absenceDoc struct {
	Kind      string `json:"kind"`
	Condition string `json:"condition,omitempty"`
	Was       string `json:"was,omitempty"`
}

// decidersDoc is where rules of two engines do the same. Packet is an index.
type decidersDoc struct {
	Packet int          `json:"packet"`
	Node   string       `json:"node"`
	Hook   trace.Hook   `json:"hook"`
	A      []deciderDoc `json:"a"`
	B      []deciderDoc `json:"b"`
}

// deciderDoc is a rule or, without a handle, a chain's policy.
type deciderDoc struct {
	Rule    trace.RuleRef `json:"rule"`
	Verdict trace.Verdict `json:"verdict"`
}

func newDeciders(d *compare.Deciders, s compare.Side) []deciderDoc {
	list := []deciderDoc{}
	for _, step := range d.Steps[s] {
		list = append(list, deciderDoc{step.RuleRef, step.Verdict})
	}
	return list
}

type settingDoc struct {
	Kind      string         `json:"kind"`
	Side      string         `json:"side"`
	Node      string         `json:"node"`
	Text      string         `json:"text"`
	Note      string         `json:"note,omitempty"`
	Rule      *trace.RuleRef `json:"rule,omitempty"`
	Packet    int            `json:"packet,omitempty"`
	Route     string         `json:"route,omitempty"`
	Interface string         `json:"interface,omitempty"`
	Hook      trace.Hook     `json:"hook,omitzero"`
	Priority  *int           `json:"priority,omitempty"`
}

// CompareJSON writes where two traces differ, for programs, and returns the comparison.
func CompareJSON(w io.Writer, a, b *trace.Trace, l explain.Language) (*compare.Comparison, error) {
	c := compare.Traces(a, b)
	words := c.Words(l, explain.NewSigns(false))
	out := newJSONWriter(escape.JSON(w))
	out.field("schema", compareSchema)
	out.field("equal", c.Equal())
	for _, s := range compare.Sides {
		out.field(strings.ToLower(s.String()), newCompareSide(c, s))
	}
	writeList(out, "requests", c.Requests, func(r *compare.Requests) compareRequestsDoc {
		return compareRequestsDoc{filled(r.Numbers[compare.A]), filled(r.Numbers[compare.B]), r.Same}
	})
	writeList(out, "packets", c.Packets, func(p *compare.Packet) comparePacketDoc {
		return comparePacketDoc{numberOf(c, p, compare.A), numberOf(c, p, compare.B), index(p.Requests), p.Differs, p.Incidental, p.Uncertain}
	})
	writeList(out, "differences", c.Differences, func(d *compare.Difference) differenceDoc {
		return differenceDoc{d.Kind.String(), words.Difference(d), index(d.Requests), index(d.Packet), d.Uncertain, newFact(words, d, compare.A), newFact(words, d, compare.B)}
	})
	writeList(out, "deciders", c.Deciders(), func(d *compare.Deciders) decidersDoc {
		return decidersDoc{d.Packet, d.Node, d.Hook, newDeciders(d, compare.A), newDeciders(d, compare.B)}
	})
	writeList(out, "settings", c.Settings, func(s *compare.Setting) settingDoc { return newSetting(words, s) })
	return c, out.end()
}

func newCompareSide(c *compare.Comparison, s compare.Side) compareSideDoc {
	t := c.Traces[s]
	d := compareSideDoc{Scenario: t.Scenario, Kernel: t.State.Kernel, Engine: c.Engines()[s], Packets: len(t.Journeys)}
	if t.Lesson != nil {
		d.Fault = t.Lesson.Fault
	}
	return d
}

// index returns nil for an index that is -1.
func index(i int) *int {
	if i < 0 {
		return nil
	}
	return &i
}

func numberOf(c *compare.Comparison, p *compare.Packet, s compare.Side) *int {
	if j := c.Journey(p, s); j != nil {
		return &j.ID
	}
	return nil
}

func newFact(w *compare.Words, d *compare.Difference, s compare.Side) *factDoc {
	f := &d.Facts[s]
	if f.Kind == 0 {
		return nil
	}
	out := &factDoc{Kind: f.Kind.String(), Node: f.Node, Stop: f.Place.Stop, Moment: f.Place.Moment, Hook: f.Hook}
	out.Text, out.Note = w.Fact(d, s)
	if f.Step != nil {
		out.Hook, out.Rule, out.Verdict = f.Step.Hook, &f.Step.RuleRef, &f.Step.Verdict
	}
	if c := f.Change; c != nil {
		out.Hook, out.Field, out.From, out.To, out.Cause = c.Hook, c.Field, c.From.String(), c.To.String(), c.Cause.Kind
	}
	if f.Absence.Kind != 0 {
		out.Absence = &absenceDoc{Kind: f.Absence.Kind.String()}
		if u := f.Absence.Unmatched; u != nil {
			out.Absence.Condition, out.Absence.Was = u.Condition, u.Was
		}
	}
	return out
}

func newSetting(w *compare.Words, s *compare.Setting) settingDoc {
	d := settingDoc{Kind: s.Kind.String(), Side: s.Side.String(), Node: s.Node, Packet: s.Journey, Interface: s.Interface}
	d.Text, d.Note = w.Setting(s)
	if s.Rule != (trace.RuleRef{}) {
		d.Rule = &s.Rule
	}
	if s.Kind == compare.SettingPriority {
		d.Hook, d.Priority = s.Hook, &s.Priority
	}
	if s.Route.Destination.IsValid() {
		d.Route = s.Route.Short()
	}
	return d
}
