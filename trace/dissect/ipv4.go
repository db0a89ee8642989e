package dissect

import (
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

const ipv4Length = 20 // of the header without options (RFC 791, 3.1)

var ipv4Flags = []flag{{4, "reserved"}, {2, "DF"}, {1, "MF"}}

// The options (IANA, "IP Option Numbers"; RFC 791, 3.1; RFC 2113).
var ipv4Options = map[uint32]string{
	7: "record route", 68: "timestamp", 130: "security", 131: "loose source route", 136: "stream identifier",
	137: "strict source route", 148: "router alert",
}

// ipv4 reads the header of an IPv4 packet (RFC 791).
func (h *header) ipv4() protocol {
	at, there := h.next, h.end-h.next
	version, size, total := h.peek(1)>>4, 4*int(h.peek(1)&15), int(h.peek(4)&0xffff)
	switch {
	case version != 4:
		return h.malformed("version is %d", version)
	case size < ipv4Length:
		return h.malformed("header length is %d bytes, less than %d", size, ipv4Length)
	case total != 0 && total < size:
		return h.malformed("total length is %s, less than the header's %d", count(total, "byte"), size)
	case !h.needs(size):
		return protocol{}
	}
	n, length := openExtent(total, there)
	h.cut(at + n)
	p := &datagram{}

	h.bits(1, "version", "4")
	h.add(1, "IHL", count(size, "byte"))
	tos := h.peek(1)
	h.bits(1, "DSCP", named(tos>>2, trace.DSCP(uint8(tos))))
	h.add(1, "ECN", named(tos&3, trace.ECN(uint8(tos))))
	h.add(2, "total length", length)
	h.id("identification")
	flags, offset := h.peek(1)>>5, 8*int(h.peek(2)&0x1fff)
	h.bits(1, "flags", flagNames(flags, ipv4Flags))
	h.add(2, "fragment offset", count(offset, "byte"))
	h.number(1, "time to live")
	p.protocol = layers.IPProtocol(h.named(1, "protocol", protocols))
	h.add(2, "header checksum", verdict(h.frame[at:at+size], 10, 0, 0))
	p.source = h.ip(4, "source address")
	p.destination = h.ip(4, "destination address")
	routed := false
	h.options(at+size, ipv4Options, func(kind byte, data []byte) string {
		if kind == 131 || kind == 137 { // the pointer is beyond the option once the route is used up
			routed = routed || len(data) == 0 || int(data[0]) <= len(data)+2
		}
		return ""
	})
	switch p.middle = offset != 0; {
	case flags&1 != 0 || p.middle:
		p.unverified = "it is a fragment"
	case total > there:
		p.unverified = h.cutOff()
	case routed: // the destination is only the next one (RFC 1122, 3.2.1.8)
		p.unverified = "a source route changes the destination"
	}
	return h.transport(p)
}
