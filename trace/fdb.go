package trace

// FDBEntry is an entry of a bridge's forwarding database, which says behind which port a
// station is, or an address of an interface's own list of stations that it receives for.
type FDBEntry struct {
	MAC       MAC      `json:"mac"`
	Interface string   `json:"interface"`        // the port; or the bridge, for its own addresses
	Bridge    string   `json:"bridge,omitempty"` // empty: the entry is of the interface's own list
	VLAN      uint16   `json:"vlan,omitempty"`   // 0: any
	State     FDBState `json:"state"`
	Flags     []string `json:"flags,omitempty"` // as bridge(8) prints them: "self", "sticky"
}

// Of reports whether an entry belongs to a bridge: to its database, or to the own list of the
// bridge or one of its ports.
func (e *FDBEntry) Of(n *Node, bridge string) bool {
	i := n.Interface(e.Interface)
	return e.Interface == bridge || i != nil && i.Master == bridge
}

// FDBState says how long an [FDBEntry] stays.
type FDBState uint8

// The states of an entry.
const (
	FDBLearned   FDBState = iota + 1 // from a frame that came in by the port, until it has been silent for some time
	FDBStale                         // the same, when that time is over
	FDBStatic                        // until it is removed
	FDBPermanent                     // the address is the node's own
)

var fdbStates = [...]string{FDBLearned: "learned", FDBStale: "stale", FDBStatic: "static", FDBPermanent: "permanent"}

// String returns the name.
func (s FDBState) String() string { return nameOf(fdbStates[:], s, "fdb state") }

// MarshalText returns the name.
func (s FDBState) MarshalText() ([]byte, error) { return marshalName(fdbStates[:], s) }

// UnmarshalText accepts a name.
func (s *FDBState) UnmarshalText(text []byte) error { return unmarshalName(fdbStates[:], s, text) }
