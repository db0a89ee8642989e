package dissect

import (
	"bytes"
	"fmt"
	"net"

	"github.com/google/gopacket/layers"
)

const (
	ethernetLength = 14     // of the header without tags (IEEE 802.3, 3.1.1)
	tagLength      = 4      // of a VLAN tag (IEEE 802.1Q, 9.5)
	maxTags        = 2      // the service provider's and the customer's (IEEE 802.1ad)
	shortest       = 60     // of a frame, without its check sequence (IEEE 802.3, 4.2.3.3)
	smallestType   = 0x0600 // smaller values are a length (IEEE 802.3, 3.2.6)
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
func (d *dissection) ethernet() {
	end := len(d.frame)
	h, ok := d.open("Ethernet", 0, end, ethernetLength)
	if !ok {
		return
	}
	h.add(6, "destination", h.station())
	h.add(6, "source", h.station())
	for range maxTags {
		kind := layers.EthernetType(h.peek(2))
		if kind != layers.EthernetTypeDot1Q && kind != layers.EthernetTypeQinQ {
			break
		}
		if end-h.next < tagLength+2 {
			h.etherType("type")
			d.append(h)
			d.truncated("VLAN tag", h.next, end, tagLength)
			return
		}
		tci := h.peek(tagLength) & 0xffff
		h.add(tagLength, "VLAN tag", fmt.Sprintf("%s, VLAN %d, priority %d", etherType(kind), tci&0xfff, tci>>13))
	}
	if length := h.peek(2); length < smallestType {
		n, value := extent(int(length), end-h.next-2)
		h.add(2, "length", value)
		d.append(h)
		d.data(h.next, h.next+n)
		d.padding(h.next + n)
		return
	}
	kind := h.etherType("type")
	d.append(h)
	d.padding(d.network(kind, h.next, end))
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

// padding adds the bytes after the packet to the Ethernet layer. Senders pad
// frames to Ethernet's minimum (RFC 894); anything else is a trailer.
func (d *dissection) padding(at int) {
	rest := d.frame[at:]
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

// etherType adds a field with the type of a payload.
func (h *header) etherType(name string) layers.EthernetType {
	kind := layers.EthernetType(h.peek(2))
	h.add(2, name, etherType(kind))
	return kind
}

func etherType(kind layers.EthernetType) string {
	if name := etherTypes[kind]; name != "" {
		return fmt.Sprintf("0x%04x (%s)", uint16(kind), name)
	}
	return fmt.Sprintf("0x%04x", uint16(kind))
}
