package correlate

import (
	"tracer/sim/rule"
	"tracer/trace"
)

// steps returns the steps of an evaluation, with the text of their rules and the rules
// that did not match. The kernel reports only rules that matched. Those before them in
// the chain were evaluated, and some condition failed. If the rule is understood, what is
// known about the packet shows which one.
func (n *network) steps(node string, e *evaluation) []trace.Step {
	out := make([]trace.Step, len(e.steps))
	for i, s := range e.steps {
		if r := n.rule(node, s.RuleRef); r != nil {
			s.Text = r.Text
		}
		out[i] = s
	}
	table := rule.Find(n.Rules[node], e.table)
	if table == nil {
		return out
	}
	facts := n.facts(node, e)
	unmatched := make([][]trace.Unmatched, len(out))
	next := map[string]int{} // by chain: the next rule to be evaluated
	for i := range out {
		s := &out[i]
		chain := table.Chain(s.Chain)
		if chain == nil {
			continue
		}
		end := len(chain.Rules) // without a rule, the whole chain has been evaluated
		if s.Handle != 0 {
			for end = next[s.Chain]; end < len(chain.Rules) && chain.Rules[end].Handle != s.Handle; end++ {
			}
			if end == len(chain.Rules) {
				return out // the rules have changed since the packet met them
			}
		}
		for k := next[s.Chain]; k < end; k++ {
			unmatched[i] = append(unmatched[i], mismatch(&chain.Rules[k], &facts))
		}
		next[s.Chain] = end + 1
		if s.Verdict.Branches() {
			next[s.Verdict.Chain] = 0
		}
	}
	for i := range out {
		out[i].Unmatched = unmatched[i]
	}
	return out
}

func mismatch(r *rule.Rule, f *rule.Facts) trace.Unmatched {
	u := trace.Unmatched{Handle: r.Handle, Text: r.Text}
	if m, ok := r.Mismatch(f); ok {
		u.Condition, u.Was = m.Condition, m.Was
	}
	return u
}

// facts returns what is known about a packet while a base chain evaluates it.
func (n *network) facts(node string, e *evaluation) rule.Facts {
	at := n.graph.nodes[node]
	f := rule.Facts{
		Source: e.packet.Src, Destination: e.packet.Dst, Protocol: uint8(e.packet.Protocol),
		Ports: e.packet.HasPorts() && e.packet.Key.Fragment == 0,
		Local: at.IsLocal,
	}
	if i := at.ByIndex(e.in); i != nil {
		f.In = i.Name
	}
	if i := at.ByIndex(e.out); i != nil {
		f.Out = i.Name
	}
	if e.tracked != nil {
		f.State = ruleStates[e.tracked.State]
	}
	return f
}
