package dissect

// arpLength is the length of what precedes the addresses (RFC 826).
const arpLength = 8

// arp reads an ARP message (RFC 826) and returns where it ends.
func (d *dissection) arp(at, end int) int {
	size := arpLength
	if end-at >= arpLength {
		size += 2 * (int(d.frame[at+4]) + int(d.frame[at+5]))
	}
	h, ok := d.open("ARP", at, end, size)
	if !ok {
		return end
	}
	h.named(2, "hardware type", map[uint32]string{1: "Ethernet"})
	h.etherType("protocol type")
	hardware, protocol := int(h.peek(1)), int(h.peek(2)&0xff)
	h.add(1, "hardware address length", count(hardware, "byte"))
	h.add(1, "protocol address length", count(protocol, "byte"))
	h.named(2, "operation", map[uint32]string{1: "request", 2: "reply"})
	h.add(hardware, "sender hardware address", h.address(hardware))
	h.add(protocol, "sender protocol address", h.address(protocol))
	h.add(hardware, "target hardware address", h.address(hardware))
	h.add(protocol, "target protocol address", h.address(protocol))
	d.append(h)
	return h.next
}
