package page

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// ruleset is the rules of a node during a part of the walk.
type ruleset struct {
	Title       string
	From, Until int // moments; 0: from the beginning, or to the end
	Chains      []chain
}

// chain is a chain of rules.
type chain struct {
	Name   string // with its table
	Policy *rule
	Rules  []rule
}

// rule is a rule, or the policy of a chain.
type rule struct {
	Text    string
	Packets string // counted by the end; empty: it has no counter
	Hits    string // the moments at which it matched, once for each packet that it counted
	Decides string // the moments that are about this rule: it decides, or has made a change
}

// ruleID identifies a rule of a network, or the policy of a chain.
type ruleID struct {
	node, table string
	handle      uint64
	policy      string // the chain; empty: a rule
}

// met are the moments of each rule.
type met struct {
	hits, decides map[ruleID][]int
}

// hits returns the moments at which each rule matched.
func (b *builder) hits() met {
	all := met{map[ruleID][]int{}, map[ruleID][]int{}}
	for i := range b.trace.Journeys {
		j := &b.trace.Journeys[i]
		for stop := range len(j.Hops) + 1 {
			node := j.Outcome.Node
			if stop < len(j.Hops) {
				node = j.Hops[stop].Node
			}
			for k, m := range explain.Moments(j, stop) {
				at := b.order.at(i, explain.Place{Stop: stop, Moment: k})
				for s := range m.Steps {
					hit(all.hits, node, &m.Steps[s], at)
				}
				if n := len(m.Steps); n > 0 && m.Steps[n-1].Handle != 0 {
					decide(all.decides, identify(node, &m.Steps[n-1]), at)
				}
				for _, c := range m.Changes {
					if c.Cause.Kind == trace.CauseRule {
						decide(all.decides, ruleID{node, c.Cause.Rule.Table, c.Cause.Rule.Handle, ""}, at)
					}
				}
			}
		}
	}
	return all
}

// decide adds a moment once.
func decide(all map[ruleID][]int, id ruleID, at int) {
	if !slices.Contains(all[id], at) {
		all[id] = append(all[id], at)
	}
}

// identify returns the rule of a step.
func identify(node string, s *trace.Step) ruleID { return ruleID{node, s.Table, s.Handle, ""} }

func hit(all map[ruleID][]int, node string, s *trace.Step, at int) {
	id := identify(node, s)
	switch {
	case s.Handle == 0 && !s.Terminal: // the end of a chain
		return
	case s.Handle == 0:
		id.policy = s.Chain
	}
	for range max(1, s.Fragments) {
		all[id] = append(all[id], at)
	}
}

// rulesets builds the rules of all nodes, before and after each command that changed them.
func (b *builder) rulesets() (list []ruleset) {
	hits := b.hits()
	for i := range b.trace.State.Nodes {
		n := &b.trace.State.Nodes[i]
		from := 0
		for k := range b.trace.Answers {
			a := &b.trace.Answers[k]
			if !a.Command || a.From != n.Name || a.Before == nil {
				continue
			}
			until := b.order.request(b.trace, k+1)
			title := b.Format(explain.PageRulesBefore, n.Name, b.Request(k+1, b.whole.Answers[k]))
			list = append(list, ruleset{title, from, until, b.chains(n.Name, a.Before, hits)})
			from = until
		}
		if len(n.Rules) > 0 {
			list = append(list, ruleset{b.Format(explain.PageRules, n.Name), from, 0, b.chains(n.Name, n.Rules, hits)})
		}
	}
	return list
}

// chains builds the chains of a node. An empty one is omitted unless its policy is DROP.
func (b *builder) chains(node string, tables []trace.Table, all met) (list []chain) {
	for i := range tables {
		t := &tables[i]
		for k := range t.Chains {
			c := &t.Chains[k]
			if len(c.Rules) == 0 && c.Policy != "DROP" {
				continue
			}
			out := chain{Name: t.Name + " " + c.Name}
			for r := range c.Rules {
				from := &c.Rules[r]
				id := ruleID{node, t.Name, from.Handle, ""}
				to := rule{Text: from.Text, Hits: numbers(all.hits[id]), Decides: numbers(all.decides[id])}
				if t.Counts(from) {
					to.Packets = count(from.Packets)
				}
				out.Rules = append(out.Rules, to)
			}
			if c.Policy != "" {
				out.Policy = &rule{Text: b.Format(explain.PagePolicy, c.PolicyText()), Hits: numbers(all.hits[ruleID{node, t.Name, 0, c.Name}])}
				if c.Counted != nil {
					out.Policy.Packets = count(c.Counted.Packets)
				}
			}
			list = append(list, out)
		}
	}
	return list
}
