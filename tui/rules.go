package tui

import (
	"fmt"

	"tracer/trace"
	"tracer/trace/explain"
)

// ruleID is a rule, as a step names it.
type ruleID struct {
	table, chain string
	handle       uint64
}

// rules lists the rules of the node where the packet is, or was last, with what
// they have counted. Those that the packet met are marked.
func (m *model) rules(t *text) {
	j := m.packet()
	node := m.ruledBy(j)
	n := m.trace().State.Node(node)
	if n == nil || len(n.Rules) == 0 {
		t.add(0, span{m.language.Format(explain.LabelNoRules, node), m.dim})
		return
	}
	seen := met(j, m.at.stop)
	t.add(2,
		span{m.here + " ", m.changed}, span{m.language.Format(explain.LabelMetHere), m.dim},
		span{"   " + m.dot + " ", m.rule}, span{m.language.Format(explain.LabelMetEarlier), m.dim})
	for i := range n.Rules {
		table := &n.Rules[i]
		for k := range table.Chains {
			m.chain(t, table.Name, &table.Chains[k], &seen)
		}
	}
}

// chain lists the rules of a chain. One that is empty and accepts is left out.
func (m *model) chain(t *text, table string, c *trace.Chain, seen *ruled) {
	if len(c.Rules) == 0 && c.Policy != "DROP" {
		return
	}
	head := table + " " + c.Name
	if c.Policy != "" {
		head += "  policy " + c.Policy
	}
	policy := ruleID{table, c.Name, 0}
	if seen.now[policy] && policy == seen.cause {
		t.mark()
	}
	t.add(2, span{m.mark(policy, seen), m.changed}, span{head, m.title})
	for i := range c.Rules {
		r := &c.Rules[i]
		id := ruleID{table, c.Name, r.Handle}
		style := m.plain
		switch {
		case seen.now[id]:
			style = m.changed
			if id == seen.cause || seen.cause == (ruleID{}) {
				t.mark()
			}
		case seen.ever[id]:
			style = m.rule
		}
		t.add(9, span{m.mark(id, seen), style}, span{fmt.Sprintf("%6d ", r.Packets), m.dim}, span{r.Text, style})
		if why := seen.unmatched[id]; why != nil {
			t.add(11, span{"         " + m.language.Unmatched(why), m.dim})
		}
	}
}

// mark is the mark of a rule.
func (m *model) mark(id ruleID, seen *ruled) string {
	switch {
	case seen.now[id]:
		return m.here + " "
	case seen.ever[id]:
		return m.dot + " "
	}
	return "  "
}

// ruled is what a packet had to do with rules: those that it met on the way to a
// stop, those that it came by there without a match, all that it ever met, and the
// one that rewrote or dropped it there. A policy that decided has handle 0.
type ruled struct {
	now, ever map[ruleID]bool
	unmatched map[ruleID]*trace.Unmatched
	cause     ruleID
}

func met(j *trace.Journey, stop int) ruled {
	r := ruled{map[ruleID]bool{}, map[ruleID]bool{}, map[ruleID]*trace.Unmatched{}, culprit(j, stop)}
	for s := range len(j.Hops) + 1 {
		steps, _ := happened(j, s)
		for i := range steps {
			st := &steps[i]
			if st.Handle != 0 || st.Terminal {
				id := ruleID{st.Table, st.Chain, st.Handle}
				r.ever[id] = true
				r.now[id] = r.now[id] || s == stop
			}
			for k := range st.Unmatched {
				if s == stop {
					r.unmatched[ruleID{st.Table, st.Chain, st.Unmatched[k].Handle}] = &st.Unmatched[k]
				}
			}
		}
	}
	return r
}

// culprit is the rule that rewrote an address on the way to a stop, or that
// dropped the packet there; the zero rule if none did.
func culprit(j *trace.Journey, stop int) ruleID {
	_, changes := happened(j, stop)
	for i := range changes {
		if c := &changes[i].Cause; c.Kind == trace.CauseRule {
			return ruleID{c.Rule.Table, c.Rule.Chain, c.Rule.Handle}
		}
	}
	if o := &j.Outcome; stop >= len(j.Hops) && o.Kind == trace.OutcomeDropped && len(o.Steps) > 0 {
		last := &o.Steps[len(o.Steps)-1]
		return ruleID{last.Table, last.Chain, last.Handle}
	}
	return ruleID{}
}

// ruledBy is the node whose rules matter at the stop: the one where the packet is,
// or if it has none, the last before that has.
func (m *model) ruledBy(j *trace.Journey) string {
	for s := min(m.at.stop, len(j.Hops)-1); s >= 0; s-- {
		if n := m.trace().State.Node(j.Hops[s].Node); n != nil && len(n.Rules) > 0 {
			return n.Name
		}
	}
	for i := range m.trace().State.Nodes {
		if n := &m.trace().State.Nodes[i]; len(n.Rules) > 0 {
			return n.Name
		}
	}
	return j.Outcome.Node
}
