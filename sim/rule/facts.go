package rule

import "net/netip"

// Facts holds what is known about a packet when rules evaluate it.
type Facts struct {
	In, Out             string // interface names; empty: none
	Source, Destination netip.AddrPort
	Protocol            uint8   // of the IP header
	Ports               bool    // the ports are known: it is not a fragment
	Header              *Header // the rest of its headers; nil if not known
	MAC                 [6]byte // source of the frame that brought it; zero if not known
	State               State   // of its connection; 0 if not known
	Direction           Direction
	// Local reports whether an address is one of the machine's own.
	Local func(netip.Addr) bool
}

// Header holds header fields of a packet that few rules test.
type Header struct {
	TTL, TOS           uint8
	Length             int   // IP total length
	Later              bool  // a fragment other than the first
	Transport          bool  // the fields below are known
	TCPFlags           uint8 // of a TCP segment
	ICMPType, ICMPCode uint8 // of an ICMP message
}

// Direction is a packet's direction in its connection. The zero value means unknown.
type Direction uint8

// The directions.
const (
	Original Direction = iota + 1
	Reply
)

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
