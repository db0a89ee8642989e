package dissect

import (
	"net/netip"

	"github.com/google/gopacket/layers"
)

// datagram is what the readers of a payload need to know about its IP packet.
type datagram struct {
	source, destination netip.Addr
	protocol            layers.IPProtocol
	unverified          string // why its checksum cannot be verified, or empty
	middle              bool   // not the first fragment, so without a transport header
}

// The protocols (IANA, "Protocol Numbers").
var protocols = map[uint32]string{
	0: "hop-by-hop options", 1: "ICMP", 2: "IGMP", 4: "IPv4", 6: "TCP", 17: "UDP", 41: "IPv6", 43: "routing header",
	44: "fragment header", 47: "GRE", 50: "ESP", 51: "authentication header", 58: "ICMPv6", 59: "no next header",
	60: "destination options", 89: "OSPF", 112: "VRRP", 132: "SCTP",
}

func protocolIPv4() protocol { return protocol{name: "IPv4", least: 20, fields: (*header).ipv4} }
func protocolIPv6() protocol { return protocol{name: "IPv6", least: 40, fields: (*header).ipv6} }

// transport returns the protocol of the payload of p.
func (d *dissection) transport(p *datagram) protocol {
	d.packet = p
	six := p.source.Is6()
	switch {
	case p.middle:
	case p.protocol == layers.IPProtocolTCP && d.quoting:
		return protocol{name: "TCP", least: quotedLength, fields: (*header).tcp}
	case p.protocol == layers.IPProtocolTCP:
		return protocol{name: "TCP", least: tcpLength, fields: (*header).tcp}
	case p.protocol == layers.IPProtocolUDP:
		return protocol{name: "UDP", least: 8, fields: (*header).udp}
	case p.protocol == layers.IPProtocolICMPv4 && !six:
		return protocol{name: "ICMP", least: 8, fields: (*header).icmp}
	case p.protocol == layers.IPProtocolICMPv6 && six:
		return protocol{name: "ICMPv6", least: 4, fields: (*header).icmpv6}
	case p.protocol == layers.IPProtocolIGMP && !six:
		return protocol{name: "IGMP", least: 8, fields: (*header).igmp}
	}
	return protocol{}
}

// cutOff says why the checksum of an incomplete packet cannot be verified.
func (d *dissection) cutOff() string {
	if d.quoting {
		return "the packet is quoted only in part"
	}
	return "the frame is truncated"
}

// doubt sets the reason why the checksum cannot be verified, unless it has one already.
func (p *datagram) doubt(reason string) {
	if p.unverified == "" {
		p.unverified = reason
	}
}
