package iptables

import "strings"

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
	names := [...]string{
		"UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST",
		"BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW", "NAT", "XRESOLVE",
	}
	var out []string
	for i, name := range names {
		if t&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	if t&^allAddrTypes != 0 {
		out = append(out, "unknown")
	}
	return strings.Join(out, ",")
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

func (AddrType) match() {}

// String returns "-m addrtype --dst-type LOCAL".
func (a AddrType) String() string {
	var b strings.Builder
	b.WriteString("-m addrtype")
	write := func(t AddrTypes, not bool, flag string) {
		if t == 0 {
			return
		}
		if not {
			b.WriteString(" !")
		}
		b.WriteString(flag)
		b.WriteString(t.String())
	}
	write(a.Source, a.NotSource, " --src-type ")
	write(a.Destination, a.NotDestination, " --dst-type ")
	if a.LimitIn {
		b.WriteString(" --limit-iface-in")
	}
	if a.LimitOut {
		b.WriteString(" --limit-iface-out")
	}
	return b.String()
}

func (a AddrType) problems() []string {
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
	return out
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
