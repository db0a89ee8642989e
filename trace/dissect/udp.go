package dissect

import "net/netip"

const dnsPort = 53 // RFC 1035, 4.2.1

// dockerResolver is the address of Docker's DNS server in containers. It listens on a port that
// the kernel chose, to which rules in the container lead queries for port 53.
var dockerResolver = netip.AddrFrom4([4]byte{127, 0, 0, 11})

// udp reads a datagram (RFC 768).
func (h *header) udp() protocol {
	there := h.end - h.Offset
	source, destination := h.number(2, "source port"), h.number(2, "destination port")
	claimed := int(h.peek(2))
	if 0 < claimed && claimed < 8 {
		return h.malformed("length is %s, less than the header's 8", count(claimed, "byte"))
	}
	if claimed > there {
		h.packet.doubt("the length exceeds IP's payload")
	}
	n, length := openExtent(claimed, there)
	h.end = h.Offset + n
	h.add(2, "length", length)
	switch sum := h.peek(2); {
	case sum == 0 && h.packet.source.Is4():
		h.add(2, "checksum", "0x0000 [none: the sender left it out]")
	case sum == 0:
		h.add(2, "checksum", "0x0000 [none: IPv6 allows this only for tunnels]") // RFC 6935
	default:
		h.checksum()
	}
	if n < there {
		// The payload lies in between, so this is a field, not a layer.
		surplus := count(there-n, "byte") + " of IP's payload after the datagram"
		h.Fields = append(h.Fields, Field{Name: "surplus", Value: surplus, Offset: h.end, Length: there - n})
	}
	if !h.quoting && h.next < h.end && (source == dnsPort || destination == dnsPort || h.askedDocker()) {
		return protocol{name: "DNS", least: dnsLength, fields: (*header).dns}
	}
	return protocol{}
}

// askedDocker reports whether a datagram to or from Docker's DNS server has one question.
func (h *header) askedDocker() bool {
	p := h.packet
	return (p.source == dockerResolver || p.destination == dockerResolver) &&
		h.end-h.next >= dnsLength && h.frame[h.next+4] == 0 && h.frame[h.next+5] == 1
}
