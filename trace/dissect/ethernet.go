package dissect

import (
	"bytes"
	"fmt"
	"net"

	"github.com/google/gopacket/layers"
)

const (
	ethernetLength = 14 // of the header without a tag (IEEE 802.3, 3.1.1)
	tagLength      = 4  // of a VLAN tag (IEEE 802.1Q, 9.5)
	maxTags        = 2  // a service provider's and a customer's (IEEE 802.1ad)
	shortest       = 60 // of a frame, without its check sequence (IEEE 802.3, 4.2.3.3)

	// Smaller values of the type are a length (IEEE 802.3, 3.2.6).
	smallestType = 0x0600
)

// ethernet reads the frame: the header (RFC 894, IEEE 802.3) with up to two VLAN
// tags, what it carries, and what is left at the end.
func (d *dissection) ethernet() {
	end := len(d.frame)
	if end < ethernetLength {
		d.truncated("Ethernet", 0, end, ethernetLength)
		return
	}
	l := Layer{Name: "Ethernet"}
	l.add(0, 6, "destination", "%s", d.station(0))
	l.add(6, 6, "source", "%s", d.station(6))
	at := 12
	kind := layers.EthernetType(d.u16(at))
	for range maxTags {
		if kind != layers.EthernetTypeDot1Q && kind != layers.EthernetTypeQinQ {
			break
		}
		if end < at+tagLength+2 {
			l.add(at, 2, "type", "%s", etherType(kind))
			l.Length = at + 2
			d.append(l)
			d.truncated("VLAN tag", at+2, end, tagLength)
			return
		}
		tci := d.u16(at + 2)
		l.add(at, tagLength, "VLAN tag", "%s, VLAN %d, priority %d", etherType(kind), tci&0xfff, tci>>13)
		at += tagLength
		kind = layers.EthernetType(d.u16(at))
	}
	l.Length = at + 2
	if kind < smallestType {
		length := count(int(kind), "byte")
		if there := end - l.Length; int(kind) > there {
			length += fmt.Sprintf(" [%d of them are there]", there)
		}
		l.add(at, 2, "length", "%s", length)
	} else {
		l.add(at, 2, "type", "%s", etherType(kind))
	}
	d.append(l)

	at += 2
	if kind < smallestType {
		stop := min(end, at+int(kind))
		d.data(at, stop)
		d.padding(stop)
		return
	}
	d.padding(d.network(kind, at, end))
}

// padding tells of the bytes behind the packet. A frame that would be too short
// for Ethernet is filled up (RFC 894); other bytes are no one's.
func (d *dissection) padding(at int) {
	rest := d.frame[at:]
	if len(rest) == 0 {
		return
	}
	name := "trailer"
	if at < shortest && len(d.frame) <= shortest+maxTags*tagLength {
		name = "padding"
	}
	what := "zeros"
	if len(bytes.Trim(rest, "\x00")) > 0 {
		what = printable(rest, previewLength)
	}
	d.layers[0].add(at, len(rest), name, "%s: %s", count(len(rest), "byte"), what)
}

// mac writes the six bytes at an offset as an Ethernet address.
func (d *dissection) mac(at int) string { return net.HardwareAddr(d.frame[at : at+6]).String() }

// station is mac, and tells an address of many (IEEE 802.3, 3.2.3).
func (d *dissection) station(at int) string {
	switch address := d.mac(at); {
	case address == "ff:ff:ff:ff:ff:ff":
		return address + " (broadcast)"
	case d.frame[at]&1 != 0:
		return address + " (multicast)"
	default:
		return address
	}
}

// etherType writes a type with its name, if it is one that labs meet (IANA,
// "IEEE 802 Numbers").
func etherType(t layers.EthernetType) string {
	name := map[layers.EthernetType]string{
		layers.EthernetTypeIPv4:               "IPv4",
		layers.EthernetTypeARP:                "ARP",
		layers.EthernetTypeIPv6:               "IPv6",
		layers.EthernetTypeDot1Q:              "802.1Q",
		layers.EthernetTypeQinQ:               "802.1ad",
		layers.EthernetTypeLinkLayerDiscovery: "LLDP",
		layers.EthernetTypeMPLSUnicast:        "MPLS",
		layers.EthernetTypePPPoEDiscovery:     "PPPoE discovery",
		layers.EthernetTypePPPoESession:       "PPPoE session",
	}[t]
	if name == "" {
		return fmt.Sprintf("0x%04x", uint16(t))
	}
	return fmt.Sprintf("0x%04x (%s)", uint16(t), name)
}
