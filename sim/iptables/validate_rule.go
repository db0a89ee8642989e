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
	report(r.Source.problem(), r.Destination.problem(), r.In.problem(), r.Out.problem())
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
	for _, m := range r.Matches {
		report(v.match(c, r, m)...)
	}
	report(v.target(c, r)...)
}

func (v *validator) match(c *Chain, r *Rule, m Match) []string {
	switch m := m.(type) {
	case AddrType:
		out := m.problems()
		for _, b := range v.reached[c.Name] {
			out = append(out, m.problemAt(b))
		}
		return out
	case Ports:
		return m.problems(r.Protocol)
	case ConnState:
		return []string{m.problem()}
	case Opaque:
		return []string{"not understood, so it cannot be written: " + m.String()}
	}
	return []string{fmt.Sprintf("no such match: %T", m)}
}

func (v *validator) target(c *Chain, r *Rule) []string {
	var out []string
	switch t := r.Target.(type) {
	case nil:
	case Verdict:
		if t != Accept && t != Drop && t != Return {
			out = append(out, "unknown verdict")
		}
		if t == Drop && v.table.Name == "nat" {
			out = append(out, "nat is not for filtering: DROP cannot be used")
		}
	case Jump:
		if _, base := findBase(v.table.Name, t.Chain); base {
			out = append(out, "jump to base chain "+t.Chain)
		} else if _, there := v.places[t.Chain]; !there {
			out = append(out, "jump to unknown chain "+quoteUnlessName(t.Chain))
		}
	case DNAT:
		out = append(t.problems(r.Protocol), v.natHooks(c, "DNAT", hookPrerouting, hookOutput)...)
	case SNAT:
		out = append(t.problems(r.Protocol), v.natHooks(c, "SNAT", hookPostrouting, hookInput)...)
	case Masquerade:
		out = v.natHooks(c, "MASQUERADE", hookPostrouting, hookPostrouting)
	case Opaque:
		out = append(out, "not understood, so it cannot be written: "+t.String())
	default:
		out = append(out, fmt.Sprintf("no such target: %T", t))
	}
	return out
}

// natHooks checks that a translation is in table nat, at a hook where the kernel allows
// it: destination translation before routing, source translation after it.
func (v *validator) natHooks(c *Chain, target string, allowed ...uint32) []string {
	if v.table.Name != "nat" {
		return []string{target + " works only in table nat"}
	}
	var out []string
	for _, b := range v.reached[c.Name] {
		if b.hook != allowed[0] && b.hook != allowed[1] {
			out = append(out, target+" does not work in "+b.name)
		}
	}
	return out
}
