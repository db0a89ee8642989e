package dissect

import (
	"fmt"

	"github.com/google/gopacket/layers"
)

const (
	ipv6Length = 40 // of the header (RFC 8200, 3)

	// maxExtensions is how many extension headers are read. RFC 8200, 4.1 allows
	// seven; more would only make the layer long.
	maxExtensions = 8
)

// ipv6 reads an IPv6 packet (RFC 8200) and returns where it ends. The extension
// headers are fields of its layer.
func (d *dissection) ipv6(at, end int) int {
	if end-at < ipv6Length {
		return d.truncated("IPv6", at, end, ipv6Length)
	}
	if version := d.u8(at) >> 4; version != 6 {
		return d.malformed("IPv6", at, end, "the version is %d", version)
	}
	payload, next := int(d.u16(at+4)), layers.IPProtocol(d.u8(at+6))
	p := datagram{
		source: d.ip6(at + 8), destination: d.ip6(at + 24), protocol: next,
		at: at + ipv6Length, end: min(end, at+ipv6Length+payload),
	}
	length, there := count(payload, "byte"), end-at-ipv6Length
	switch {
	case payload == 0 && next != layers.IPProtocolNoNextHeader:
		p.end = end // a jumbogram (RFC 2675), or left to the network card
		length = fmt.Sprintf("0 [taken as %d, up to the end]", there)
	case payload > there:
		p.unverified = d.cutOff()
		length += fmt.Sprintf(" [%d of them are there]", there)
	}

	l := Layer{Name: "IPv6", Offset: at, Length: ipv6Length}
	class := uint8(d.u16(at) >> 4)
	l.add(at, 1, "version", "6")
	l.add(at, 2, "DSCP", "%s", dscp(class>>2))
	l.add(at+1, 1, "ECN", "%s", ecn(class&3))
	l.add(at+1, 3, "flow label", "0x%05x", d.u32(at)&0xfffff)
	l.add(at+4, 2, "payload length", "%s", length)
	l.add(at+6, 1, "next header", "%s", protocolName(next))
	l.add(at+7, 1, "hop limit", "%d", d.u8(at+7))
	l.add(at+8, 16, "source address", "%s", p.source)
	l.add(at+24, 16, "destination address", "%s", p.destination)
	missing := d.extensions(&l, &p)
	d.append(l)
	if missing > 0 {
		d.truncated("IPv6 "+extensionName(p.protocol), p.at, p.end, missing)
		return p.end
	}
	d.transport(p)
	return p.end
}

// extensions reads the extension headers into l, and moves the datagram's
// payload behind them. It returns how long one is that is not whole, or 0.
func (d *dissection) extensions(l *Layer, p *datagram) int {
	for range maxExtensions {
		if p.middle {
			return 0 // what follows the header is not a header
		}
		kind, there := p.protocol, p.end-p.at
		size := 8
		switch kind {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Destination:
			if there >= 2 {
				size = 8 + 8*int(d.u8(p.at+1)) // RFC 8200, 4.3
			}
		case layers.IPProtocolAH:
			if there >= 2 {
				size = 8 + 4*int(d.u8(p.at+1)) // RFC 4302, 2.2
			}
		case layers.IPProtocolIPv6Fragment:
		default:
			return 0
		}
		if there < size {
			return size
		}
		p.protocol = layers.IPProtocol(d.u8(p.at))
		text := fmt.Sprintf("%d bytes, next header %s", size, protocolName(p.protocol))
		switch kind {
		case layers.IPProtocolIPv6Fragment:
			text += d.fragment(p)
		case layers.IPProtocolIPv6Routing:
			left := d.u8(p.at + 3)
			text += fmt.Sprintf(", type %d, %s left", d.u8(p.at+2), count(int(left), "segment"))
			if left > 0 && p.unverified == "" {
				p.unverified = "a routing header changes the destination"
			}
		}
		l.add(p.at, size, extensionName(kind), "%s", text)
		l.Length += size
		p.at += size
	}
	return 0
}

// fragment reads the fragment header (RFC 8200, 4.5).
func (d *dissection) fragment(p *datagram) string {
	word := d.u16(p.at + 2)
	offset, more := int(word&^7), word&1 != 0
	text := fmt.Sprintf(", offset %s, identification 0x%08x", count(offset, "byte"), d.u32(p.at+4))
	if more {
		text += ", more fragments follow"
	}
	if offset != 0 || more {
		p.unverified, p.middle = "it is a fragment", offset != 0
	}
	return text
}

// extensionName names an extension header.
func extensionName(p layers.IPProtocol) string {
	switch p {
	case layers.IPProtocolIPv6HopByHop:
		return "hop-by-hop options"
	case layers.IPProtocolIPv6Routing:
		return "routing header"
	case layers.IPProtocolIPv6Destination:
		return "destination options"
	case layers.IPProtocolIPv6Fragment:
		return "fragment header"
	default:
		return "authentication header"
	}
}
