package judge

import (
	"fmt"
	"time"

	"tracer/trace"
)

// unmatched checks the places of rules reported as not matching: a packet that takes these
// steps must evaluate them after the previous step in their chain and before the next.
func (j *judging) unmatched(p *trace.Journey) {
	for i := range p.Hops {
		if h := &p.Hops[i]; !h.Doubtful && len(h.Ambiguous) == 0 {
			j.unmatchedSteps(p, h.Node, h.Time, h.Steps)
		}
	}
	if n := len(p.Hops); n > 0 {
		j.unmatchedSteps(p, p.Outcome.Node, p.Hops[n-1].Time, p.Outcome.Steps)
	}
}

// unmatchedSteps checks the steps against the rules that the node had at the time.
func (j *judging) unmatchedSteps(p *trace.Journey, node string, at time.Time, steps []trace.Step) {
	if j.After[node] == nil {
		return
	}
	for i := range steps {
		j.Stated["unmatched rules"] += len(steps[i].Unmatched)
	}
	var wrong []string
	for _, l := range j.listings(node) {
		if l.at(at) {
			if wrong = misplaced(l.Counters, steps); len(wrong) == 0 {
				return
			}
		}
	}
	for _, text := range wrong {
		j.wrong(WrongUnmatched, "%s in %s: %s", j.name(p), node, text)
	}
}

// misplaced returns what is wrong with the rules reported as not matching, given the node's
// rules.
func misplaced(rules *Counters, steps []trace.Step) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
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
			switch r, n := rules.rule(trace.RuleRef{Table: s.Table, Chain: s.Chain, Handle: u.Handle}); {
			case r == nil:
				say("%s %s has no rule %q", s.Table, s.Chain, u.Text)
			case n >= position:
				say("%s %s %s comes after %s", s.Table, s.Chain, r.Text, s.RuleRef)
			case n < reached[at]:
				say("%s %s %s comes before a rule that matched earlier", s.Table, s.Chain, r.Text)
			case ended[at]:
				say("%s %s %s comes after a RETURN or -g that matched", s.Table, s.Chain, r.Text)
			}
		}
		reached[at] = position + 1
		ended[at] = s.Handle != 0 && (s.Verdict.Kind == trace.VerdictReturn || s.Verdict.Kind == trace.VerdictGoto)
		if s.Handle == 0 {
			delete(reached, at)
			delete(ended, at)
		}
		if s.Terminal { // later steps in the same chains are another fragment's
			clear(reached)
			clear(ended)
		}
	}
	return wrong
}
