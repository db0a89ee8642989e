package trace

import "strconv"

// LinkType is a type of link header, numbered as in capture files
// (tcpdump.org/linktypes.html). gopacket's own type cannot hold numbers above 255.
type LinkType uint16

// The link types that tracer reads.
const (
	LinkNull     LinkType = 0 // BSD or macOS loopback: four bytes for the protocol family
	LinkEthernet LinkType = 1
	LinkRaw      LinkType = 101 // IP without a link header
	LinkLoop     LinkType = 108 // OpenBSD loopback
	LinkSLL      LinkType = 113 // Linux cooked capture, as on all interfaces at once
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkSLL2     LinkType = 276 // the same, with the interface index
)

var linkNames = map[LinkType]string{
	LinkNull: "NULL", LinkEthernet: "EN10MB", LinkRaw: "RAW", LinkLoop: "LOOP",
	LinkSLL: "LINUX_SLL", LinkIPv4: "IPV4", LinkIPv6: "IPV6", LinkSLL2: "LINUX_SLL2",
}

// Known reports whether tracer reads packets of this type.
func (l LinkType) Known() bool { return linkNames[l] != "" }

// String returns tcpdump's name for the type, or its number.
func (l LinkType) String() string {
	if name := linkNames[l]; name != "" {
		return name
	}
	return "link type " + strconv.Itoa(int(l))
}
