package iptables

import (
	"slices"

	"tracer/sim/rule"
)

// Neutral converts the tables to the form that is independent of iptables. The result
// refers to rs, which must not change afterwards.
func (rs Ruleset) Neutral() []rule.Table {
	tables := make([]rule.Table, len(rs.Tables))
	for i, t := range rs.Tables {
		chains := make([]rule.Chain, len(t.Chains))
		for j, c := range t.Chains {
			chains[j] = c.neutral()
		}
		tables[i] = rule.Table{Name: t.Name, Chains: chains}
	}
	return tables
}

func (c Chain) neutral() rule.Chain {
	out := rule.Chain{Name: c.Name, Foreign: c.Foreign, Rules: make([]rule.Rule, len(c.Rules))}
	if c.Policy != 0 {
		out.Policy = c.Policy.String()
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		_, opaque := r.Target.(Opaque)
		out.Rules[i] = rule.Rule{
			Handle: r.Handle, Text: r.String(), Packets: r.Packets, Bytes: r.Bytes,
			NAT: translation(r.Target), Opaque: opaque, Marks: r.marks(), Fails: r.Fails,
		}
	}
	return out
}

// translation returns what a target rewrites, or nil.
func translation(t Target) *rule.NAT {
	switch t := t.(type) {
	case DNAT:
		return &rule.NAT{Kind: rule.DNAT, Address: t.Address, Ports: rule.PortRange(t.Ports)}
	case SNAT:
		return &rule.NAT{Kind: rule.SNAT, Address: t.Address, Ports: rule.PortRange(t.Ports)}
	case Masquerade:
		return &rule.NAT{Kind: rule.Masquerade}
	}
	return nil
}

// marks reports whether a part of the rule may test or set packet marks: of those that are
// not understood, a match of a name that does, or any other kind of part.
func (r *Rule) marks() bool {
	if _, opaque := r.Target.(Opaque); opaque {
		return true
	}
	return slices.ContainsFunc(r.Matches, func(m Match) bool {
		o, opaque := m.(Opaque)
		return opaque && (o.Kind != XtMatch || slices.Contains([]string{"mark", "rpfilter", "socket", "bpf"}, o.Name))
	})
}
