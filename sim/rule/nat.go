package rule

import (
	"net/netip"
	"slices"
)

// NAT is the translation that a rule applies to matching connections.
type NAT struct {
	Kind    NATKind
	Address netip.Addr   // the new address, or the first of several; invalid: not named by the rule
	Last    netip.Addr   // the last of several; invalid: only Address
	Network netip.Prefix // of Netmap: replaces the address's network part
	Ports   PortRange    // the new port is one of these; zero: not named by the rule
	Unknown bool         // only the kind is known: the rule computes the new address and port
	Choices []NAT        // the rule applies one of these, which it finds in a map
}

// NATKind is the kind of a translation.
type NATKind uint8

// The kinds of translation.
const (
	DNAT       NATKind = iota + 1 // rewrites the destination
	SNAT                          // rewrites the source
	Masquerade                    // rewrites the source to an address of the outgoing interface
	Redirect                      // rewrites the destination to the node itself
	Netmap                        // rewrites the network part of one end
)

// PortRange is the ports from First to Last, inclusive. The zero value means any port.
type PortRange struct{ First, Last uint16 }

// Interfaces provides the addresses that a translation can take from a packet's interfaces.
type Interfaces struct {
	// In reports whether an address is the incoming interface's first, which [Redirect]
	// takes. If it is nil, the packet is the node's own, and the address is 127.0.0.1 or ::1.
	In func(netip.Addr) bool
	// Out reports whether the outgoing interface has an address, for [Masquerade].
	Out func(netip.Addr) bool
}

// Destination reports whether the translation rewrites the destination; otherwise it
// rewrites the source. With [Netmap] that depends on the hook: before routing
// (prerouting and output) it is the destination.
func (n *NAT) Destination(beforeRouting bool) bool {
	return n.Kind == DNAT || n.Kind == Redirect || n.Kind == Netmap && beforeRouting
}

// Gives reports whether the translation can have turned one end of a packet into
// another: a destination or a source, see [NAT.Destination]. It reports false if only the
// kind is known.
func (n *NAT) Gives(from, to netip.AddrPort, at Interfaces) bool {
	if n.Choices != nil {
		return slices.ContainsFunc(n.Choices, func(one NAT) bool { return one.Gives(from, to, at) })
	}
	return !n.Unknown && n.givesAddress(from.Addr(), to.Addr(), at) && n.givesPort(from.Port(), to.Port())
}

func (n *NAT) givesAddress(from, to netip.Addr, at Interfaces) bool {
	switch n.Kind {
	case Masquerade:
		return at.Out != nil && at.Out(to)
	case Redirect:
		if at.In == nil {
			return to == netip.AddrFrom4([4]byte{127, 0, 0, 1}) || to == netip.IPv6Loopback()
		}
		return at.In(to)
	case Netmap:
		return n.Network.IsValid() && n.Network.Contains(to) && sameHost(from, to, n.Network.Bits())
	}
	switch {
	case !n.Address.IsValid():
		return from == to
	case n.Last.IsValid():
		return n.Address.Compare(to) <= 0 && to.Compare(n.Last) <= 0
	}
	return n.Address == to
}

// sameHost reports whether two addresses have the same bits after a network part.
func sameHost(a, b netip.Addr, network int) bool {
	x, y := a.AsSlice(), b.AsSlice()
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		host := byte(0xff)
		if bits := network - 8*i; bits > 0 {
			host >>= min(bits, 8)
		}
		if (x[i]^y[i])&host != 0 {
			return false
		}
	}
	return true
}

// givesPort checks the port. Without a range, the kernel keeps a destination's port, but
// may change a source's to keep connections apart (nf_nat_l4proto_unique_tuple).
func (n *NAT) givesPort(from, to uint16) bool {
	if n.Ports == (PortRange{}) {
		return from == to || n.Kind != DNAT && n.Kind != Redirect
	}
	return n.Ports.First <= to && to <= n.Ports.Last
}
