package iptables

import (
	"net/netip"
	"strconv"
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
			return mismatch(c.not, c.flag+" "+c.value, c.was), true
		}
	}
	for _, part := range r.Matches {
		switch part := part.(type) {
		case Ports:
			m, ok = part.fails(f)
		case ConnState:
			m, ok = part.fails(f)
		case AddrType:
			m, ok = part.fails(f)
		}
		if ok {
			return m, true
		}
	}
	return rule.Mismatch{}, false
}

func mismatch(not bool, condition, was string) rule.Mismatch {
	if not {
		condition = "! " + condition
	}
	return rule.Mismatch{Condition: condition, Was: was}
}

// matches reports whether an interface name equals i's or, for "eth+", starts with
// "eth".
func (i Interface) matches(name string) bool {
	if prefix, wildcard := strings.CutSuffix(i.Name, "+"); wildcard {
		return strings.HasPrefix(name, prefix)
	}
	return i.Name == name
}

func (p Ports) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if !f.Ports {
		return rule.Mismatch{}, false
	}
	for _, c := range []struct {
		r    PortRange
		not  bool
		flag string
		port uint16
	}{
		{p.Source, p.NotSource, "--sport ", f.Source.Port()},
		{p.Destination, p.NotDestination, "--dport ", f.Destination.Port()},
	} {
		if c.r != (PortRange{}) && (c.r.First <= c.port && c.port <= c.r.Last) == c.not {
			return mismatch(c.not, c.flag+c.r.join(":"), strconv.Itoa(int(c.port))), true
		}
	}
	return rule.Mismatch{}, false
}

func (c ConnState) fails(f *rule.Facts) (rule.Mismatch, bool) {
	state := states(f.State)
	// The facts do not say whether a connection is translated.
	if state == 0 || c.States&(SNATed|DNATed) != 0 || (c.States&state != 0) != c.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(c.Not, "--ctstate "+c.States.String(), state.String()), true
}

// states returns a packet's state as a set, which is empty if the state is unknown.
func states(s rule.State) States {
	switch s {
	case rule.Invalid:
		return Invalid
	case rule.New:
		return New
	case rule.Established:
		return Established
	case rule.Related:
		return Related
	case rule.Untracked:
		return Untracked
	}
	return 0
}

func (a AddrType) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if a.LimitIn || a.LimitOut || f.Local == nil {
		return rule.Mismatch{}, false
	}
	for _, c := range []struct {
		types   AddrTypes
		not     bool
		flag    string
		address netip.Addr
	}{
		{a.Source, a.NotSource, "--src-type ", f.Source.Addr()},
		{a.Destination, a.NotDestination, "--dst-type ", f.Destination.Addr()},
	} {
		// LOCAL is the only type that the facts can decide.
		if c.types == Local && f.Local(c.address) == c.not {
			return mismatch(c.not, c.flag+"LOCAL", c.address.String()), true
		}
	}
	return rule.Mismatch{}, false
}
