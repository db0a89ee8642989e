package conntrack

import (
	"fmt"
	"net/netip"
)

// Tuple identifies one direction of a connection (struct nf_conntrack_tuple). An ICMP
// echo has no ports; both hold its identifier.
type Tuple struct {
	Protocol    uint8 // IP protocol number
	Source      netip.AddrPort
	Destination netip.AddrPort
}

// Reversed returns the tuple of a packet in the opposite direction.
func (t Tuple) Reversed() Tuple {
	return Tuple{Protocol: t.Protocol, Source: t.Destination, Destination: t.Source}
}

// String returns the tuple as conntrack -L prints it.
func (t Tuple) String() string {
	s := fmt.Sprintf("src=%s dst=%s", t.Source.Addr(), t.Destination.Addr())
	switch t.Protocol {
	case icmp, icmpv6:
		return s + fmt.Sprintf(" id=%d", t.Source.Port())
	}
	return s + fmt.Sprintf(" sport=%d dport=%d", t.Source.Port(), t.Destination.Port())
}

// IP protocol numbers.
const (
	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpv6 = 58
)
