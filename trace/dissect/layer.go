package dissect

// Layer is one protocol's header, or the data at the end.
//
// Name is the protocol's name, such as "Ethernet" or "TCP", with the prefix "quoted " in a
// packet quoted by an ICMP error. Bytes without a decoder are "data", and an unreadable
// header is "truncated" or "malformed".
type Layer struct {
	Name           string
	Offset, Length int // in bytes, from the start of the frame
	Fields         []Field
}

// Field is one header field.
//
// Name is the name in the RFC that defines the protocol. Value is formatted for people,
// with its unit. Fields that share a byte have the same place. Every field lies within its
// layer, except for bytes that follow the packet: the padding or trailer of a frame belongs
// to Ethernet, and the surplus after a datagram to UDP.
type Field struct {
	Name, Value    string
	Offset, Length int // in bytes, from the start of the frame
}
