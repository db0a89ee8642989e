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
			chains[j] = c.neutral(t.Family)
		}
		tables[i] = rule.Table{Name: t.title(), Chains: chains}
	}
	return tables
}

func (c Chain) neutral(f Family) rule.Chain {
	out := rule.Chain{Name: c.Name, Foreign: c.Foreign, Rules: make([]rule.Rule, len(c.Rules))}
	if c.Policy != 0 {
		out.Policy = c.Policy.String()
	}
	if c.Counted != nil {
		counted := *c.Counted
		out.Counted = &counted
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		out.Rules[i] = rule.Rule{
			Handle: r.Handle, Text: r.String(), Columns: r.columns(f), Packets: r.Packets, Bytes: r.Bytes, Marks: r.marks(), Fails: r.Fails,
			Opaque: slices.ContainsFunc(r.Matches, func(m Match) bool {
				o, opaque := m.(Opaque)
				return opaque && o.acts()
			}),
		}
		if r.Target != nil {
			r.Target.effect(&out.Rules[i])
		}
	}
	return out
}

// marker is a part that may test or set packet marks.
type marker interface{ marks() bool }

// marks reports whether a part of the rule may test or set packet marks.
func (r *Rule) marks() bool {
	if m, ok := r.Target.(marker); ok && m.marks() {
		return true
	}
	return slices.ContainsFunc(r.Matches, func(part Match) bool {
		m, ok := part.(marker)
		return ok && m.marks()
	})
}

func (Mark) marks() bool    { return true }
func (SetMark) marks() bool { return true }

// marks: saving reads the packet's mark, restoring sets it.
func (m SetConnMark) marks() bool { return m.Mode != ConnMarkSet }

// marks: among unknown matches, only those with certain names test marks; any other unknown
// part may do so.
func (o Opaque) marks() bool {
	return o.Kind != XtMatch || slices.Contains([]string{"mark", "rpfilter", "socket", "bpf"}, o.Name)
}
