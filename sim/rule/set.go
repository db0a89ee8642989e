package rule

// Set is a rule's effect on one field of a packet, other than by NAT.
type Set struct {
	Field Field
	// Gives reports whether the rule can turn one value of the field into another.
	Gives func(from, to uint64) bool
}

// Field is a field that a rule can set.
type Field uint8

// The fields.
const (
	TOS Field = iota + 1 // the whole octet
	TTL
	MSS  // in a SYN
	Mark // of the packet; not a header field
)

// Reject is the answer to a packet that a rule rejects: a TCP reset, or a destination
// unreachable of the packet's version of IP.
type Reject struct {
	Reset bool
	Code  uint8 // of ICMP's destination unreachable (RFC 792, RFC 1812)
	Code6 uint8 // of ICMPv6's (RFC 4443, 3.1)
}

// Unreachable returns the type and the code of the error that answers a packet.
func (r *Reject) Unreachable(six bool) (kind, code uint8) {
	if six {
		return 1, r.Code6
	}
	return 3, r.Code
}
