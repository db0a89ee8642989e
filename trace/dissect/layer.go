package dissect

import "fmt"

// Layer is one protocol's header, or the data at the end.
//
// Name is "Ethernet", "Linux cooked capture", "loopback", "ARP", "IPv4", "IPv6", "TCP", "UDP", "ICMP", "ICMPv6",
// "IGMP", "DNS", "HTTP" or "data"; "truncated" or "malformed" for a header that
// cannot be read; and with "quoted " before it, a layer that an ICMP error
// quotes.
type Layer struct {
	Name           string
	Offset, Length int // in bytes, from the start of the frame
	Fields         []Field
}

// Field is one header field.
//
// Name is the one in the RFC that defines the protocol, and Value says the
// field's value in words, with its unit. Where fields share a byte, they share
// the place. All are inside of their layer but the padding of a frame, which is
// a field of the Ethernet layer at the end of the frame.
type Field struct {
	Name, Value    string
	Offset, Length int // in bytes, from the start of the frame
}

// add appends a field of n bytes at an offset of the frame.
func (l *Layer) add(at, n int, name, format string, args ...any) {
	l.Fields = append(l.Fields, Field{Name: name, Value: fmt.Sprintf(format, args...), Offset: at, Length: n})
}
