package iptables

import (
	"encoding/binary"
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
	read: func(revision uint32, s structure) (Netmap, bool) {
		first, last := binary.BigEndian.Uint32(s[8:]), binary.BigEndian.Uint32(s[12:])
		return Netmap{netip.PrefixFrom(netip.AddrFrom4([4]byte(s[8:])), bits.LeadingZeros32(first^last))}, revision == 0
	},
	size: natCompatSize,
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
	if text := (Address{Prefix: n.To}).problem(); text != "" {
		out = append(out, text)
	}
	return out
}

func (n Netmap) encode(c *code) {
	s := make(structure, natCompatSize)
	s.put32(0, 1)
	s.put32(4, natAddresses)
	if n.To.IsValid() && n.To.Addr().Is4() {
		first := n.To.Masked().Addr().As4()
		copy(s[8:], first[:])
		hosts := uint32(1)<<(32-n.To.Bits()) - 1
		binary.BigEndian.PutUint32(s[12:], binary.BigEndian.Uint32(first[:])|hosts)
	}
	c.target("NETMAP", 0, s)
}

func (n Netmap) effect(r *rule.Rule) { r.NAT = &rule.NAT{Kind: rule.Netmap, Network: n.To} }
