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

// Reject is the answer to a packet that a rule rejects.
type Reject struct {
	Reset      bool  // a TCP reset; otherwise an ICMP error
	Type, Code uint8 // of the ICMP error
}
