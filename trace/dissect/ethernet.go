package dissect

import (
	"bytes"
	"fmt"
	"net"

	"github.com/google/gopacket/layers"
)

const (
	tagLength    = 4      // of a VLAN tag (IEEE 802.1Q, 9.5)
	maxTags      = 2      // the service provider's and the customer's (IEEE 802.1ad)
	shortest     = 60     // of a frame, without its check sequence (IEEE 802.3, 4.2.3.3)
	smallestType = 0x0600 // smaller values are a length (IEEE 802.3, 3.2.6)
)

// The types of payload (IANA, "IEEE 802 Numbers").
var etherTypes = map[uint32]string{
	0x0800: "IPv4", 0x0806: "ARP", 0x86dd: "IPv6", 0x8100: "802.1Q", 0x88a8: "802.1ad", 0x88cc: "LLDP", 0x8847: "MPLS",
	0x8863: "PPPoE discovery", 0x8864: "PPPoE session",
}

// ethernet reads the header (RFC 894, IEEE 802.3), with up to two VLAN tags.
func (h *header) ethernet() protocol {
	h.station("destination")
	h.station("source")
	for range maxTags {
		kind := h.peek(2)
		if kind != uint32(layers.EthernetTypeDot1Q) && kind != uint32(layers.EthernetTypeQinQ) {
			break
		}
		if h.end-h.next < tagLength+2 {
			h.etherType("type")
			return h.misses("VLAN tag", tagLength)
		}
		tci := h.peek(tagLength) & 0xffff
		h.add(tagLength, "VLAN tag", fmt.Sprintf("%s, VLAN %d, priority %d", hexNamed(2, kind, etherTypes), tci&0xfff, tci>>13))
	}
	if length := h.peek(2); length < smallestType {
		n, value := extent(int(length), h.end-h.next-2)
		h.add(2, "length", value)
		h.cut(h.next + n)
		return protocol{}
	}
	return h.etherType("type")
}

// padding adds a field to the Ethernet layer with the bytes after the packet. Senders pad
// frames to Ethernet's minimum (RFC 894); anything else is a trailer.
func (d *dissection) padding() {
	at, rest := d.stop, d.frame[d.stop:]
	if len(rest) == 0 {
		return
	}
	name, what := "trailer", "zeros"
	if at < shortest && len(d.frame) <= shortest+maxTags*tagLength {
		name = "padding"
	}
	if len(bytes.Trim(rest, "\x00")) > 0 {
		what = printable(rest, previewLength)
	}
	value := count(len(rest), "byte") + ": " + what
	d.layers[0].Fields = append(d.layers[0].Fields, Field{Name: name, Value: value, Offset: at, Length: len(rest)})
}

// station adds a field with an Ethernet address, marked if it is a group address (IEEE
// 802.3, 3.2.3).
func (h *header) station(name string) {
	address := net.HardwareAddr(h.frame[h.next : h.next+6])
	value := address.String()
	switch {
	case value == "ff:ff:ff:ff:ff:ff":
		value += " (broadcast)"
	case address[0]&1 != 0:
		value += " (multicast)"
	}
	h.add(6, name, value)
}

// etherType adds a field with the type of the payload, and returns its protocol.
func (h *header) etherType(name string) protocol {
	kind := h.peek(2)
	h.add(2, name, hexNamed(2, kind, etherTypes))
	switch layers.EthernetType(kind) {
	case layers.EthernetTypeARP:
		return protocol{name: "ARP", least: 8, fields: (*header).arp}
	case layers.EthernetTypeIPv4:
		return protocolIPv4()
	case layers.EthernetTypeIPv6:
		return protocolIPv6()
	}
	return protocol{}
}
