package iptables

import (
	"net/netip"

	"tracer/sim/rule"
)

// AddrTypes is a set of address types as the routing table classifies them: the bits
// XT_ADDRTYPE_* (linux/netfilter/xt_addrtype.h).
type AddrTypes uint16

// The types, by the names that iptables uses.
const (
	Unspec AddrTypes = 1 << iota
	Unicast
	Local // one of this host's own
	Broadcast
	Anycast
	Multicast
	Blackhole
	Unreachable
	Prohibit
	Throw
	NAT
	XResolve

	allAddrTypes = XResolve<<1 - 1
)

// String returns the types as iptables lists them: "UNICAST,LOCAL".
func (t AddrTypes) String() string {
	return setText(t, []named[AddrTypes]{
		{Unspec, "UNSPEC"}, {Unicast, "UNICAST"}, {Local, "LOCAL"}, {Broadcast, "BROADCAST"}, {Anycast, "ANYCAST"}, {Multicast, "MULTICAST"},
		{Blackhole, "BLACKHOLE"}, {Unreachable, "UNREACHABLE"}, {Prohibit, "PROHIBIT"}, {Throw, "THROW"}, {NAT, "NAT"}, {XResolve, "XRESOLVE"},
		{^allAddrTypes, "unknown"},
	})
}

// AddrType is "-m addrtype": it matches addresses by their type in the routing table. A
// zero set matches every type.
type AddrType struct {
	Source         AddrTypes
	Destination    AddrTypes
	NotSource      bool
	NotDestination bool
	LimitIn        bool // --limit-iface-in: consider only the incoming interface
	LimitOut       bool // --limit-iface-out: consider only the outgoing one
}

var addrTypeKind = &kind[AddrType]{
	name: "addrtype",
	options: []option[AddrType]{
		{"--src-type", "TYPES", true, func(t *AddrType, a *argument) (err error) {
			t.Source, err = bitSet(a, allAddrTypes)
			t.NotSource = a.not
			return err
		}},
		{"--dst-type", "TYPES", true, func(t *AddrType, a *argument) (err error) {
			t.Destination, err = bitSet(a, allAddrTypes)
			t.NotDestination = a.not
			return err
		}},
		{"--limit-iface-in", "", false, func(t *AddrType, _ *argument) error { t.LimitIn = true; return nil }},
		{"--limit-iface-out", "", false, func(t *AddrType, _ *argument) error { t.LimitOut = true; return nil }},
	},
	read: func(revision uint32, s structure) (AddrType, bool) {
		flags := s.uint32(4)
		return AddrType{
			Source: AddrTypes(s.uint16(0)), Destination: AddrTypes(s.uint16(2)),
			NotSource: flags&addrTypeNotSource != 0, NotDestination: flags&addrTypeNotDest != 0,
			LimitIn: flags&addrTypeLimitIn != 0, LimitOut: flags&addrTypeLimitOut != 0,
		}, revision == 1
	},
	size: 8, // struct xt_addrtype_info_v1
}

// The flags XT_ADDRTYPE_* (linux/netfilter/xt_addrtype.h).
const (
	addrTypeNotSource = 1 << iota
	addrTypeNotDest
	addrTypeLimitIn
	addrTypeLimitOut
)

// String returns "-m addrtype --dst-type LOCAL".
func (a AddrType) String() string {
	t := begin("addrtype")
	if a.Source != 0 {
		t.add(a.NotSource, "--src-type", a.Source.String())
	}
	if a.Destination != 0 {
		t.add(a.NotDestination, "--dst-type", a.Destination.String())
	}
	t.addIf(a.LimitIn, "--limit-iface-in")
	t.addIf(a.LimitOut, "--limit-iface-out")
	return t.String()
}

func (a AddrType) listed() string {
	t := text{words: []string{"ADDRTYPE match"}}
	if a.Source != 0 {
		t.add(false, "src-type", inverted(a.NotSource, a.Source.String()))
	}
	if a.Destination != 0 {
		t.add(false, "dst-type", inverted(a.NotDestination, a.Destination.String()))
	}
	t.addIf(a.LimitIn, "limit-in")
	t.addIf(a.LimitOut, "limit-out")
	return t.String()
}

func (a AddrType) problems(p place) []string {
	var out []string
	if a.Source == 0 && a.Destination == 0 {
		out = append(out, "addrtype names neither a source nor a destination type")
	}
	if (a.Source|a.Destination)&^allAddrTypes != 0 {
		out = append(out, "addrtype has an unknown type")
	}
	if a.NotSource && a.Source == 0 || a.NotDestination && a.Destination == 0 {
		out = append(out, "negation without an address type")
	}
	if a.LimitIn && a.LimitOut {
		out = append(out, "addrtype is limited to both interfaces; the kernel allows one")
	}
	for _, b := range p.hooks {
		if text := a.problemAt(b); text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (a AddrType) encode(c *code) {
	s := make(structure, 8)
	s.put16(0, uint16(a.Source))
	s.put16(2, uint16(a.Destination))
	var flags uint32
	for i, on := range [...]bool{a.NotSource, a.NotDestination, a.LimitIn, a.LimitOut} {
		if on {
			flags |= 1 << i
		}
	}
	s.put32(4, flags)
	c.match("addrtype", 1, s)
}

// problemAt reports a match that the kernel does not accept at a hook because the
// interface is not known there (addrtype_mt_checkentry_v1).
func (a AddrType) problemAt(b baseChain) string {
	switch {
	case a.LimitIn && (b.hook == hookPostrouting || b.hook == hookOutput):
		return "--limit-iface-in has no incoming interface in " + b.name
	case a.LimitOut && (b.hook == hookPrerouting || b.hook == hookInput):
		return "--limit-iface-out has no outgoing interface in " + b.name
	}
	return ""
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
			return mismatch(c.not, c.flag+"LOCAL", c.address.String())
		}
	}
	return rule.Mismatch{}, false
}
