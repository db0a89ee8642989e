package dissect

import (
	"fmt"
	"tracer/trace"

	"github.com/google/gopacket/layers"
)

// Packet takes a packet of a capture file apart, whose link header is of a type.
// Of types that are not known all is "data".
func Packet(link trace.LinkType, b []byte) []Layer {
	if link == trace.LinkEthernet {
		return Frame(b)
	}
	d := &dissection{frame: b}
	switch link {
	case trace.LinkSLL:
		d.cooked("Linux cooked capture", 16, 14, func(l *Layer) {
			l.add(0, 2, "packet type", "%s", layers.LinuxSLLPacketType(d.u16(0)))
			l.add(2, 2, "device type", "%d", d.u16(2))
			d.cookedAddress(l, 6, int(d.u16(4)))
		})
	case trace.LinkSLL2:
		d.cooked("Linux cooked capture v2", 20, 0, func(l *Layer) {
			l.add(4, 4, "interface index", "%d", d.u32(4))
			l.add(8, 2, "device type", "%d", d.u16(8))
			l.add(10, 1, "packet type", "%s", layers.LinuxSLLPacketType(d.u8(10)))
			d.cookedAddress(l, 12, int(d.u8(11)))
		})
	case trace.LinkNull, trace.LinkLoop:
		if len(b) < 4 {
			d.truncated("loopback", 0, len(b), 4)
			break
		}
		l := Layer{Name: "loopback", Length: 4}
		l.add(0, 4, "protocol family", "% x", b[:4])
		d.append(l)
		d.bare(4)
	case trace.LinkRaw, trace.LinkIPv4, trace.LinkIPv6:
		d.bare(0)
	default:
		d.data(0, len(b))
	}
	return d.layers
}

// cooked reads a header that Linux made up, of a length, with the type of what
// follows at a place.
func (d *dissection) cooked(name string, length, kindAt int, fields func(*Layer)) {
	end := len(d.frame)
	if end < length {
		d.truncated(name, 0, end, length)
		return
	}
	l := Layer{Name: name, Length: length}
	fields(&l)
	kind := layers.EthernetType(d.u16(kindAt))
	l.add(kindAt, 2, "protocol", "%s", etherType(kind))
	d.append(l)
	d.network(kind, length, end)
}

// cookedAddress reads the sender's hardware address, for which there are eight
// bytes.
func (d *dissection) cookedAddress(l *Layer, at, length int) {
	address := fmt.Sprintf("none, of %d bytes", length)
	if length == 6 {
		address = d.mac(at)
	}
	l.add(at, 8, "source", "%s", address)
}

// bare reads an IP packet without a link header that tells its version.
func (d *dissection) bare(at int) {
	kind := layers.EthernetTypeIPv4
	if at < len(d.frame) && d.u8(at)>>4 == 6 {
		kind = layers.EthernetTypeIPv6
	}
	d.network(kind, at, len(d.frame))
}

// network reads what follows a link header, and returns where it ends.
func (d *dissection) network(kind layers.EthernetType, at, end int) (stop int) {
	switch kind {
	case layers.EthernetTypeARP:
		return d.arp(at, end)
	case layers.EthernetTypeIPv4:
		return d.ipv4(at, end)
	case layers.EthernetTypeIPv6:
		return d.ipv6(at, end)
	}
	d.data(at, end)
	return end
}
