package dissect

import (
	"fmt"

	"github.com/google/gopacket/layers"
)

// maxExtensions is how many extension headers are read. RFC 8200, 4.1 allows
// seven; more would only make the layer long.
const maxExtensions = 8

// ipv6 reads the header of an IPv6 packet (RFC 8200). Extension headers are fields
// of its layer.
func (h *header) ipv6() protocol {
	if version := h.peek(1) >> 4; version != 6 {
		return h.malformed("version is %d", version)
	}
	var p datagram
	class := h.peek(2) >> 4 & 0xff
	h.bits(1, "version", "6")
	h.bits(2, "DSCP", dscp(class>>2))
	h.next++
	h.bits(1, "ECN", ecn(class&3))
	h.add(3, "flow label", fmt.Sprintf("0x%05x", h.peek(3)&0xfffff))
	p.protocol = layers.IPProtocol(h.peek(3) & 0xff)
	payload, there := int(h.peek(2)), h.end-h.Offset-40
	n, length := openExtent(payload, there)
	switch {
	case payload == 0 && p.protocol == layers.IPProtocolNoNextHeader:
		n, length = extent(0, there)
	case payload > there:
		p.unverified = h.cutOff()
	}
	h.cut(h.Offset + 40 + n)
	h.add(2, "payload length", length)
	h.named(1, "next header", protocols)
	h.number(1, "hop limit")
	p.source = h.ip(16, "source address")
	p.destination = h.ip(16, "destination address")
	missing := h.extensions(&p)
	h.packet = p
	if missing > 0 {
		return h.misses("IPv6 "+protocols[uint32(p.protocol)], missing)
	}
	return h.transport()
}

// extensions reads the extension headers. If one is incomplete, it returns how long
// that should be.
func (h *header) extensions(p *datagram) (missing int) {
	for range maxExtensions {
		kind, there := p.protocol, h.end-h.next
		unit := 0 // of the length field, which counts from 8 bytes on
		switch kind {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Destination:
			unit = 8 // RFC 8200, 4.3
		case layers.IPProtocolAH:
			unit = 4 // RFC 4302, 2.2
		case layers.IPProtocolIPv6Fragment:
		default:
			return 0
		}
		size := 8
		if there >= 2 {
			size += unit * int(h.frame[h.next+1])
		}
		if there < size {
			return size
		}
		p.protocol = layers.IPProtocol(h.peek(1))
		text := fmt.Sprintf("%d bytes, next header %s", size, named(h.peek(1), protocols[h.peek(1)]))
		switch kind {
		case layers.IPProtocolIPv6Fragment:
			text += h.fragment(p)
		case layers.IPProtocolIPv6Routing:
			left := int(h.peek(4) & 0xff)
			text += fmt.Sprintf(", type %d, %s left", h.peek(3)&0xff, count(left, "segment"))
			if left > 0 {
				p.doubt("a routing header changes the destination")
			}
		}
		h.add(size, protocols[uint32(kind)], text)
		if p.middle {
			return 0 // what follows is not a header
		}
	}
	return 0
}

// fragment reads the fragment header (RFC 8200, 4.5).
func (h *header) fragment(p *datagram) string {
	word := h.peek(4) & 0xffff
	offset, more := int(word&^7), word&1 != 0
	text := fmt.Sprintf(", offset %s, identification 0x%x", count(offset, "byte"), h.frame[h.next+4:h.next+8])
	if more {
		text += ", more fragments follow"
	}
	if offset != 0 || more {
		p.unverified, p.middle = "it is a fragment", offset != 0
	}
	return text
}
