package iptables

import "fmt"

// rule checks one rule, at the hooks that lead to its chain.
func (v *validator) rule(c *Chain, index int) {
	r := &c.Rules[index]
	where := fmt.Sprintf(".%s.rules[%d]", quoteUnlessName(c.Name), index)
	report := func(texts ...string) {
		for _, text := range texts {
			if text != "" {
				v.report(where, text)
			}
		}
	}
	f := v.table.Family
	report(r.Source.problem(f), r.Destination.problem(f), r.In.problem(), r.Out.problem())
	if f != IPv4 && r.Fragments != 0 {
		report("-f is for IPv4 only")
	}
	if r.Protocol.Not && r.Protocol.Number == 0 {
		report("negation without a protocol")
	}
	if b, base := findBase(v.table.Name, c.Name); base {
		if r.In.Name != "" && (b.hook == hookOutput || b.hook == hookPostrouting) {
			report("-i cannot be used in " + b.name)
		}
		if r.Out.Name != "" && (b.hook == hookPrerouting || b.hook == hookInput) {
			report("-o cannot be used in " + b.name)
		}
	}
	at := place{f, r.Protocol, v.table.Name, v.reached[c.Name]}
	for _, m := range r.Matches {
		if m == nil {
			report("no such match: <nil>")
			continue
		}
		report(m.problems(at)...)
	}
	if r.Target != nil {
		report(r.Target.problems(at)...)
	}
	if chain, ok := calls(r.Target); ok {
		if _, base := findBase(v.table.Name, chain); base {
			report("jump to base chain " + chain)
		} else if _, there := v.places[chain]; !there {
			report("jump to unknown chain " + quoteUnlessName(chain))
		}
	}
}
