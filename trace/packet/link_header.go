package packet

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// LinkHeader is what a link header says about where a packet was captured. Only the
// headers that Linux writes for captures on all interfaces at once say anything.
type LinkHeader struct {
	Interface int // its index; 0: unknown
	Direction trace.Direction
}

// ethernetHeader is the length of a frame's header.
const ethernetHeader = 14

// Unreadable is the error of a captured packet whose headers cannot be read. A file can
// have hundreds of millions of them, so its text is only made when it is shown.
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

// Captured decodes a packet of a capture file. data is the captured part of a packet with
// the given length, beginning with a link header.
//
// It knows Ethernet, Linux cooked headers, those of loopback devices, and bare IP packets.
// Other types are an error, and so is data that ends within the link header.
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
			parser = nil // see layers
		case layers.EthernetTypeARP:
			parser = d.address
		default:
			parser = nil
		}
	}
	if parser == nil && p.EtherType != layers.EthernetTypeIPv6 { // a protocol that is not decoded
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

// decodeLink removes a link header. known reports whether tracer reads its type, and the
// header is whole.
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

// linkDirection returns the direction for a packet type of packet(7). All but outgoing
// packets were received.
func linkDirection(kind uint16) trace.Direction {
	if layers.LinuxSLLPacketType(kind) == layers.LinuxSLLPacketTypeOutgoing {
		return trace.Out
	}
	return trace.In
}
