package iptables

import (
	"strings"

	"tracer/sim/rule"
)

// Fails returns the first condition of the rule that a packet does not meet. ok is false
// if none is known to fail: the rule matches, it has parts that are not understood, or
// it depends on missing facts.
func (r *Rule) Fails(f *rule.Facts) (m rule.Mismatch, ok bool) {
	for _, c := range []struct {
		set, holds, not bool
		flag, value     string
		was             string
	}{
		{r.Source.Prefix.IsValid(), r.Source.Prefix.Contains(f.Source.Addr()), r.Source.Not, "-s", r.Source.text(), f.Source.Addr().String()},
		{r.Destination.Prefix.IsValid(), r.Destination.Prefix.Contains(f.Destination.Addr()), r.Destination.Not, "-d", r.Destination.text(), f.Destination.Addr().String()},
		{r.In.Name != "", r.In.matches(f.In), r.In.Not, "-i", r.In.Name, f.In},
		{r.Out.Name != "", r.Out.matches(f.Out), r.Out.Not, "-o", r.Out.Name, f.Out},
		{r.Protocol.Number != 0, uint8(r.Protocol.Number) == f.Protocol, r.Protocol.Not, "-p", r.Protocol.Number.String(), ProtocolNumber(f.Protocol).String()},
	} {
		if c.set && c.holds == c.not {
			return mismatch(c.not, c.flag+" "+c.value, c.was)
		}
	}
	if m, ok := r.Fragments.fails(f); ok {
		return m, true
	}
	for _, part := range r.Matches {
		if m, ok = part.fails(f); ok {
			return m, true
		}
	}
	return rule.Mismatch{}, false
}

// matches reports whether an interface name equals i's or, for "eth+", starts with
// "eth".
func (i Interface) matches(name string) bool {
	if prefix, wildcard := strings.CutSuffix(i.Name, "+"); wildcard {
		return strings.HasPrefix(name, prefix)
	}
	return i.Name == name
}
