package dissect

const dnsPort = 53 // RFC 1035, 4.2.1

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
	if !h.quoting && (source == dnsPort || destination == dnsPort) && h.next < h.end {
		return protocol{name: "DNS", least: dnsLength, fields: (*header).dns}
	}
	return protocol{}
}
