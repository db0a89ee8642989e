package packet

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// quoteOf reads a quoted packet: an IP header and the next 8 bytes. It returns nil if there
// are fewer.
func quoteOf(b []byte) *trace.Quote {
	if len(b) == 0 {
		return nil
	}
	if b[0]>>4 == 6 {
		return quoteOf6(b)
	}
	const header = 20
	if len(b) < header || b[0]>>4 != 4 {
		return nil
	}
	carried := int(b[0]&0xf) * 4
	if carried < header || len(b) < carried+quotedAtLeast {
		return nil
	}
	q := &trace.Quote{Protocol: layers.IPProtocol(b[9]), ID: uint32(binary.BigEndian.Uint16(b[4:]))}
	var from, to uint16
	if fragment := binary.BigEndian.Uint16(b[6:])&0x3fff != 0; !fragment {
		from, to = quotedPorts(q, b[carried:])
	}
	q.Ends.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:16])), from)
	q.Ends.Destination = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[16:20])), to)
	return q
}

// quotedAtLeast is how much of the transport header is quoted (RFC 792).
const quotedAtLeast = 8

// quoteOf6 is quoteOf for IPv6, whose errors quote as much as fits (RFC 4443, 2.4).
func quoteOf6(b []byte) *trace.Quote {
	if len(b) < ipv6Header {
		return nil
	}
	c := walk(layers.IPProtocol(b[6]), b[ipv6Header:])
	t := b[min(len(b), ipv6Header+c.length):]
	if c.unreadable || len(t) < quotedAtLeast {
		return nil
	}
	q := &trace.Quote{Protocol: c.protocol}
	var from, to uint16
	if c.offset != 0 || c.more {
		q.ID = c.id
	} else {
		from, to = quotedPorts(q, t)
		switch {
		case q.Protocol == layers.IPProtocolUDP:
			q.Content = contentOf(t[quotedAtLeast:])
		case q.Protocol == layers.IPProtocolICMPv6 && from != 0:
			q.Content = contentOf(t[quotedAtLeast-2:])
		}
	}
	q.Ends.Source = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), from)
	q.Ends.Destination = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[24:40])), to)
	return q
}

// unchangedQuote returns what a translation on the way leaves unchanged in the packet that an
// error quotes, or nil if nothing of it is known.
func (d *Decoder) unchangedQuote(q *trace.Quote) []byte {
	if q == nil || q.Content == 0 && q.Seq == 0 {
		return nil
	}
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(d.header[:0], q.Content), q.Seq)
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
