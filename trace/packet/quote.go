package packet

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// quotedAtLeast is how much of the transport header is quoted (RFC 792).
const quotedAtLeast = 8

// inner is a packet that an ICMP error quotes, as far as it is quoted: IPv4 errors quote at
// least 8 bytes of the transport header (RFC 792), those of IPv6 as much as fits (RFC 4443, 2.4).
type inner struct {
	ip, transport []byte
	protocol      layers.IPProtocol
	id            uint32
	six           bool
	offset        int  // of a fragment
	fragment      bool // so it need not have ports
}

// innerOf finds the headers of a quoted packet. ok is false if too little of them was captured.
func innerOf(b []byte) (q inner, ok bool) {
	switch {
	case len(b) >= ipv4Header && b[0]>>4 == 4:
		at, fragment := int(b[0]&0xf)*4, binary.BigEndian.Uint16(b[6:])
		q = inner{protocol: layers.IPProtocol(b[9]), id: uint32(binary.BigEndian.Uint16(b[4:])), offset: int(fragment&0x1fff) * 8, fragment: fragment&0x3fff != 0}
		q.ip, q.transport = b[:min(len(b), at)], b[min(len(b), at):]
		return q, at >= ipv4Header && len(q.transport) >= quotedAtLeast
	case len(b) >= ipv6Header && b[0]>>4 == 6:
		c := walk(layers.IPProtocol(b[6]), b[ipv6Header:])
		q = inner{protocol: c.protocol, six: true, offset: c.offset, fragment: c.offset != 0 || c.more}
		if at := min(len(b), ipv6Header+c.length); !c.unreadable {
			q.ip, q.transport = b[:at], b[at:]
		}
		if q.fragment {
			q.id = c.id
		}
		return q, len(q.transport) >= quotedAtLeast
	}
	return q, false
}

// addresses returns the bytes of both addresses.
func (q *inner) addresses() []byte {
	if q.six {
		return q.ip[8:ipv6Header]
	}
	return q.ip[12:ipv4Header]
}

// quoteOf reads a quoted packet. It returns nil if too little of it was captured.
func quoteOf(b []byte) *trace.Quote {
	in, ok := innerOf(b)
	if !ok {
		return nil
	}
	q := &trace.Quote{Protocol: in.protocol, ID: in.id}
	var from, to uint16
	if !in.fragment {
		from, to = quotedPorts(q, in.transport)
		q.Content = in.content(from != 0)
	}
	both := in.addresses()
	source, _ := netip.AddrFromSlice(both[:len(both)/2])
	destination, _ := netip.AddrFromSlice(both[len(both)/2:])
	q.Ends = trace.Ends{Source: netip.AddrPortFrom(source, from), Destination: netip.AddrPortFrom(destination, to)}
	return q
}

// content returns the digest that [trace.Headers] of the packet have.
func (q *inner) content(echo bool) uint32 {
	switch {
	case q.protocol == layers.IPProtocolTCP:
		return contentOfSegment(q.transport)
	case !q.six:
		return 0
	case q.protocol == layers.IPProtocolUDP:
		return contentOf(q.transport[quotedAtLeast:])
	case q.protocol == layers.IPProtocolICMPv6 && echo:
		return contentOf(q.transport[quotedAtLeast-2:])
	}
	return 0
}

// unchangedQuote returns what no translation on the way changes of the packet that an error
// quotes: everything but its addresses, its ports or an echo's identifier, and checksums. It
// returns nil if too little was captured.
func unchangedQuote(b []byte) []byte {
	b = bytes.Clone(b)
	in, ok := innerOf(b)
	if !ok {
		return nil
	}
	clear(in.addresses())
	if !in.six {
		clear(in.ip[10:12]) // the checksum
	}
	if in.offset != 0 {
		return b // there is no transport header
	}
	t := in.transport
	switch in.protocol {
	case layers.IPProtocolTCP:
		clear(t[:4])
		clear(t[min(len(t), 16):min(len(t), 18)])
	case layers.IPProtocolUDP:
		clear(t[:4])
		clear(t[6:8])
	case layers.IPProtocolICMPv4, layers.IPProtocolICMPv6:
		clear(t[2:6])
	default:
		clear(t)
	}
	return b
}

// quotedPorts reads the beginning of a transport header: its ports, an echo's identifier, and
// a segment's sequence number.
func quotedPorts(q *trace.Quote, t []byte) (from, to uint16) {
	switch q.Protocol {
	case layers.IPProtocolTCP:
		q.Seq = binary.BigEndian.Uint32(t[4:])
		fallthrough
	case layers.IPProtocolUDP:
		from, to = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
	case layers.IPProtocolICMPv4, layers.IPProtocolICMPv6:
		echo := trace.Headers{Protocol: q.Protocol, ICMP: trace.ICMP{Type: t[0]}}
		if echo.IsEcho() {
			from = binary.BigEndian.Uint16(t[4:])
			to = from
		}
	}
	return from, to
}
