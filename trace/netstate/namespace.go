package netstate

import (
	"tracer/sim/rule"
	"tracer/trace"
)

// Namespace is what one network namespace looked like at one instant.
type Namespace struct {
	// Node lacks what the kernel does not know: the node's name, its role, and the peers
	// of its interfaces.
	Node trace.Node
	// Rules are those that Node has as text.
	Rules []rule.Table
}

// record returns rules as text.
func record(list []rule.Table) (out []trace.Table) {
	for _, t := range list {
		table := trace.Table{Name: t.Name, Partial: t.Partial}
		for _, set := range t.Sets {
			table.Sets = append(table.Sets, trace.NamedSet(set))
		}
		for _, c := range t.Chains {
			chain := trace.Chain{Name: c.Name, Policy: c.Policy, Foreign: c.Foreign, Comment: c.Comment}
			if c.Counted != nil {
				chain.Counted = &trace.Count{Packets: c.Counted.Packets, Bytes: c.Counted.Bytes}
			}
			chain.Rules = recordRules(c.Rules)
			table.Chains = append(table.Chains, chain)
		}
		out = append(out, table)
	}
	return out
}

func recordRules(list []rule.Rule) (out []trace.Rule) {
	for _, r := range list {
		out = append(out, trace.Rule{Handle: r.Handle, Text: r.Text, Counter: r.Counter, Packets: r.Packets, Bytes: r.Bytes, Columns: trace.Columns(r.Columns)})
	}
	return out
}
