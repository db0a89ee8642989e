package dissect

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/gopacket/layers"
)

const ipv4Length = 20 // of the header without options (RFC 791, 3.1)

// ipv4 reads an IPv4 datagram (RFC 791) and returns where it ends.
func (d *dissection) ipv4(at, end int) int {
	if end-at < ipv4Length {
		return d.truncated("IPv4", at, end, ipv4Length)
	}
	version, size, total := d.u8(at)>>4, 4*int(d.u8(at)&15), int(d.u16(at+2))
	switch {
	case version != 4:
		return d.malformed("IPv4", at, end, "the version is %d", version)
	case size < ipv4Length:
		return d.malformed("IPv4", at, end, "a header of %d bytes, less than %d", size, ipv4Length)
	case total != 0 && total < size:
		return d.malformed("IPv4", at, end, "a total length of %d bytes, less than the header's %d", total, size)
	case end-at < size:
		return d.truncated("IPv4", at, end, size)
	}
	p := datagram{
		source: d.ip4(at + 12), destination: d.ip4(at + 16), protocol: layers.IPProtocol(d.u8(at + 9)),
		at: at + size, end: min(end, at+total),
	}
	length := count(total, "byte")
	switch {
	case total == 0:
		// Linux sends this to a network card that cuts data larger than the
		// field can say (Documentation/networking: BIG TCP).
		p.end = end
		length = fmt.Sprintf("0 [taken as %d, up to the end]", end-at)
	case total > end-at:
		p.unverified = d.cutOff()
		length += fmt.Sprintf(" [%d of them are there]", end-at)
	}
	flags, offset := d.u8(at+6)>>5, 8*int(d.u16(at+6)&0x1fff)
	if flags&1 != 0 || offset != 0 {
		p.unverified, p.middle = "it is a fragment", offset != 0
	}

	l := Layer{Name: "IPv4", Offset: at, Length: size}
	l.add(at, 1, "version", "4")
	l.add(at, 1, "IHL", "%d bytes", size)
	l.add(at+1, 1, "DSCP", "%s", dscp(d.u8(at+1)>>2))
	l.add(at+1, 1, "ECN", "%s", ecn(d.u8(at+1)&3))
	l.add(at+2, 2, "total length", "%s", length)
	l.add(at+4, 2, "identification", "0x%04x (%d)", d.u16(at+4), d.u16(at+4))
	l.add(at+6, 1, "flags", "%s", ipv4Flags(flags))
	l.add(at+6, 2, "fragment offset", "%s", count(offset, "byte"))
	l.add(at+8, 1, "time to live", "%d", d.u8(at+8))
	l.add(at+9, 1, "protocol", "%s", protocolName(p.protocol))
	l.add(at+10, 2, "header checksum", "%s", verdict(d.frame[at:at+size], 10, 0, 0))
	l.add(at+12, 4, "source address", "%s", p.source)
	l.add(at+16, 4, "destination address", "%s", p.destination)
	if d.ipv4Options(&l, at+ipv4Length, at+size) && p.unverified == "" {
		p.unverified = "a source route changes the destination"
	}
	d.append(l)
	d.transport(p)
	return p.end
}

// ipv4Flags names the set bits of the three (RFC 791, 3.1).
func ipv4Flags(flags uint8) string {
	var names []string
	for i, name := range []string{"MF", "DF", "reserved"} {
		if flags>>i&1 != 0 {
			names = append([]string{name}, names...)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// The options (IANA, "IP Option Numbers"; RFC 791, 3.1; RFC 2113).
var ipv4OptionNames = map[uint8]string{
	7:   "record route",
	68:  "timestamp",
	130: "security",
	131: "loose source route",
	136: "stream identifier",
	137: "strict source route",
	148: "router alert",
}

// ipv4Options reads the options, and reports whether one of them routes the
// datagram on: then its destination is only the next one (RFC 1122, 3.2.1.8).
func (d *dissection) ipv4Options(l *Layer, at, end int) (routed bool) {
	for at < end {
		kind := d.u8(at)
		switch kind {
		case 0:
			l.add(at, 1, "option", "end of options")
			return routed
		case 1:
			l.add(at, 1, "option", "no operation")
			at++
			continue
		}
		if end-at < 2 || d.u8(at+1) < 2 || int(d.u8(at+1)) > end-at {
			l.add(at, end-at, "option", "%d: malformed, its length does not fit", kind)
			return routed
		}
		size := int(d.u8(at + 1))
		name := ipv4OptionNames[kind]
		if name == "" {
			name = fmt.Sprintf("option %d", kind)
		}
		l.add(at, size, "option", "%s: %s, data 0x%s", name, count(size, "byte"), hex.EncodeToString(d.frame[at+2:at+size]))
		if kind == 131 || kind == 137 {
			routed = routed || size < 3 || int(d.u8(at+2)) <= size
		}
		at += size
	}
	return routed
}
