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
var etherTypes = map[layers.EthernetType]string{
	layers.EthernetTypeIPv4:               "IPv4",
	layers.EthernetTypeARP:                "ARP",
	layers.EthernetTypeIPv6:               "IPv6",
	layers.EthernetTypeDot1Q:              "802.1Q",
	layers.EthernetTypeQinQ:               "802.1ad",
	layers.EthernetTypeLinkLayerDiscovery: "LLDP",
	layers.EthernetTypeMPLSUnicast:        "MPLS",
	layers.EthernetTypePPPoEDiscovery:     "PPPoE discovery",
	layers.EthernetTypePPPoESession:       "PPPoE session",
}

// ethernet reads the header (RFC 894, IEEE 802.3) with up to two VLAN tags, the
// payload, and what follows it.
func (h *header) ethernet() protocol {
	h.add(6, "destination", h.station())
	h.add(6, "source", h.station())
	for range maxTags {
		kind := layers.EthernetType(h.peek(2))
		if kind != layers.EthernetTypeDot1Q && kind != layers.EthernetTypeQinQ {
			break
		}
		if h.end-h.next < tagLength+2 {
			h.etherType("type")
			return h.misses("VLAN tag", tagLength)
		}
		tci := h.peek(tagLength) & 0xffff
		h.add(tagLength, "VLAN tag", fmt.Sprintf("%s, VLAN %d, priority %d", etherType(kind), tci&0xfff, tci>>13))
	}
	if length := h.peek(2); length < smallestType {
		n, value := extent(int(length), h.end-h.next-2)
		h.add(2, "length", value)
		h.cut(h.next + n)
		return protocol{}
	}
	return h.etherType("type")
}

// padding adds the bytes after the packet to the Ethernet layer. Senders pad
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

// station is the next Ethernet address, and whether it stands for a group (IEEE
// 802.3, 3.2.3).
func (h *header) station() string {
	b := net.HardwareAddr(h.frame[h.next : h.next+6])
	switch address := b.String(); {
	case address == "ff:ff:ff:ff:ff:ff":
		return address + " (broadcast)"
	case b[0]&1 != 0:
		return address + " (multicast)"
	default:
		return address
	}
}

// etherType adds a field with the type of a payload, and returns its protocol.
func (h *header) etherType(name string) protocol {
	kind := layers.EthernetType(h.peek(2))
	h.add(2, name, etherType(kind))
	switch kind {
	case layers.EthernetTypeARP:
		return protocol{name: "ARP", least: 8, fields: (*header).arp}
	case layers.EthernetTypeIPv4:
		return protocolIPv4()
	case layers.EthernetTypeIPv6:
		return protocolIPv6()
	}
	return protocol{}
}

func etherType(kind layers.EthernetType) string {
	if name := etherTypes[kind]; name != "" {
		return fmt.Sprintf("0x%04x (%s)", uint16(kind), name)
	}
	return fmt.Sprintf("0x%04x", uint16(kind))
}
