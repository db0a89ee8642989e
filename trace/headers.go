package trace

import (
	"net/netip"

	"github.com/google/gopacket/layers"
)

// Headers are the header fields of one packet at one place: plain values without
// references into the frame.
//
// A field that the packet does not have is zero. Ports are part of Src and Dst. For an
// ICMP echo the identifier takes the place of both ports, because connection tracking
// uses it to tell echoes apart.
type Headers struct {
	SrcMAC, DstMAC MAC
	HasMAC         bool // the two above were seen
	EtherType      layers.EthernetType

	Src, Dst netip.AddrPort
	TTL      uint8 // hop limit for IPv6
	Protocol layers.IPProtocol

	ID           uint16 // IPv4 identification (RFC 791, 3.1)
	Length       int    // of the IPv4 packet, header included, as its header says
	DontFragment bool   // no router may divide it (RFC 791, 3.1)

	TCP  TCP
	ICMP ICMP
	ARP  ARP

	Payload int // bytes above the transport header
}

// TCP holds the header fields of a segment that no NAT for addresses changes.
type TCP struct {
	Seq, Ack uint32 // raw, as on the wire
	Flags    Flags
	Window   uint16 // raw, unscaled
}

// Flags is the TCP flag octet (RFC 9293, 3.1).
type Flags uint8

// The TCP flags, at their place on the wire.
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
	Quoted     *Quote // of an ICMP error; nil where it was not captured
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

// ToMany reports whether the packet is for all, or for a group: bridges send it out
// of every port.
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

// Headless reports whether the transport header is not there: it is in another
// fragment, or was cut off when the packet was captured. No port is 0.
func (p *Headers) Headless() bool { return p.Src.Port() == 0 && p.Dst.Port() == 0 }

// IsEcho reports whether the packet is an ICMP echo request or reply.
func (p *Headers) IsEcho() bool {
	switch p.Protocol {
	case layers.IPProtocolICMPv4:
		return p.ICMP.Type == layers.ICMPv4TypeEchoRequest || p.ICMP.Type == layers.ICMPv4TypeEchoReply
	case layers.IPProtocolICMPv6:
		return p.ICMP.Type == layers.ICMPv6TypeEchoRequest || p.ICMP.Type == layers.ICMPv6TypeEchoReply
	}
	return false
}

// Source returns the source as shown to a person: "ip:port", or only the
// address where there is no port, or the sender of an ARP message.
func (p *Headers) Source() string { return p.end(p.Src, p.ARP.Sender, p.SrcMAC) }

// Destination is like [Headers.Source], for the other end.
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

// Quote is what an ICMP error quotes of the packet that it is about (RFC 792):
// with the addresses that it had where it ended, which NAT translates on the
// error's way back, too.
type Quote struct {
	Protocol layers.IPProtocol
	ID       uint16 // IPv4 identification
	Ends     Ends   // with ports, or an echo's identifier, where there are any
	Seq      uint32 // of TCP; tells packets apart also where the identification is 0
}

// Quote returns what an ICMP error would quote of the packet, as it is at this place.
func (p *Headers) Quote() Quote {
	return Quote{Protocol: p.Protocol, ID: p.ID, Ends: p.Ends(), Seq: p.TCP.Seq}
}

// endpoint is an end as it is shown: with a port if the packet has ports.
func (p *Headers) endpoint(end netip.AddrPort) Endpoint {
	if !p.HasPorts() || p.IsEcho() || p.Headless() {
		end = netip.AddrPortFrom(end.Addr(), 0)
	}
	return Endpoint(end)
}
