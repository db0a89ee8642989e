package tui

import (
	"fmt"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// ruleID identifies a rule, as in a step.
type ruleID struct {
	table, chain string
	handle       uint64
}

// rules lists the rules of the current node (see ruledBy), with their packet counters.
// Rules that the packet matched are marked.
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
			m.chain(t, table, &table.Chains[k], &seen)
		}
	}
}

// chain lists the rules of a chain. An empty chain is omitted unless its policy is DROP.
func (m *model) chain(t *text, in *trace.Table, c *trace.Chain, seen *ruled) {
	table := in.Name
	if len(c.Rules) == 0 && c.Policy != "DROP" {
		return
	}
	head := table + " " + c.Name
	if c.Policy != "" {
		head += "  policy " + c.PolicyText()
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
		counted := fmt.Sprintf("%6d ", r.Packets)
		if !in.Counts(r) {
			counted = strings.Repeat(" ", len(counted))
		}
		t.add(9, span{m.mark(id, seen), style}, span{counted, m.dim}, span{r.Text, style})
		if why := seen.unmatched[id]; why != nil {
			t.add(11, span{"         " + m.language.Unmatched(why), m.dim})
		}
	}
}

// mark returns the mark of a rule.
func (m *model) mark(id ruleID, seen *ruled) string {
	switch {
	case seen.now[id]:
		return m.here + " "
	case seen.ever[id]:
		return m.dot + " "
	}
	return "  "
}

// ruled relates a packet to rules: now has those it matched on the way to a stop, unmatched
// those evaluated there without a match, and ever those matched at any stop. cause changed
// or dropped the packet at the stop. A policy has handle 0.
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

// culprit returns the rule that changed or dropped the packet on the way to a stop, or the
// zero rule.
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

// ruledBy returns the node whose rules are shown: the last node with rules on the packet's
// path up to the stop, or else the first one in the network.
func (m *model) ruledBy(j *trace.Journey) string {
	if n := m.trace().State.Node(m.scene.now.Outcome.Node); n != nil && len(n.Rules) > 0 {
		return n.Name
	}
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
