package judge

import "tracer/trace"

// unmatched checks the places of rules reported as not matching: a packet that takes these
// steps must evaluate them after the previous step in their chain and before the next.
func (j *judging) unmatched(p *trace.Journey) {
	for i := range p.Hops {
		if h := &p.Hops[i]; !h.Doubtful && len(h.Ambiguous) == 0 {
			j.unmatchedSteps(p, h.Node, h.Steps)
		}
	}
	j.unmatchedSteps(p, p.Outcome.Node, p.Outcome.Steps)
}

func (j *judging) unmatchedSteps(p *trace.Journey, node string, steps []trace.Step) {
	rules := j.After[node]
	if rules == nil {
		return
	}
	type chain struct {
		hook        trace.Hook
		table, name string
	}
	reached := map[chain]int{} // the position after the last rule that matched
	ended := map[chain]bool{}
	for _, s := range steps {
		c := rules.chain(s.Table, s.Chain)
		if c == nil {
			continue
		}
		at, position := chain{s.Hook, s.Table, s.Chain}, len(c.Rules)
		if s.Handle != 0 {
			if r, n := rules.rule(s.RuleRef); r != nil {
				position = n
			}
		}
		for _, u := range s.Unmatched {
			j.Stated["unmatched rules"]++
			switch r, n := rules.rule(trace.RuleRef{Table: s.Table, Chain: s.Chain, Handle: u.Handle}); {
			case r == nil:
				j.wrong(WrongUnmatched, "%s in %s: %s %s has no rule %q", j.name(p), node, s.Table, s.Chain, u.Text)
			case n >= position:
				j.wrong(WrongUnmatched, "%s in %s: %s %s %s comes after %s", j.name(p), node, s.Table, s.Chain, r.Text, s.RuleRef)
			case n < reached[at]:
				j.wrong(WrongUnmatched, "%s in %s: %s %s %s comes before a rule that matched earlier", j.name(p), node, s.Table, s.Chain, r.Text)
			case ended[at]:
				j.wrong(WrongUnmatched, "%s in %s: %s %s %s comes after a RETURN or -g that matched", j.name(p), node, s.Table, s.Chain, r.Text)
			}
		}
		reached[at] = position + 1
		ended[at] = s.Handle != 0 && (s.Verdict.Kind == trace.VerdictReturn || s.Verdict.Kind == trace.VerdictGoto)
		if s.Handle == 0 {
			delete(reached, at)
			delete(ended, at)
		}
		if s.Terminal { // what follows in the same chains is another fragment's
			clear(reached)
			clear(ended)
		}
	}
}
