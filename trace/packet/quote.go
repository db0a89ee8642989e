package packet

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// quoteOf reads a quoted packet: an IPv4 header and the next 8 bytes. It returns nil if
// there are fewer.
func quoteOf(b []byte) *trace.Quote {
	const header, more = 20, 8
	if len(b) < header || b[0]>>4 != 4 {
		return nil
	}
	carried := int(b[0]&0xf) * 4
	if carried < header || len(b) < carried+more {
		return nil
	}
	q := &trace.Quote{Protocol: layers.IPProtocol(b[9]), ID: binary.BigEndian.Uint16(b[4:])}
	var from, to uint16
	if fragment := binary.BigEndian.Uint16(b[6:])&0x3fff != 0; !fragment {
		switch t := b[carried:]; q.Protocol {
		case layers.IPProtocolTCP:
			q.Seq = binary.BigEndian.Uint32(t[4:])
			fallthrough
		case layers.IPProtocolUDP:
			from, to = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		case layers.IPProtocolICMPv4:
			if t[0] == layers.ICMPv4TypeEchoRequest || t[0] == layers.ICMPv4TypeEchoReply {
				from = binary.BigEndian.Uint16(t[4:])
				to = from
			}
		}
	}
	q.Ends.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:16])), from)
	q.Ends.Destination = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[16:20])), to)
	return q
}
