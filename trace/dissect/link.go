package dissect

import (
	"fmt"

	"github.com/google/gopacket/layers"
)

// The packet types of cooked captures (include/uapi/linux/if_packet.h).
var packetTypes = map[uint32]string{
	0: "to this host", 1: "broadcast", 2: "multicast", 3: "to another host", 4: "outgoing", 5: "looped back", 6: "fast-routed",
}

// cooked reads the header that Linux makes up when it captures on all interfaces
// at once (LINKTYPE_LINUX_SLL).
func (d *dissection) cooked() {
	h, ok := d.open("Linux cooked capture", 0, len(d.frame), 16)
	if !ok {
		return
	}
	h.named(2, "packet type", packetTypes)
	h.number(2, "device type")
	length := h.peek(2)
	h.next += 2
	h.add(8, "source", h.address(min(8, int(length))))
	kind := h.etherType("protocol")
	d.append(h)
	d.network(kind, h.next, len(d.frame))
}

// cooked2 reads the second version, which has the interface
// (LINKTYPE_LINUX_SLL2).
func (d *dissection) cooked2() {
	h, ok := d.open("Linux cooked capture v2", 0, len(d.frame), 20)
	if !ok {
		return
	}
	kind := h.etherType("protocol")
	h.next += 2 // reserved
	h.number(4, "interface index")
	h.number(2, "device type")
	h.named(1, "packet type", packetTypes)
	length := h.peek(1)
	h.next++
	h.add(8, "source", h.address(min(8, int(length))))
	d.append(h)
	d.network(kind, h.next, len(d.frame))
}

// loopback reads the header of BSD's loopback interface. The family's number and
// byte order depend on the system, so the packet itself says what it is.
func (d *dissection) loopback() {
	h, ok := d.open("loopback", 0, len(d.frame), 4)
	if !ok {
		return
	}
	h.add(4, "protocol family", fmt.Sprintf("% x", h.frame[:4]))
	d.append(h)
	d.bareIP(h.next)
}

// bareIP reads an IP packet whose version only the packet itself tells.
func (d *dissection) bareIP(at int) {
	kind := layers.EthernetTypeIPv4
	if at < len(d.frame) && d.frame[at]>>4 == 6 {
		kind = layers.EthernetTypeIPv6
	}
	d.network(kind, at, len(d.frame))
}
