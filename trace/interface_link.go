package trace

import "net/netip"

// Link is what ip-link(8) and ip-address(8) print about an interface, beyond what
// [Interface] says itself.
type Link struct {
	Type      string           `json:"type"`               // of the link layer: "ether", "loopback"
	Flags     []string         `json:"flags"`              // as ip prints them, without M-DOWN: "BROADCAST", "UP", "LOWER_UP"
	State     string           `json:"state"`              // its operational state (RFC 2863): "UP", "LOWERLAYERDOWN"
	Qdisc     string           `json:"qdisc,omitempty"`    // the queueing discipline: "noqueue"
	QueueLen  int              `json:"qlen,omitempty"`     // of that queue, in packets
	Group     uint32           `json:"group,omitempty"`    // 0: "default"
	Dormant   bool             `json:"dormant,omitempty"`  // the link mode is DORMANT, otherwise DEFAULT
	Broadcast MAC              `json:"brd"`                // the link layer's broadcast address
	Other     *FarEnd          `json:"other,omitempty"`    // the interface it is tied to, such as the other end of a veth pair
	Received  Traffic          `json:"received,omitzero"`  // RX
	Sent      Traffic          `json:"sent,omitzero"`      // TX
	Addresses []AddressDetails `json:"addresses,omitzero"` // in the order of [Interface.Addresses]
}

// FarEnd is an interface that another one names, as in "eth0@if57". In another network
// namespace, its name is not known.
type FarEnd struct {
	Index int `json:"index"`
	// Namespace is the kernel's number for that namespace (link-netnsid); nil: this one.
	Namespace *int `json:"netnsid,omitempty"`
}

// Traffic counts an interface's frames in one direction.
type Traffic struct {
	Bytes      uint64 `json:"bytes,omitempty"` // with the Ethernet header
	Packets    uint64 `json:"packets,omitempty"`
	Errors     uint64 `json:"errors,omitempty"`
	Dropped    uint64 `json:"dropped,omitempty"`
	Missed     uint64 `json:"missed,omitempty"`    // received: for lack of room
	Multicast  uint64 `json:"multicast,omitempty"` // received
	Carrier    uint64 `json:"carrier,omitempty"`   // sent: losses of carrier
	Collisions uint64 `json:"collisions,omitempty"`
}

// Forever is the lifetime of an address that does not expire.
const Forever = 0xffffffff

// AddressDetails is an address of an interface with everything that ip prints about it.
type AddressDetails struct {
	Address   netip.Prefix `json:"address"`
	Peer      netip.Prefix `json:"peer,omitzero"` // the other end of a point-to-point link
	Broadcast netip.Addr   `json:"brd,omitzero"`
	Scope     Scope        `json:"scope,omitzero"`
	Flags     []string     `json:"flags,omitempty"` // as ip prints them: "secondary", "tentative"
	Label     string       `json:"label,omitempty"` // IPv4's name for it: "eth0", or "eth0:0"
	Valid     uint32       `json:"valid"`           // its remaining lifetime in seconds, or Forever
	Preferred uint32       `json:"preferred"`
}
