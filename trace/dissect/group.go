package dissect

import (
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

const maxRecords = 40 // shown

// The types of message (IANA, "IGMP Type Numbers").
var igmpTypes = map[uint32]string{
	0x11: "membership query", 0x12: "membership report, version 1", 0x16: "membership report, version 2",
	0x17: "leave group", 0x22: "membership report, version 3",
}

// The types of group record (RFC 9776, 4.2.13; RFC 3810, 5.2.12).
var recordTypes = map[uint32]string{
	1: "is include", 2: "is exclude", 3: "change to include", 4: "change to exclude", 5: "allow new sources", 6: "block old sources",
}

// igmp reads a group membership message (RFC 2236; RFC 9776).
func (h *header) igmp() protocol {
	kind := h.peek(1)
	h.add(1, "type", hexNamed(1, kind, igmpTypes))
	if kind == uint32(layers.IGMPMembershipQuery) {
		h.bits(1, "max resp code", decimal(h.peek(1)))
	}
	h.next++
	h.checksum()
	if kind == uint32(layers.IGMPMembershipReportV3) {
		h.records(4)
	} else {
		h.ip(4, "group address")
	}
	return protocol{}
}

// records reads the second word of a report, and the group records that follow. IGMP and
// multicast listener reports differ only in n, the length of an address.
func (h *header) records(n int) {
	h.next += 2 // reserved, or flags
	total := int(h.number(2, "number of group records"))
	for range min(total, maxRecords) {
		if h.end-h.next < 4+n {
			h.misses("group record", 4+n)
			return
		}
		b := h.frame[h.next:]
		kind, sources := uint32(b[0]), int(h.peek(4)&0xffff)
		size := 4 + n + n*sources + 4*int(b[1])
		if h.end-h.next < size {
			h.misses("group record", size)
			return
		}
		group, _ := netip.AddrFromSlice(b[4 : 4+n])
		h.add(size, "group record", fmt.Sprintf("%s, %s, %s", group, named(kind, recordTypes[kind]), count(sources, "source")))
	}
	if total > maxRecords {
		h.add(0, "not shown", count(total-maxRecords, "more group record"))
	}
}
