package dissect

import (
	"encoding/hex"
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

// arpLength is the length of what comes before the addresses (RFC 826).
const arpLength = 8

// arp reads an ARP message (RFC 826) and returns where it ends.
func (d *dissection) arp(at, end int) int {
	if end-at < arpLength {
		return d.truncated("ARP", at, end, arpLength)
	}
	hardware, protocol := int(d.u8(at+4)), int(d.u8(at+5))
	size := arpLength + 2*hardware + 2*protocol
	if end-at < size {
		return d.truncated("ARP", at, end, size)
	}
	l := Layer{Name: "ARP", Offset: at, Length: size}
	kind := "other"
	if d.u16(at) == 1 {
		kind = "Ethernet"
	}
	l.add(at, 2, "hardware type", "%d (%s)", d.u16(at), kind)
	l.add(at+2, 2, "protocol type", "%s", etherType(layers.EthernetType(d.u16(at+2))))
	l.add(at+4, 1, "hardware address length", "%s", count(hardware, "byte"))
	l.add(at+5, 1, "protocol address length", "%s", count(protocol, "byte"))
	l.add(at+6, 2, "operation", "%s", arpOperation(d.u16(at+6)))
	place := at + arpLength
	for _, who := range []string{"sender", "target"} {
		l.add(place, hardware, who+" hardware address", "%s", d.address(place, hardware))
		place += hardware
		l.add(place, protocol, who+" protocol address", "%s", d.address(place, protocol))
		place += protocol
	}
	d.append(l)
	return at + size
}

// address writes n bytes as what they are most likely: ARP's header does not
// tell the notation, only a length.
func (d *dissection) address(at, n int) string {
	switch b := d.frame[at : at+n]; n {
	case 0:
		return "none"
	case 4:
		return d.ip4(at).String()
	case 6:
		return d.mac(at)
	default:
		if n > previewLength/2 {
			return hex.EncodeToString(b[:previewLength/2]) + "…"
		}
		return hex.EncodeToString(b)
	}
}

// arpOperation writes an operation with its name (IANA, "ARP Parameters").
func arpOperation(op uint16) string {
	switch op {
	case layers.ARPRequest:
		return "1 (request)"
	case layers.ARPReply:
		return "2 (reply)"
	}
	return fmt.Sprint(op)
}

func (d *dissection) ip4(at int) netip.Addr {
	return netip.AddrFrom4([4]byte(d.frame[at : at+4]))
}

func (d *dissection) ip6(at int) netip.Addr {
	return netip.AddrFrom16([16]byte(d.frame[at : at+16]))
}
