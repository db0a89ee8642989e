package trace

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// Quote is what an ICMP error quotes of the packet that it is about (RFC 792):
// with the addresses that it had where it ended, which NAT translates on the
// error's way back, too.
type Quote struct {
	Protocol layers.IPProtocol
	ID       uint16 // IPv4 identification
	Ends     Ends   // with ports, or an echo's identifier, where there are any
	Seq      uint32 // of TCP; tells packets apart also where the identification is 0
}

// quoteOf reads a quoted packet: an IPv4 header, and 8 bytes of what it carries. It
// is nil where there is less.
func quoteOf(b []byte) *Quote {
	const header, more = 20, 8
	if len(b) < header || b[0]>>4 != 4 {
		return nil
	}
	carried := int(b[0]&0xf) * 4
	if carried < header || len(b) < carried+more {
		return nil
	}
	q := &Quote{Protocol: layers.IPProtocol(b[9]), ID: binary.BigEndian.Uint16(b[4:])}
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

// quoteFrom is what an error would quote of a packet, as it was at one place.
func quoteFrom(p *Packet) Quote {
	return Quote{Protocol: p.Protocol, ID: p.key.ID, Ends: p.ends(), Seq: p.TCP.Seq}
}
