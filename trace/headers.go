package trace

import (
	"net/netip"

	"github.com/google/gopacket/layers"
)

// Headers are a packet's header fields at one place, as plain values that do not refer to
// the frame.
//
// Fields that the packet lacks are zero. Ports are part of Src and Dst. In an ICMP echo,
// the identifier takes the place of both ports, because connection tracking uses it to
// distinguish echoes.
type Headers struct {
	SrcMAC, DstMAC MAC
	HasMAC         bool // SrcMAC and DstMAC were captured
	EtherType      layers.EthernetType

	Src, Dst netip.AddrPort
	TTL      uint8 // hop limit for IPv6
	TOS      uint8 // type of service: DSCP and ECN; traffic class for IPv6
	Protocol layers.IPProtocol

	ID           uint32 // IPv4 identification (RFC 791, 3.1), or that of IPv6's fragment header
	Length       int    // of the IP packet, header included
	FlowLabel    uint32 // of IPv6 (RFC 6437)
	DontFragment bool   // routers must not fragment it (RFC 791, 3.1)

	Fragment      int  // offset of its payload in the datagram's, in bytes
	MoreFragments bool // it is not the last fragment

	TCP  TCP
	ICMP ICMP
	ARP  ARP

	Payload int    // bytes after the transport header
	Content uint32 // digest of the payload's beginning, or of the rest of a TCP header; 0: not computed, such as for IPv4's datagrams
}

// TCP holds the TCP header fields that address translation leaves unchanged.
type TCP struct {
	Seq, Ack uint32 // raw, as on the wire
	Flags    Flags
	Window   uint16 // raw, unscaled
	MSS      uint16 // option of a SYN (RFC 9293, 3.7.1); 0 if it has none, or none was reported
}

// Flags is the TCP flag octet (RFC 9293, 3.1).
type Flags uint8

// The TCP flags, as on the wire.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// ICMP holds the first words of an ICMP or ICMPv6 message.
type ICMP struct {
	Type, Code uint8
	ID, Seq    uint16     // echo request and reply only
	Target     netip.Addr // of IPv6 neighbor discovery: the address asked for (RFC 4861, 4.3 and 4.4)
	Quoted     *Quote     // in an ICMP error; nil if it was not captured
}

// ARP holds one ARP message for IPv4 over Ethernet (RFC 826).
type ARP struct {
	Op        uint16 // 1 request, 2 reply
	SenderMAC MAC
	Sender    netip.Addr
	TargetMAC MAC
	Target    netip.Addr
}

// IsIP reports whether the packet has IP addresses.
func (p *Headers) IsIP() bool { return p.Src.Addr().IsValid() }

// ToMany reports whether the packet is broadcast or multicast. Bridges send such packets
// out of every port.
func (p *Headers) ToMany() bool {
	to := p.Dst.Addr()
	return p.HasMAC && p.DstMAC[0]&1 != 0 || to.IsMulticast() || to == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// Resolves reports whether the packet asks for the hardware address of a neighbor, or answers:
// ARP, or IPv6 neighbor discovery.
func (p *Headers) Resolves() bool { return p.IsARP() || p.ICMP.Target.IsValid() }

// Asks reports whether a packet that [Headers.Resolves] is the question.
func (p *Headers) Asks() bool {
	return p.IsARP() && p.ARP.Op == layers.ARPRequest || p.ICMP.Target.IsValid() && p.ICMP.Type == layers.ICMPv6TypeNeighborSolicitation
}

// MayBeFragmented reports whether a router may fragment the packet: only of IPv4.
func (p *Headers) MayBeFragmented() bool { return p.Src.Addr().Is4() && !p.DontFragment }

// IsARP reports whether the packet is an ARP message.
func (p *Headers) IsARP() bool { return p.EtherType == layers.EthernetTypeARP && p.ARP.Op != 0 }

// HasPorts reports whether Src and Dst carry ports (or an echo identifier).
func (p *Headers) HasPorts() bool {
	switch p.Protocol {
	case layers.IPProtocolTCP, layers.IPProtocolUDP:
		return true
	case layers.IPProtocolICMPv4, layers.IPProtocolICMPv6:
		return p.IsEcho()
	}
	return false
}

// Headless reports whether the transport header is missing: it is in another fragment, or
// was not captured. Real ports are never 0.
func (p *Headers) Headless() bool { return p.Src.Port() == 0 && p.Dst.Port() == 0 }

// IsFragment reports whether the packet is a part of a datagram.
func (p *Headers) IsFragment() bool { return p.Fragment != 0 || p.MoreFragments }

// IsEcho reports whether the packet is an ICMP echo request or reply.
func (p *Headers) IsEcho() bool {
	if p.IsFragment() && p.ICMP == (ICMP{}) {
		return false // the header is in another fragment; type 0 would be a reply
	}
	switch p.Protocol {
	case layers.IPProtocolICMPv4:
		return p.ICMP.Type == layers.ICMPv4TypeEchoRequest || p.ICMP.Type == layers.ICMPv4TypeEchoReply
	case layers.IPProtocolICMPv6:
		return p.ICMP.Type == layers.ICMPv6TypeEchoRequest || p.ICMP.Type == layers.ICMPv6TypeEchoReply
	}
	return false
}

// AsksEcho reports whether the packet is an ICMP echo request.
func (p *Headers) AsksEcho() bool {
	return p.IsEcho() && (p.ICMP.Type == layers.ICMPv4TypeEchoRequest || p.ICMP.Type == layers.ICMPv6TypeEchoRequest)
}

// OnLink reports whether the packet never leaves its link: it is not IP, or it is for a
// link-local group, or it asks for a neighbor.
func (p *Headers) OnLink() bool {
	to := p.Dst.Addr()
	return !p.IsIP() || p.ICMP.Target.IsValid() || to.Is6() && (to.IsLinkLocalMulticast() || to.IsLinkLocalUnicast())
}

// Source returns the source in readable form: "ip:port", the address alone if there is no
// port, or the sender of an ARP message.
func (p *Headers) Source() string { return p.end(p.Src, p.ARP.Sender, p.SrcMAC) }

// Destination is like [Headers.Source], for the destination.
func (p *Headers) Destination() string { return p.end(p.Dst, p.ARP.Target, p.DstMAC) }

func (p *Headers) end(ip netip.AddrPort, arp netip.Addr, mac MAC) string {
	switch {
	case p.IsARP():
		return arp.String()
	case !ip.Addr().IsValid():
		return mac.String()
	case p.HasPorts() && !p.IsEcho() && !p.Headless():
		return ip.String()
	}
	return ip.Addr().String()
}

// IsICMPError reports whether the packet is an ICMP error message (RFC 1122, 3.2.2; RFC 4443, 2.1).
func (p *Headers) IsICMPError() bool {
	switch p.Protocol {
	case layers.IPProtocolICMPv6: // RFC 4443, 2.1
		return p.ICMP.Type != 0 && p.ICMP.Type < layers.ICMPv6TypeEchoRequest
	case layers.IPProtocolICMPv4:
	default:
		return false
	}
	switch p.ICMP.Type {
	case layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4TypeSourceQuench, layers.ICMPv4TypeRedirect,
		layers.ICMPv4TypeTimeExceeded, layers.ICMPv4TypeParameterProblem:
		return true
	}
	return false
}

// SequenceLength is the number of sequence numbers that a TCP segment takes up: one for each
// byte, one for SYN and one for FIN (RFC 9293, 3.4).
func (p *Headers) SequenceLength() uint32 {
	n := uint32(p.Payload)
	for _, f := range [...]Flags{SYN, FIN} {
		if p.TCP.Flags&f != 0 {
			n++
		}
	}
	return n
}

// Quote is what an ICMP error quotes of the packet it reports (RFC 792, RFC 4443). The quoted
// addresses are those that the packet had where it ended; NAT translates them, too, on
// the error's way back.
type Quote struct {
	Protocol layers.IPProtocol
	ID       uint32 // IPv4 identification, or that of IPv6's fragment header
	Ends     Ends   // with ports, or an echo's identifier, if any
	Seq      uint32 // of TCP; distinguishes packets even if the identification is 0
	Content  uint32 // as in Headers
}

// Quote returns what an ICMP error would quote of the packet at this place.
func (p *Headers) Quote() Quote {
	q := Quote{Protocol: p.Protocol, ID: p.ID, Ends: p.Ends(), Seq: p.TCP.Seq, Content: p.Content}
	if p.Src.Addr().Is6() {
		q.ID = 0
	}
	return q
}

// Headers returns headers that identify the conversation of the quoted packet, with these
// ends. Only echoes have identifiers, in place of ports.
func (q *Quote) Headers(of layers.EthernetType, ends Ends) Headers {
	h := Headers{EtherType: of, Protocol: q.Protocol, Src: ends.Source, Dst: ends.Destination}
	if ends.Source.Port() != 0 {
		switch q.Protocol {
		case layers.IPProtocolICMPv4:
			h.ICMP.Type = layers.ICMPv4TypeEchoRequest
		case layers.IPProtocolICMPv6:
			h.ICMP.Type = layers.ICMPv6TypeEchoRequest
		}
	}
	return h
}

// endpoint returns an end for display: with a port only if the packet has ports.
func (p *Headers) endpoint(end netip.AddrPort) Endpoint {
	if !p.HasPorts() || p.IsEcho() || p.Headless() {
		end = netip.AddrPortFrom(end.Addr(), 0)
	}
	return Endpoint(end)
}
