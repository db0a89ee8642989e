package trace

// Identity is the evidence that a sighting is of the same packet as the one before it.
type Identity uint8

// The kinds of evidence, strongest first.
const (
	// IdentityMark: the kernel gave both sightings the same mark, which no other packet of
	// the node has. It holds whatever the node did to the headers.
	IdentityMark Identity = iota + 1
	// IdentityWire: the two ends of a cable, or two ports of a bridge, saw equal bytes in the
	// same order.
	IdentityWire
	// IdentityConnection: both belong to one conntrack entry and direction, and are equal
	// in every field that forwarding and NAT leave unchanged.
	IdentityConnection
	// IdentityHeaders: they are equal in every field that forwarding and NAT leave unchanged.
	IdentityHeaders
)

var identityNames = [...]string{
	IdentityMark:       "mark",
	IdentityWire:       "wire",
	IdentityConnection: "connection",
	IdentityHeaders:    "headers",
}

// String returns the name.
func (i Identity) String() string { return nameOf(identityNames[:], i, "identity") }

// MarshalText returns the name.
func (i Identity) MarshalText() ([]byte, error) { return marshalName(identityNames[:], i) }

// UnmarshalText accepts a name.
func (i *Identity) UnmarshalText(text []byte) error { return unmarshalName(identityNames[:], i, text) }
