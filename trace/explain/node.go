package explain

import (
	"strings"

	"tracer/trace"
)

// happened describes what happened in a node, in the kernel's order.
func (t *telling) happened() {
	b := stretchTo(t.journey, t.stop)
	facts := b.facts()
	for i := range facts {
		f := &facts[i]
		t.moment = f.moment
		switch {
		case f.visit != nil:
			t.visit(b.Steps, f.visit)
		case f.change != nil:
			t.change(f)
		case f.created:
			t.add(Row{Kind: KindEntry, Level: Usual, Tone: ToneNote, Text: t.Format(entryCreated)})
		case f.hook != 0:
			t.add(Row{Kind: KindHook, Level: Detail, Tone: ToneNote, Hook: f.hook, Text: f.hook.String()})
		case t.trace.Gaps.Steps == 0 && !t.trace.State.Node(t.node).EvaluatesNAT(b.Steps): // absence is certain only if no message of the rule trace was lost
			t.add(Row{Kind: KindNoNAT, Level: Brief, Text: t.Format(noNAT)})
		}
	}
	t.moment = last(facts)
}

// visit describes a rule or a detour, and the rules before it that did not match.
func (t *telling) visit(steps []trace.Step, v *visit) {
	for _, s := range v.within {
		t.unmatched(s)
	}
	f := v.first()
	r := Row{Kind: KindDetour, Level: Detail, Tone: ToneNote, Table: f.Table, Chain: f.Chain, Step: f}
	if v.step == nil {
		chains := make([]string, len(v.jumps))
		for i, s := range v.jumps {
			chains[i] = s.Verdict.Chain
		}
		r.Text = t.Format(detour, strings.Join(chains, ", "))
		t.add(r)
		return
	}
	t.unmatched(f)
	r.Kind, r.Level, r.Text, r.Tone = KindRule, Usual, t.rule(f), ToneRule
	if f.Fragments > 0 {
		r.Text = t.Format(ofFragments, f.Fragments, r.Text)
	}
	switch {
	case f.Terminal && f.Verdict.Kind == trace.VerdictDrop:
		r.Tone = ToneBad
	case f.Text == "":
		r.Tone = TonePlain
	}
	t.add(r)
	t.verdict(f, trace.Beginning(steps, v.from))
}

// verdict says which element of a map gave a rule's verdict, and which chains an accepted packet
// has yet to pass. base is the step with which the evaluation began.
func (t *telling) verdict(s, base *trace.Step) {
	r := Row{Level: Usual, Tone: ToneNote, Table: s.Table, Chain: s.Chain, Step: s}
	if e := s.Element; e != nil {
		r.Kind, r.Text = KindElement, e.String()
		t.add(r)
	}
	if s.Handle == 0 || !s.Terminal || s.Verdict.Kind != trace.VerdictAccept {
		return
	}
	if chains := t.trace.State.Node(t.node).Followed(base, IsIPv6(t.journey)); len(chains) > 0 {
		r.Kind, r.Text = KindFollowed, t.Format(acceptFollowed, strings.Join(chains, ", "))
		t.add(r)
	}
}

func (t *telling) unmatched(s *trace.Step) {
	for i := range s.Unmatched {
		u := &s.Unmatched[i]
		t.add(Row{
			Kind: KindUnmatched, Level: Detail, Tone: ToneNote, NoteTone: ToneNote, Table: s.Table, Chain: s.Chain,
			Step: s, Unmatched: u, Text: u.Text, Note: t.Unmatched(u),
		})
	}
}

// rule returns a rule's text, or what decided instead of a rule.
func (t *telling) rule(s *trace.Step) string {
	switch {
	case s.Handle == 0 && s.Terminal:
		return t.Format(noMatch, s.Verdict)
	case s.Handle == 0:
		return t.Format(chainEnd, s.Verdict)
	case s.Text == "":
		return t.Format(ruleNumber, s.Handle, s.Verdict)
	}
	return s.Text
}

// change describes a changed field, the cause of the change, and the rule behind that.
func (t *telling) change(f *fact) {
	c := f.change
	r := Row{
		Kind: KindHeader, Level: Usual, Tone: ToneChanged, Change: c, Field: FieldName(c.Field, t.journey),
		Text: t.Became(c), Note: t.Cause(c),
	}
	switch {
	case c.Field.Translated():
		r.Kind, r.Level = KindRewrite, Brief
	case f.stage == linkHeader:
		r.Kind, r.Level = KindLink, Detail
	}
	if c.Cause.Kind == trace.CauseInferred {
		r.NoteTone = ToneBad
	}
	t.add(r)
	o := origin{c.Cause.Origin, c.Cause.Reverse}
	if o.Rule.Handle != 0 && !t.shown[o] {
		t.shown[o] = true
		t.add(Row{Kind: KindOrigin, Level: Usual, Tone: ToneNote, Change: c, Text: t.Origin(o.Origin)})
	}
}
