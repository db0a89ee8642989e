package iptables

import (
	"cmp"
	"slices"

	"tracer/sim/rule"
)

// List returns each table as "iptables -t NAME -S" or "ip6tables -t NAME -S" prints it.
func (rs Ruleset) List() []rule.Listing {
	list := make([]rule.Listing, len(rs.Tables))
	for i := range rs.Tables {
		t := &rs.Tables[i]
		list[i] = rule.Listing{Command: t.Family.command() + " -t " + t.Name + " -S", Lines: t.List()}
	}
	return list
}

// List returns the table as "iptables -t NAME -S" prints it: a "-P" line for every base
// chain, in hook order, then a "-N" line for every user-defined chain, sorted by bytes,
// then the rules of all chains in that order. A missing base chain is listed with policy
// ACCEPT, because that is how the kernel behaves.
//
// Chains that iptables cannot show come last, each below a comment that gives the
// reason.
func (t *Table) List() []string {
	var lines []string
	chains := t.ordered()
	for _, b := range baseChains(t.Name) {
		policy := Accept
		if c := t.Chain(b.name); c != nil && c.Foreign == "" && c.Policy != 0 {
			policy = c.Policy
		}
		lines = append(lines, "-P "+b.name+" "+policy.String())
	}
	for _, c := range chains {
		if _, base := findBase(t.Name, c.Name); !base && c.Foreign == "" {
			lines = append(lines, "-N "+c.Name)
		}
	}
	for _, c := range chains {
		if c.Foreign != "" {
			lines = append(lines, "# "+c.Name+" is not an iptables chain: "+c.Foreign)
		}
		for _, r := range c.Rules {
			lines = append(lines, r.Spec(c.Name))
		}
	}
	return lines
}

// ordered returns the chains in the order of List.
func (t *Table) ordered() []*Chain {
	rank := func(c *Chain) int {
		if c.Foreign != "" {
			return 100
		}
		if b, base := findBase(t.Name, c.Name); base {
			return int(b.hook)
		}
		return 99
	}
	out := make([]*Chain, len(t.Chains))
	for i := range t.Chains {
		out[i] = &t.Chains[i]
	}
	slices.SortStableFunc(out, func(a, b *Chain) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	return out
}
