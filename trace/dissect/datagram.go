package dissect

import (
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// datagram is what the layer above IP has to know of it.
type datagram struct {
	source, destination netip.Addr
	protocol            layers.IPProtocol
	at, end             int    // where the payload is
	unverified          string // why its checksum cannot be verified; empty: it can
	middle              bool   // a fragment that does not begin with a header
}

// cutOff says why the bytes are not all there.
func (d *dissection) cutOff() string {
	if d.quoting {
		return "only the beginning is quoted"
	}
	return "the frame is cut off"
}

// transport reads what an IP datagram carries.
func (d *dissection) transport(p datagram) {
	if p.middle {
		d.data(p.at, p.end)
		return
	}
	six := p.source.Is6()
	switch {
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

// protocolName writes a protocol number with its name, if it is one that labs
// meet (IANA, "Protocol Numbers").
func protocolName(p layers.IPProtocol) string {
	name := map[layers.IPProtocol]string{
		layers.IPProtocolIPv6HopByHop:    "hop-by-hop options",
		layers.IPProtocolICMPv4:          "ICMP",
		layers.IPProtocolIGMP:            "IGMP",
		layers.IPProtocolIPv4:            "IPv4",
		layers.IPProtocolTCP:             "TCP",
		layers.IPProtocolUDP:             "UDP",
		layers.IPProtocolIPv6:            "IPv6",
		layers.IPProtocolIPv6Routing:     "routing header",
		layers.IPProtocolIPv6Fragment:    "fragment header",
		layers.IPProtocolGRE:             "GRE",
		layers.IPProtocolESP:             "ESP",
		layers.IPProtocolAH:              "AH",
		layers.IPProtocolICMPv6:          "ICMPv6",
		layers.IPProtocolNoNextHeader:    "no next header",
		layers.IPProtocolIPv6Destination: "destination options",
		layers.IPProtocolOSPF:            "OSPF",
		layers.IPProtocolVRRP:            "VRRP",
		layers.IPProtocolSCTP:            "SCTP",
	}[p]
	if name == "" {
		return fmt.Sprint(uint8(p))
	}
	return fmt.Sprintf("%d (%s)", uint8(p), name)
}

// dscp writes the class of service with its name (RFC 2474; RFC 2597; RFC 3246).
func dscp(v uint8) string {
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
func ecn(v uint8) string {
	return fmt.Sprintf("%d (%s)", v, [4]string{"not ECT", "ECT(1)", "ECT(0)", "CE"}[v&3])
}
