package explain

import (
	"slices"
	"strings"

	"tracer/trace"
)

// happened describes what happened in a node: the rules in the order in which they
// matched, and each change after the rule that made it, or else at its own rank. traced
// reports whether there is a rule trace.
func (t *telling) happened(steps []trace.Step, changes []trace.Change, traced bool) {
	var reached [arrival]int // by stage: the priority of the last step
	for i := range reached {
		reached[i] = -1000
	}
	made := make([]bool, len(changes))
	for _, v := range fold(steps) {
		f := v.first()
		at := rank{stage: stageOf(f.Hook)}
		// Keep the order of the rule trace: the priority of a foreign table is unknown.
		at.priority = max(reached[at.stage], priority(f.Hook, f.Table))
		reached[at.stage] = at.priority
		t.visit(at, &v)
		for i := range changes {
			if c := &changes[i]; v.step != nil && !made[i] && makes(v.step, c) {
				made[i] = true
				t.change(at, c)
			}
		}
	}
	var last rank // of conntrack's changes
	for i := range changes {
		c := &changes[i]
		if !made[i] {
			t.change(changeRank(c), c)
		}
		if at := changeRank(c); c.Cause.Kind == trace.CauseConntrack && at.stage >= last.stage {
			last = at
		}
	}
	// Absence is certain only if no message of the rule trace was lost.
	nat := slices.ContainsFunc(steps, func(s trace.Step) bool { return s.Table == "nat" })
	if last.stage > 0 && !nat && (traced || len(steps) > 0) && t.trace.Gaps.Steps == 0 {
		t.add(last, Row{Kind: KindNoNAT, Level: Brief, Text: t.Format(noNAT)})
	}
}

// makes reports whether a step is the rule that a change names as its cause.
func makes(s *trace.Step, c *trace.Change) bool {
	return c.Cause.Kind == trace.CauseRule && s.Handle == c.Cause.Rule.Handle && s.Table == c.Cause.Rule.Table && s.Chain == c.Cause.Rule.Chain
}

// visit describes a rule or a detour, and the rules before it that did not match.
func (t *telling) visit(at rank, v *visit) {
	for _, s := range v.within {
		t.unmatched(at, s)
	}
	f := v.first()
	r := Row{Kind: KindDetour, Level: Detail, Tone: ToneNote, Table: f.Table, Chain: f.Chain, Step: f}
	if v.step == nil {
		chains := make([]string, len(v.jumps))
		for i, s := range v.jumps {
			chains[i] = s.Verdict.Chain
		}
		r.Text = t.Format(detour, strings.Join(chains, ", "))
		t.add(at, r)
		return
	}
	t.unmatched(at, f)
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
	t.add(at, r)
}

func (t *telling) unmatched(at rank, s *trace.Step) {
	for i := range s.Unmatched {
		u := &s.Unmatched[i]
		t.add(at, Row{
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
func (t *telling) change(at rank, c *trace.Change) {
	r := Row{
		Kind: KindHeader, Level: Usual, Tone: ToneChanged, Change: c,
		Text: t.Became(c), Note: t.Cause(c),
	}
	switch {
	case c.Field.Translated():
		r.Kind, r.Level = KindRewrite, Brief
	case at.stage == linkHeader:
		r.Kind, r.Level = KindLink, Detail
	}
	if c.Cause.Kind == trace.CauseInferred {
		r.NoteTone = ToneBad
	}
	t.add(at, r)
	o := origin{c.Cause.Origin, c.Cause.Reverse}
	if o.Rule.Handle != 0 && !t.shown[o] {
		t.shown[o] = true
		t.add(at, Row{Kind: KindOrigin, Level: Usual, Tone: ToneNote, Change: c, Text: t.Origin(o.Origin)})
	}
}
