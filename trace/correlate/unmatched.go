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
	facts := n.facts(node, e)
	for i, s := range e.steps {
		if r := n.rule(node, s.RuleRef); r != nil {
			s.Text, s.Element = r.Text, element(r, &facts, s.Verdict)
		}
		out[i] = s
	}
	table := rule.Find(n.Rules[node], e.table)
	if table == nil {
		return out
	}
	w := walk{table: table, next: map[string]int{}, facts: facts}
	w.existed = func(chain string, handle uint64) bool {
		k := ruleKey{node, table.Name, chain, handle}
		return !n.replaced[k] && !n.added[k].After(e.idle)
	}
	unmatched := make([][]trace.Unmatched, len(out))
	for i := range out {
		var known bool
		if unmatched[i], known = w.step(&out[i]); !known {
			return out
		}
	}
	for i := range out {
		out[i].Unmatched = unmatched[i]
	}
	return out
}

// element returns the element of a map that gave a packet its verdict. It is only named if its
// verdict is the one that the kernel reports.
func element(r *rule.Rule, f *rule.Facts, v trace.Verdict) *trace.Element {
	if r.Element == nil {
		return nil
	}
	e, known := r.Element(f)
	if !known || e.Verdict != v.String() {
		return nil
	}
	return &trace.Element{Map: e.Map, Key: e.Key, Verdict: v}
}

// walk follows an evaluation through the rules of a table.
type walk struct {
	table   *rule.Table
	existed func(chain string, handle uint64) bool // when the packet was there
	next    map[string]int                         // by chain: the next rule to be evaluated; -1: none
	facts   rule.Facts
}

// step returns the rules that were evaluated without matching since the previous step in
// the same chain. known is false if the rules have changed since then.
func (w *walk) step(s *trace.Step) (list []trace.Unmatched, known bool) {
	chain := w.table.Chain(s.Chain)
	if chain == nil {
		return nil, true
	}
	from, end := w.next[s.Chain], len(chain.Rules) // without a rule, the whole chain has been evaluated
	if from < 0 {
		from = end // a rule was deleted from the chain
	}
	if s.Handle != 0 {
		for end = from; end < len(chain.Rules) && chain.Rules[end].Handle != s.Handle; end++ {
		}
		if end == len(chain.Rules) {
			return nil, false
		}
	}
	for k := from; k < end; k++ {
		if r := &chain.Rules[k]; w.existed(s.Chain, r.Handle) {
			list = append(list, mismatch(r, &w.facts))
		}
	}
	w.next[s.Chain] = end + 1
	switch s.Verdict.Kind {
	case trace.VerdictGoto, trace.VerdictReturn:
		w.next[s.Chain] = -1
	}
	if s.Verdict.Branches() {
		w.next[s.Verdict.Chain] = 0
	}
	return list, true
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
		Ports: e.packet.HasPorts() && !e.packet.IsFragment(),
		Header: &rule.Header{
			TTL: e.packet.TTL, TOS: e.packet.TOS, Length: e.packet.Length, Later: e.packet.Fragment != 0,
			Transport: !e.packet.IsFragment(), TCPFlags: uint8(e.packet.TCP.Flags),
			ICMPType: e.packet.ICMP.Type, ICMPCode: e.packet.ICMP.Code,
		},
		Local: at.IsLocal,
	}
	if e.packet.HasMAC {
		f.MAC = e.packet.SrcMAC
	}
	if i := at.ByIndex(e.in); i != nil {
		f.In = i.Name
	}
	if i := at.ByIndex(e.out); i != nil {
		f.Out = i.Name
	}
	if e.tracked != nil {
		f.State, f.Direction = ruleStates[e.tracked.State], rule.Direction(e.tracked.Direction)
	}
	return f
}
