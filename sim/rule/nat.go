package rule

import "net/netip"

// NAT is the translation that a rule applies to matching connections.
type NAT struct {
	Kind    NATKind
	Address netip.Addr // the new address; invalid: unchanged, or with Masquerade any of the outgoing interface's
	Ports   PortRange  // the new port is one of these; zero: any
}

// NATKind is the kind of a translation.
type NATKind uint8

// The kinds of translation.
const (
	DNAT       NATKind = iota + 1 // rewrites the destination
	SNAT                          // rewrites the source
	Masquerade                    // rewrites the source to an address of the outgoing interface
)

// PortRange is the ports from First to Last, inclusive. The zero value means any port.
type PortRange struct{ First, Last uint16 }

// Gives reports whether the translation can have produced an end of a packet: the
// destination for [DNAT], otherwise the source. own reports whether an address belongs
// to the outgoing interface; it is called only for [Masquerade].
func (n *NAT) Gives(end netip.AddrPort, own func(netip.Addr) bool) bool {
	if n.Kind == Masquerade && !own(end.Addr()) {
		return false
	}
	return (!n.Address.IsValid() || n.Address == end.Addr()) &&
		(n.Ports == PortRange{} || n.Ports.First <= end.Port() && end.Port() <= n.Ports.Last)
}
