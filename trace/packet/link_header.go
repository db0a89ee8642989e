package packet

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// LinkHeader is what the link header of a captured packet says of where it was
// captured: those that Linux makes up for captures on all interfaces at once.
type LinkHeader struct {
	Interface int // its index; 0 where the header does not say
	Direction trace.Direction
}

// ethernetHeader is how long the header of a frame is.
const ethernetHeader = 14

// Unreadable is the error of a captured packet of which no header can be read. A file
// may have hundreds of millions of them: it becomes a text only where it is shown.
type Unreadable struct {
	Link   trace.LinkType
	Length int
	Err    error // what is wrong, if more is known
}

func (e Unreadable) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%v, %d bytes: no packet that is known", e.Link, e.Length)
	}
	return fmt.Sprintf("%v, %d bytes: %v", e.Link, e.Length, e.Err)
}

// Unwrap returns what is wrong.
func (e Unreadable) Unwrap() error { return e.Err }

// Captured decodes a packet of a capture file: the bytes that were captured of
// one of a length, with a link header of a type. Of a packet that was cut off,
// what is not there does not count.
//
// Ethernet, Linux' cooked headers, those of loopback devices and bare IP packets
// are known; other types are an error, and so is what is shorter than its link
// header.
func (d *Decoder) Captured(link trace.LinkType, data []byte, length int) (p Packet, at LinkHeader, err error) {
	parser, rest := d.ethernet, data
	if link == trace.LinkEthernet && len(data) < ethernetHeader {
		return p, at, Unreadable{link, len(data), nil}
	}
	if link != trace.LinkEthernet {
		var known bool
		if p.EtherType, at, rest, known = decodeLink(link, data); !known {
			return p, at, Unreadable{link, len(data), nil}
		}
		switch p.EtherType {
		case layers.EthernetTypeIPv4:
			parser = d.v4
		case layers.EthernetTypeIPv6:
			parser = d.v6
		case layers.EthernetTypeARP:
			parser = d.address
		default:
			parser = nil
		}
	}
	if parser == nil { // of a protocol that is not looked into
		p.Hash = maphash.Bytes(seed, rest)
		p.Key.EtherType, p.Key.Rest = p.EtherType, p.Hash
	} else if err := d.layers(&p, parser, rest); len(d.decoded) == 0 && parser == d.ethernet {
		return p, at, Unreadable{link, len(data), err}
	}
	if len(data) < length {
		p.Hash = 0
	}
	return p, at, nil
}

// decodeLink removes a link header. known is whether tracer reads its type and the header
// is whole.
func decodeLink(link trace.LinkType, b []byte) (kind layers.EthernetType, at LinkHeader, rest []byte, known bool) {
	switch {
	case link == trace.LinkSLL && len(b) >= 16:
		at.Direction = linkDirection(binary.BigEndian.Uint16(b))
		return layers.EthernetType(binary.BigEndian.Uint16(b[14:])), at, b[16:], true
	case link == trace.LinkSLL2 && len(b) >= 20:
		at.Direction = linkDirection(uint16(b[10]))
		at.Interface = int(binary.BigEndian.Uint32(b[4:]))
		return layers.EthernetType(binary.BigEndian.Uint16(b)), at, b[20:], true
	case (link == trace.LinkNull || link == trace.LinkLoop) && len(b) >= 4:
		b = b[4:] // the protocol family, whose numbers differ between systems
		fallthrough
	case link == trace.LinkRaw || link == trace.LinkIPv4 || link == trace.LinkIPv6:
		if len(b) == 0 {
			return 0, at, nil, false
		}
		if b[0]>>4 == 6 {
			return layers.EthernetTypeIPv6, at, b, true
		}
		return layers.EthernetTypeIPv4, at, b, true
	}
	return 0, at, nil, false
}

// linkDirection is by the packet type, as in packet(7): all are received but
// those that are outgoing.
func linkDirection(kind uint16) trace.Direction {
	if layers.LinuxSLLPacketType(kind) == layers.LinuxSLLPacketTypeOutgoing {
		return trace.Out
	}
	return trace.In
}
