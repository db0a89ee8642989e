package dissect

import (
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// datagram is the payload of an IP packet, with what its decoder needs to know of
// the packet.
type datagram struct {
	source, destination netip.Addr
	protocol            layers.IPProtocol
	at, end             int    // the place of the payload
	unverified          string // why its checksum cannot be verified, if so
	middle              bool   // of a fragmented packet: there is no header
}

// The protocols (IANA, "Protocol Numbers").
var protocols = map[uint32]string{
	0: "hop-by-hop options", 1: "ICMP", 2: "IGMP", 4: "IPv4", 6: "TCP", 17: "UDP", 41: "IPv6", 43: "routing header",
	44: "fragment header", 47: "GRE", 50: "ESP", 51: "authentication header", 58: "ICMPv6", 59: "no next header",
	60: "destination options", 89: "OSPF", 112: "VRRP", 132: "SCTP",
}

// transport reads the payload of an IP packet.
func (d *dissection) transport(p datagram) {
	six := p.source.Is6()
	switch {
	case p.middle:
		d.data(p.at, p.end)
	case p.protocol == layers.IPProtocolTCP:
		d.tcp(p)
	case p.protocol == layers.IPProtocolUDP:
		d.udp(p)
	case p.protocol == layers.IPProtocolICMPv4 && !six:
		d.icmp(p)
	case p.protocol == layers.IPProtocolICMPv6 && six:
		d.icmpv6(p)
	case p.protocol == layers.IPProtocolIGMP && !six:
		d.igmp(p)
	default:
		d.data(p.at, p.end)
	}
}

// cutOff is why the checksum of an incomplete packet cannot be verified.
func (d *dissection) cutOff() string {
	if d.quoting {
		return "the packet is quoted only in part"
	}
	return "the frame is truncated"
}

// doubt gives a reason why the checksum cannot be verified, unless there is one.
func (p *datagram) doubt(reason string) {
	if p.unverified == "" {
		p.unverified = reason
	}
}

// dscp writes the class of service with its name (RFC 2474; RFC 2597; RFC 3246).
func dscp(v uint32) string {
	switch class, drop := v>>3, v>>1&3; {
	case v == 0:
		return "0 (default)"
	case v == 46:
		return "46 (EF)"
	case v&7 == 0:
		return fmt.Sprintf("%d (CS%d)", v, class)
	case v&1 == 0 && class <= 4 && class >= 1 && drop >= 1:
		return fmt.Sprintf("%d (AF%d%d)", v, class, drop)
	default:
		return fmt.Sprint(v)
	}
}

// ecn writes the congestion bits with their name (RFC 3168, 5).
func ecn(v uint32) string { return named(v, [4]string{"not ECT", "ECT(1)", "ECT(0)", "CE"}[v&3]) }
