package dissect

// arp reads an ARP message (RFC 826).
func (h *header) arp() protocol {
	// The lengths of a hardware and of a protocol address.
	hardware, logical := int(h.frame[h.next+4]), int(h.frame[h.next+5])
	if !h.needs(8 + 2*hardware + 2*logical) {
		return protocol{}
	}
	h.named(2, "hardware type", map[uint32]string{1: "Ethernet"})
	h.etherType("protocol type")
	h.add(1, "hardware address length", count(hardware, "byte"))
	h.add(1, "protocol address length", count(logical, "byte"))
	h.named(2, "operation", map[uint32]string{1: "request", 2: "reply"})
	h.add(hardware, "sender hardware address", h.address(hardware))
	h.add(logical, "sender protocol address", h.address(logical))
	h.add(hardware, "target hardware address", h.address(hardware))
	h.add(logical, "target protocol address", h.address(logical))
	h.cut(h.next)
	return protocol{}
}
