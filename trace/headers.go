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

	ID           uint16 // IPv4 identification (RFC 791, 3.1)
	Length       int    // IPv4 total length, header included
	DontFragment bool   // routers must not fragment it (RFC 791, 3.1)

	Fragment      int  // offset of its payload in the datagram's, in bytes
	MoreFragments bool // it is not the last fragment

	TCP  TCP
	ICMP ICMP
	ARP  ARP

	Payload int // bytes after the transport header
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
	ID, Seq    uint16 // echo request and reply only
	Quoted     *Quote // in an ICMP error; nil if it was not captured
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

// IsARP reports whether the packet is an ARP message.
func (p *Headers) IsARP() bool { return p.EtherType == layers.EthernetTypeARP && p.ARP.Op != 0 }

// HasPorts reports whether Src and Dst carry ports (or an echo identifier).
func (p *Headers) HasPorts() bool {
	switch p.Protocol {
	case layers.IPProtocolTCP, layers.IPProtocolUDP:
		return true
	case layers.IPProtocolICMPv4:
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

// IsICMPError reports whether the packet is an ICMP error message (RFC 1122, 3.2.2).
func (p *Headers) IsICMPError() bool {
	if p.Protocol != layers.IPProtocolICMPv4 {
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

// Quote is what an ICMP error quotes of the packet it reports (RFC 792). The quoted
// addresses are those that the packet had where it ended; NAT translates them, too, on
// the error's way back.
type Quote struct {
	Protocol layers.IPProtocol
	ID       uint16 // IPv4 identification
	Ends     Ends   // with ports, or an echo's identifier, if any
	Seq      uint32 // of TCP; distinguishes packets even if the identification is 0
}

// Quote returns what an ICMP error would quote of the packet at this place.
func (p *Headers) Quote() Quote {
	return Quote{Protocol: p.Protocol, ID: p.ID, Ends: p.Ends(), Seq: p.TCP.Seq}
}

// endpoint returns an end for display: with a port only if the packet has ports.
func (p *Headers) endpoint(end netip.AddrPort) Endpoint {
	if !p.HasPorts() || p.IsEcho() || p.Headless() {
		end = netip.AddrPortFrom(end.Addr(), 0)
	}
	return Endpoint(end)
}
