package iptables

import (
	"math/bits"
	"net/netip"

	"tracer/sim/rule"
)

// Netmap replaces the network part of an address: of the destination before routing, of the
// source after it.
type Netmap struct{ To netip.Prefix }

var netmapKind = &kind[Netmap]{
	name: "NETMAP", single: true,
	options: []option[Netmap]{{"--to", "ADDRESS[/LENGTH]", false, func(n *Netmap, a *argument) error {
		var to Address
		err := to.set(a)
		n.To = to.Prefix
		return err
	}}},
	read: func(revision uint32, s structure) (Netmap, bool) { return netmapOf(readCompat(s)), revision == 0 },
	size: natCompatSize,
	inIPv6: &layout[Netmap]{
		func(revision uint32, s structure) (Netmap, bool) { return netmapOf(readRange(s)), revision == 0 }, natRangeSize,
	},
}

// netmapOf returns the prefix with these first and last addresses.
func netmapOf(n natRange) Netmap {
	first, last := n.first.AsSlice(), n.first.AsSlice()
	if n.last.IsValid() {
		last = n.last.AsSlice()
	}
	length := 0
	for i := range first {
		same := bits.LeadingZeros8(first[i] ^ last[i])
		if length += same; same < 8 {
			break
		}
	}
	return Netmap{netip.PrefixFrom(n.first, length)}
}

// String returns "NETMAP --to 10.7.0.0/16".
func (n Netmap) String() string {
	return "NETMAP --to " + n.To.String()
}

func (n Netmap) listed() string { return "to:" + n.To.String() }

func (n Netmap) problems(p place) []string {
	out := natPlace(p, "NETMAP", hookPrerouting, hookInput, hookOutput, hookPostrouting)
	if !n.To.IsValid() {
		return append(out, "NETMAP needs --to")
	}
	if text := (Address{Prefix: n.To}).problem(p.family); text != "" {
		out = append(out, text)
	}
	return out
}

func (n Netmap) encode(c *code) {
	n = Netmap{n.To.Masked()}
	last := n.To.Addr().AsSlice()
	for i := range last {
		last[i] |= 0xff >> min(max(n.To.Bits()-8*i, 0), 8)
	}
	end, _ := netip.AddrFromSlice(last)
	s := natRange{first: n.To.Addr(), last: end}.structure(c.family)
	c.target("NETMAP", 0, s)
}

func (n Netmap) effect(r *rule.Rule) { r.NAT = &rule.NAT{Kind: rule.Netmap, Network: n.To} }
