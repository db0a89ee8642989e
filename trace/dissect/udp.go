package dissect

const (
	udpLength = 8  // of the header (RFC 768)
	dnsPort   = 53 // RFC 1035, 4.2.1
)

// udp reads a datagram (RFC 768).
func (d *dissection) udp(p datagram) {
	at, there := p.at, p.end-p.at
	h, ok := d.open("UDP", at, p.end, udpLength)
	if !ok {
		return
	}
	source, destination := h.number(2, "source port"), h.number(2, "destination port")
	claimed := int(h.peek(2))
	if 0 < claimed && claimed < udpLength {
		d.malformed("UDP", at, p.end, "length is %s, less than the header's %d", count(claimed, "byte"), udpLength)
		return
	}
	if claimed > there {
		p.doubt("the length exceeds IP's payload")
	}
	n, length := openExtent(claimed, there)
	p.end = at + n
	h.add(2, "length", length)
	switch sum := h.peek(2); {
	case sum == 0 && p.source.Is4():
		h.add(2, "checksum", "0x0000 [none: the sender left it out]")
	case sum == 0:
		h.add(2, "checksum", "0x0000 [none: IPv6 allows this only for tunnels]") // RFC 6935
	default:
		h.checksum(p)
	}
	if n < there {
		// The payload comes first, so this cannot be a layer.
		surplus := count(there-n, "byte") + " of IP's payload after the datagram"
		h.Fields = append(h.Fields, Field{Name: "surplus", Value: surplus, Offset: p.end, Length: there - n})
	}
	d.append(h)
	if !d.quoting && (source == dnsPort || destination == dnsPort) && n > udpLength {
		d.dns(h.next, p.end)
		return
	}
	d.data(h.next, p.end)
}
