package trace

import (
	"net/netip"

	"github.com/google/gopacket/layers"

	"tracer/sim"
)

// Packet is what tracer reads out of one frame, or out of the headers that
// netfilter reports: a plain value without references into the frame.
//
// A field that the packet does not have is zero. Ports are part of Src and Dst;
// for ICMP echo the identifier takes the place of a port on both sides, since
// that is what connection tracking tells echoes apart by.
type Packet struct {
	SrcMAC, DstMAC sim.MAC
	HasMAC         bool // the two above were seen
	EtherType      layers.EthernetType

	Src, Dst netip.AddrPort
	TTL      uint8 // hop limit for IPv6
	Protocol layers.IPProtocol

	Length       int  // of the IPv4 packet, header included, as its header says
	DontFragment bool // no router may divide it (RFC 791, 3.1)

	TCP  TCP
	ICMP ICMP
	ARP  ARP

	Payload int // bytes above the transport header

	key  Key    // what NAT and forwarding leave alone
	hash uint64 // of the whole payload; 0 when only headers were seen
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
	SenderMAC sim.MAC
	Sender    netip.Addr
	TargetMAC sim.MAC
	Target    netip.Addr
}

// IsIP reports whether the packet has IP addresses.
func (p *Packet) IsIP() bool { return p.Src.Addr().IsValid() }

// ToMany reports whether the packet is for all, or for a group: bridges send it out
// of every port.
func (p *Packet) ToMany() bool {
	to := p.Dst.Addr()
	return p.HasMAC && p.DstMAC[0]&1 != 0 || to.IsMulticast() || to == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// IsARP reports whether the packet is an ARP message.
func (p *Packet) IsARP() bool { return p.EtherType == layers.EthernetTypeARP && p.ARP.Op != 0 }

// Key returns the packet's fingerprint.
func (p *Packet) Key() Key { return p.key }

// hasPorts reports whether Src and Dst carry ports (or an echo identifier).
func (p *Packet) hasPorts() bool {
	switch p.Protocol {
	case layers.IPProtocolTCP, layers.IPProtocolUDP:
		return true
	case layers.IPProtocolICMPv4:
		return p.echo()
	}
	return false
}

// headless reports whether the transport header is not there: it is in another
// fragment, or was cut off when the packet was captured. No port is 0.
func (p *Packet) headless() bool { return p.Src.Port() == 0 && p.Dst.Port() == 0 }

func (p *Packet) echo() bool {
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
func (p *Packet) Source() string { return p.end(p.Src, p.ARP.Sender, p.SrcMAC) }

// Destination is like [Packet.Source], for the other end.
func (p *Packet) Destination() string { return p.end(p.Dst, p.ARP.Target, p.DstMAC) }

func (p *Packet) end(ip netip.AddrPort, arp netip.Addr, mac sim.MAC) string {
	switch {
	case p.IsARP():
		return arp.String()
	case !ip.Addr().IsValid():
		return mac.String()
	case p.hasPorts() && !p.echo() && !p.headless():
		return ip.String()
	}
	return ip.Addr().String()
}

// Hash returns a hash of what NAT and forwarding leave alone beyond the [Key]: TCP's
// options and all the payload. It is 0 where that was not captured whole.
func (p *Packet) Hash() uint64 { return p.hash }
