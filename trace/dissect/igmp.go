package dissect

import (
	"fmt"
	"net/netip"

	"github.com/google/gopacket/layers"
)

const (
	igmpLength = 8  // of every message at least (RFC 2236, 2)
	maxRecords = 40 // that are shown
)

// The types (IANA, "IGMP Type Numbers").
var igmpTypes = map[uint8]string{
	uint8(layers.IGMPMembershipQuery):    "membership query",
	uint8(layers.IGMPMembershipReportV1): "membership report, version 1",
	uint8(layers.IGMPMembershipReportV2): "membership report, version 2",
	uint8(layers.IGMPLeaveGroup):         "leave group",
	uint8(layers.IGMPMembershipReportV3): "membership report, version 3",
}

// igmp reads a group membership message (RFC 2236; RFC 9776).
func (d *dissection) igmp(p datagram) {
	at := p.at
	if p.end-at < igmpLength {
		d.truncated("IGMP", at, p.end, igmpLength)
		return
	}
	kind := d.u8(at)
	l := Layer{Name: "IGMP", Offset: at, Length: igmpLength}
	l.add(at, 1, "type", "0x%02x%s", kind, bracketed(igmpTypes[kind]))
	if kind == uint8(layers.IGMPMembershipQuery) {
		l.add(at+1, 1, "max resp code", "%d", d.u8(at+1))
	}
	l.add(at+2, 2, "checksum", "%s", p.checksum(d.frame[at:p.end], 2))
	missing := 0
	if kind == uint8(layers.IGMPMembershipReportV3) {
		missing = d.records(&l, p.end, 4)
	} else {
		l.add(at+4, 4, "group address", "%s", d.ip4(at+4))
	}
	d.append(l)
	d.afterRecords(at+l.Length, p.end, missing)
}

// The types of a group record (RFC 9776, 4.2.13; RFC 3810, 5.2.12).
var recordTypes = map[uint8]string{
	1: "is include",
	2: "is exclude",
	3: "change to include",
	4: "change to exclude",
	5: "allow new sources",
	6: "block old sources",
}

// records reads the group records behind the header, whose addresses have n
// bytes: those of IGMP and of multicast listener reports differ in nothing else.
// It returns how long a record is that is not whole, or 0.
func (d *dissection) records(l *Layer, end, n int) int {
	total := int(d.u16(l.Offset + 6))
	l.add(l.Offset+6, 2, "number of group records", "%d", total)
	for range min(total, maxRecords) {
		at := l.Offset + l.Length
		if end-at < 4+n {
			return 4 + n
		}
		sources := int(d.u16(at + 2))
		size := 4 + n + n*sources + 4*int(d.u8(at+1))
		if end-at < size {
			return size
		}
		group, _ := netip.AddrFromSlice(d.frame[at+4 : at+4+n])
		kind := named(d.u8(at), recordTypes[d.u8(at)])
		l.add(at, size, "group record", "%s, %s, %s", group, kind, count(sources, "source"))
		l.Length += size
	}
	if total > maxRecords {
		l.add(l.Offset+l.Length, 0, "not shown", "%s more", count(total-maxRecords, "group record"))
	}
	return 0
}

// afterRecords reads on behind the records; missing is what records returned.
func (d *dissection) afterRecords(at, end, missing int) {
	if missing > 0 {
		d.truncated("group record", at, end, missing)
		return
	}
	d.data(at, end)
}

// bracketed writes a name behind a number, if there is one.
func bracketed(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", name)
}
