package dissect

import (
	"fmt"

	"tracer/trace"
)

// The packet types of cooked captures (include/uapi/linux/if_packet.h).
var packetTypes = map[uint32]string{
	0: "to this host", 1: "broadcast", 2: "multicast", 3: "to another host", 4: "outgoing", 5: "looped back", 6: "fast-routed",
}

// linkProtocol returns the protocol of a packet's link header.
func linkProtocol(link trace.LinkType, b []byte) protocol {
	switch link {
	case trace.LinkEthernet:
		return protocol{name: "Ethernet", least: 14, fields: (*header).ethernet}
	case trace.LinkSLL:
		return protocol{name: "Linux cooked capture", least: 16, fields: (*header).cooked}
	case trace.LinkSLL2:
		return protocol{name: "Linux cooked capture v2", least: 20, fields: (*header).cooked2}
	case trace.LinkNull, trace.LinkLoop:
		return protocol{name: "loopback", least: 4, fields: (*header).loopback}
	case trace.LinkRaw, trace.LinkIPv4, trace.LinkIPv6:
		return bareIP(b)
	}
	return protocol{}
}

// cooked reads the header that Linux creates for captures on all interfaces at once
// (LINKTYPE_LINUX_SLL).
func (h *header) cooked() protocol {
	h.named(2, "packet type", packetTypes)
	h.number(2, "device type")
	length := h.peek(2)
	h.next += 2
	h.add(8, "source", h.address(min(8, int(length))))
	return h.etherType("protocol")
}

// cooked2 reads the second version of that header, which has the interface
// (LINKTYPE_LINUX_SLL2).
func (h *header) cooked2() protocol {
	payload := h.etherType("protocol")
	h.next += 2 // reserved
	h.number(4, "interface index")
	h.number(2, "device type")
	h.named(1, "packet type", packetTypes)
	length := h.peek(1)
	h.next++
	h.add(8, "source", h.address(min(8, int(length))))
	return payload
}

// loopback reads the header of BSD's loopback interface. The number and byte order of the
// family depend on the system, so the protocol is taken from the packet itself.
func (h *header) loopback() protocol {
	h.add(4, "protocol family", fmt.Sprintf("% x", h.frame[:4]))
	return bareIP(h.frame[4:])
}

// bareIP returns the protocol of an IP packet, according to its version field.
func bareIP(b []byte) protocol {
	if len(b) > 0 && b[0]>>4 == 6 {
		return protocolIPv6()
	}
	return protocolIPv4()
}
