package rule

import "net/netip"

// Facts holds what is known about a packet when rules evaluate it.
type Facts struct {
	In, Out             string // interface names; empty: none
	Source, Destination netip.AddrPort
	Protocol            uint8 // of the IP header
	Ports               bool  // the ports are known: it is not a fragment
	State               State // of its connection; 0 if not known
	// Local reports whether an address is one of the machine's own.
	Local func(netip.Addr) bool
}

// State is the state of a packet's connection, as conntrack classifies the packet
// (enum ip_conntrack_info in include/uapi/linux/netfilter/nf_conntrack_common.h).
type State uint8

// The states.
const (
	Invalid State = iota + 1
	New
	Established
	Related
	Untracked
)
