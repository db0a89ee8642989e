package packet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// ipv6Header is the length of IPv6's header (RFC 8200, 3).
const ipv6Header = 40

// chain is what the extension headers of an IPv6 packet say.
type chain struct {
	protocol layers.IPProtocol // of what follows them
	length   int               // of all of them
	first    bool              // the packet has extension headers

	fragment     bool // there is a fragment header; then,
	fragmentAt   int  // its position from the first extension header,
	nextAt       int  // the position of the number that names it, from the IPv6 header,
	id           uint32
	offset       int // of the payload in the datagram's
	more         bool
	unreadable   bool // a header is not captured whole, or encrypted
	fragmentNext layers.IPProtocol
}

// walk reads the extension headers that follow the IPv6 header (RFC 8200, 4). What follows a
// fragment header other than the first fragment's is a part of the payload.
func walk(next layers.IPProtocol, b []byte) (c chain) {
	c.protocol = next
	nextAt := 6
	for {
		size := 0
		rest := b[min(c.length, len(b)):]
		switch c.protocol {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Destination, mobility:
			if len(rest) >= 2 {
				size = 8 * (int(rest[1]) + 1)
			}
		case layers.IPProtocolAH:
			if len(rest) >= 2 {
				size = 4 * (int(rest[1]) + 2)
			}
		case layers.IPProtocolIPv6Fragment:
			size = 8
			if len(rest) >= size {
				at := binary.BigEndian.Uint16(rest[2:])
				c.fragment, c.fragmentAt, c.nextAt, c.fragmentNext = true, c.length, nextAt, layers.IPProtocol(rest[0])
				c.offset, c.more, c.id = int(at&^7), at&1 != 0, binary.BigEndian.Uint32(rest[4:])
			}
		default:
			return c
		}
		c.first = true
		if size == 0 || len(rest) < size {
			c.unreadable = true
			return c
		}
		nextAt = ipv6Header + c.length
		c.length += size
		c.protocol = layers.IPProtocol(rest[0])
		if c.offset != 0 {
			return c
		}
	}
}

// mobility is the number of the mobility header (RFC 6275, 6.1).
const mobility layers.IPProtocol = 135

// fromIPv6 reads the header, and those that extend it. rest is what follows them, as far as it
// was captured.
func (d *Decoder) fromIPv6(p *Packet) (rest []byte, c chain) {
	b := d.ip6.Contents
	p.Src = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:])), 0)
	p.Dst = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[24:])), 0)
	p.TTL, p.TOS, p.FlowLabel = d.ip6.HopLimit, d.ip6.TrafficClass, d.ip6.FlowLabel
	length := int(d.ip6.Length)
	p.Length = ipv6Header + length
	after := d.ip6.Payload[:min(len(d.ip6.Payload), length)]
	c = walk(d.ip6.NextHeader, after)
	p.Protocol = c.protocol
	p.Fragment, p.MoreFragments, p.ID = c.offset, c.more, c.id
	p.Payload = max(0, length-c.length)
	rest = after[min(c.length, len(after)):]
	p.Key.ID, p.Key.Fragment, p.Key.Rest = c.id, uint16(c.offset/8), restOf(rest)
	return rest, c
}

// ipv6 decodes a packet that begins with an IPv6 header, and returns the data that neither
// forwarding nor NAT changes. gopacket knows no datagrams of length 0, and stops at extension
// headers.
func (d *Decoder) ipv6(p *Packet, b []byte) (unchanged []byte, err error) {
	if len(b) < ipv6Header {
		return nil, fmt.Errorf("IPv6 header of %d bytes", len(b))
	}
	d.ip6 = parse6(b)
	rest, c := d.fromIPv6(p)
	switch {
	case c.unreadable:
		return nil, nil
	case p.IsFragment():
		return d.unchangedFragment(p, rest), nil
	}
	return d.upper(p, rest)
}

// unchangedFragment returns the data of a fragment without the part that NAT changes in the
// first one: the transport header, with its ports and checksum.
func (d *Decoder) unchangedFragment(p *Packet, b []byte) []byte {
	if p.Fragment != 0 {
		return b
	}
	switch p.Protocol {
	case layers.IPProtocolUDP:
		return b[min(len(b), 8):]
	case layers.IPProtocolTCP:
		return b[min(len(b), minTCPHeader):]
	}
	return b
}

// ErrExtended is returned by [Decoder.Headers] for packets with extension headers.
var ErrExtended = errors.New("an IPv6 packet with extension headers")

// headers6 is [Decoder.Headers] for IPv6.
func (d *Decoder) headers6(p *Packet, network, transport []byte) error {
	p.EtherType = layers.EthernetTypeIPv6
	whole := make([]byte, 0, ipv6Header+len(transport))
	whole = append(append(whole, network...), transport...)
	if len(network) < ipv6Header {
		return fmt.Errorf("ip header of %d bytes", len(network))
	}
	d.ip6 = parse6(whole)
	alert := 0
	if d.reportsGroups() {
		alert = routerAlert
		d.ip6.NextHeader, d.ip6.Length = layers.IPProtocolICMPv6, d.ip6.Length-routerAlert
	}
	if c := walk(d.ip6.NextHeader, nil); c.first {
		return ErrExtended
	}
	d.fromIPv6(p)
	p.Length += alert
	if err := d.transport(p, transport); err != nil {
		return fmt.Errorf("%s header: %w", p.Protocol, err)
	}
	p.Key.EtherType, p.Key.Protocol, p.Key.Length = p.EtherType, p.Protocol, uint16(p.Payload)
	return nil
}

// routerAlert is the length of the only extension header of a report of multicast groups: hop
// by hop, with one option.
const routerAlert = 8

// reportsGroups reports whether the packet is such a report (RFC 3810, 5.2): it goes to all
// routers of the link that support it.
func (d *Decoder) reportsGroups() bool {
	to := d.ip6.Contents[24:]
	return d.ip6.NextHeader == layers.IPProtocolIPv6HopByHop && d.ip6.HopLimit == 1 && d.ip6.Length >= routerAlert &&
		netip.AddrFrom16([16]byte(to)) == netip.AddrFrom16([16]byte{0xff, 2, 15: 0x16})
}

// parse6 reads an IPv6 header.
func parse6(b []byte) layers.IPv6 {
	return layers.IPv6{
		BaseLayer:    layers.BaseLayer{Contents: b[:ipv6Header], Payload: b[ipv6Header:]},
		TrafficClass: uint8(binary.BigEndian.Uint16(b) >> 4), FlowLabel: binary.BigEndian.Uint32(b) & 0xfffff,
		Length: binary.BigEndian.Uint16(b[4:]), NextHeader: layers.IPProtocol(b[6]), HopLimit: b[7],
	}
}

// upper decodes the transport header of a whole packet, as far as it was captured.
func (d *Decoder) upper(p *Packet, b []byte) (unchanged []byte, err error) {
	switch p.Protocol {
	case layers.IPProtocolTCP:
		if err := d.tcp.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			if len(b) < minTCPHeader {
				return nil, err
			}
			return nil, d.transport(p, b[:minTCPHeader]) // without all of its options
		}
		d.fromTCP(p)
		return d.unchangedTCP(p), nil
	case layers.IPProtocolUDP:
		if err := d.udp.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return nil, err
		}
		d.fromUDP(p)
		return d.udp.Payload, nil
	case layers.IPProtocolICMPv6:
		if err := d.icmp6.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return nil, err
		}
		d.fromICMPv6(p)
		switch {
		case p.IsEcho():
			return d.icmp6.Payload[min(4, len(d.icmp6.Payload)):], nil
		case p.IsICMPError():
			return unchangedQuote(d.icmp6.Payload[min(4, len(d.icmp6.Payload)):]), nil
		}
		return d.icmp6.Payload, nil
	}
	return b, nil
}

// fromICMPv6 reads a message. The first four bytes of what follows its header are an echo's
// identifier and sequence number, or an error's MTU or pointer.
func (d *Decoder) fromICMPv6(p *Packet) {
	i := &d.icmp6
	p.ICMP.Type, p.ICMP.Code = i.TypeCode.Type(), i.TypeCode.Code()
	p.Key.Flags = uint16(i.TypeCode)
	const word = 4
	p.Payload = max(0, p.Payload-word)
	if len(i.Payload) < word {
		return
	}
	switch {
	case p.IsEcho():
		p.Payload = max(0, p.Payload-word)
		p.ICMP.ID, p.ICMP.Seq = binary.BigEndian.Uint16(i.Payload), binary.BigEndian.Uint16(i.Payload[2:])
		setPorts(p, p.ICMP.ID, p.ICMP.ID)
		p.Key.Seq, p.Key.Rest = uint32(p.ICMP.Seq), restOf(i.Payload[word:])
		p.Content = contentOf(i.Payload[word-2:]) // with the sequence number
	case p.IsICMPError():
		p.Payload = max(0, p.Payload-word)
		p.Key.Rest, p.ICMP.Quoted = restOfError(i.Payload[word:]), quoteOf(i.Payload[word:])
	case p.ICMP.Type == layers.ICMPv6TypeNeighborSolicitation || p.ICMP.Type == layers.ICMPv6TypeNeighborAdvertisement:
		if len(i.Payload) >= word+16 {
			p.ICMP.Target = netip.AddrFrom16([16]byte(i.Payload[word:]))
		}
	}
}
