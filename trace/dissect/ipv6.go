package dissect

import (
	"fmt"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// maxExtensions is how many extension headers are read. RFC 8200, 4.1 allows seven. More
// would only make the layer long.
const maxExtensions = 8

// extensionUnits are the units, in bytes, of the lengths of extension headers. A length
// does not include the first eight bytes (RFC 8200, 4.3; RFC 4302, 2.2).
var extensionUnits = map[layers.IPProtocol]int{
	layers.IPProtocolIPv6HopByHop:    8,
	layers.IPProtocolIPv6Routing:     8,
	layers.IPProtocolIPv6Destination: 8,
	layers.IPProtocolIPv6Fragment:    0,
	layers.IPProtocolAH:              4,
}

// ipv6 reads the header of an IPv6 packet (RFC 8200). Extension headers become fields of
// its layer.
func (h *header) ipv6() protocol {
	if version := h.peek(1) >> 4; version != 6 {
		return h.malformed("version is %d", version)
	}
	class := h.peek(2) >> 4 & 0xff
	h.bits(1, "version", "6")
	h.bits(2, "DSCP", named(class>>2, trace.DSCP(uint8(class))))
	h.next++
	h.bits(1, "ECN", named(class&3, trace.ECN(uint8(class))))
	h.add(3, "flow label", fmt.Sprintf("0x%05x", h.peek(3)&0xfffff))
	p := &datagram{protocol: layers.IPProtocol(h.peek(3) & 0xff)}
	claimed, there := int(h.peek(2)), h.end-h.Offset-40
	n, length := openExtent(claimed, there)
	switch {
	case claimed == 0 && p.protocol == layers.IPProtocolNoNextHeader:
		n, length = extent(0, there)
	case claimed > there:
		p.unverified = h.cutOff()
	}
	h.cut(h.Offset + 40 + n)
	h.add(2, "payload length", length)
	h.named(1, "next header", protocols)
	h.number(1, "hop limit")
	p.source = h.ip(16, "source address")
	p.destination = h.ip(16, "destination address")
	for range maxExtensions {
		unit, ok := extensionUnits[p.protocol]
		if !ok || p.middle || !h.extension(p, unit) {
			break
		}
	}
	return h.transport(p)
}

// extension reads the extension header that p announces, and reports whether it is
// complete. Afterwards, p announces the next one.
func (h *header) extension(p *datagram, unit int) (ok bool) {
	name, size, there := protocols[uint32(p.protocol)], 8, h.end-h.next
	if there >= 2 {
		size += unit * int(h.frame[h.next+1])
	}
	if there < size {
		h.misses("IPv6 "+name, size)
		return false
	}
	b := h.frame[h.next : h.next+size]
	text := fmt.Sprintf("%d bytes, next header %s", size, named(uint32(b[0]), protocols[uint32(b[0])]))
	switch p.protocol {
	case layers.IPProtocolIPv6Fragment: // RFC 8200, 4.5
		word := number(b[2:4])
		p.middle = word>>3 != 0
		text += fmt.Sprintf(", offset %s, identification 0x%x", count(int(word&^7), "byte"), b[4:8])
		if word&1 != 0 {
			text += ", more fragments follow"
		}
		if p.middle || word&1 != 0 {
			p.unverified = "it is a fragment"
		}
	case layers.IPProtocolIPv6Routing:
		text += fmt.Sprintf(", type %d, %s left", b[2], count(int(b[3]), "segment"))
		if b[3] > 0 {
			p.doubt("a routing header changes the destination")
		}
	}
	p.protocol = layers.IPProtocol(b[0])
	h.add(size, name, text)
	return true
}
