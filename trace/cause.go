package trace

import "net/netip"

// Cause is what made a [Change]. Which fields are set depends on the kind.
type Cause struct {
	Kind CauseKind

	Rule      RuleRef    // CauseRule: the rule
	Entry     uint32     // CauseRule, CauseConntrack: id of the conntrack entry; 0 if unknown
	Route     Route      // CauseRouting: the route that was used
	Interface string     // CauseNeighbour: the interface that sent the frame
	Neighbour netip.Addr `escape:"-"` // CauseNeighbour: the next hop, whose entry was used

	// CauseRule: what the rule does. CauseConntrack, CauseInferred: what was done to the
	// connection's first packet. Of an inferred one, Origin is only a packet of the end that
	// opened the connection.
	Translation Translation
	Reverse     bool // the packet is a reply, so the translation is undone
	Origin      Origin
}

// Origin is the packet and the rule that decided a connection's translation.
type Origin struct {
	Journey int // 0: unknown
	Rule    RuleRef
	Earlier bool // before the recording began
}

// CauseKind is the kind of thing that changes a packet.
type CauseKind uint8

// The kinds of cause. CauseInferred means that the change was seen, but not what made it.
const (
	CauseRule CauseKind = iota + 1
	CauseConntrack
	CauseRouting
	CauseNeighbour
	CauseBridge // br_netfilter: restored the sender's hardware address in a frame that a bridge had readdressed
	CauseInferred
)

var causeNames = [...]string{
	CauseRule:      "rule",
	CauseConntrack: "conntrack",
	CauseRouting:   "routing",
	CauseNeighbour: "neighbour",
	CauseBridge:    "bridge",
	CauseInferred:  "inferred",
}

// String returns the kind's name.
func (k CauseKind) String() string { return nameOf(causeNames[:], k, "cause") }

// MarshalText returns the name.
func (k CauseKind) MarshalText() ([]byte, error) { return marshalName(causeNames[:], k) }

// UnmarshalText accepts a name.
func (k *CauseKind) UnmarshalText(text []byte) error { return unmarshalName(causeNames[:], k, text) }

// Translation is a kind of network address translation. The zero value means none, or
// unknown.
type Translation uint8

// The kinds of translation.
const (
	DNAT       Translation = iota + 1 // of the destination
	SNAT                              // of the source
	Masquerade                        // of the source, to an address of the outgoing interface
	Redirect                          // of the destination, to the node itself
	Netmap                            // of the network part of one end
)

var translationNames = [...]string{
	DNAT: "dnat", SNAT: "snat", Masquerade: "masquerade", Redirect: "redirect", Netmap: "netmap",
}

// String returns "dnat", "snat", "masquerade", "redirect" or "netmap".
func (t Translation) String() string { return nameOf(translationNames[:], t, "translation") }

// MarshalText returns the name.
func (t Translation) MarshalText() ([]byte, error) { return marshalName(translationNames[:], t) }

// UnmarshalText accepts a name.
func (t *Translation) UnmarshalText(text []byte) error {
	return unmarshalName(translationNames[:], t, text)
}
