package nftrace

// The numbers that a [Probe] gives to packets, as their marks (skb->mark). A packet that
// has no mark yet gets the next number in the first chain that it enters, before all
// rules; from then on, every frame and every message about it in this namespace carries
// the number. NAT does not change it, nor does a bridge that calls iptables. Fragments
// carry their datagram's number, copies flooded by a bridge the original's. A retransmission
// gets a number of its own. An incoming frame has none yet at the interface where it enters
// the namespace (at docker0 it has one if it entered by a bridge port), and the kernel clears
// the number when the packet leaves the namespace.
//
//	bits 31-29  28                   27        26-0
//	     011    0: came in,          0: IPv4,  counts up, and starts again after 2^27 packets
//	            1: sent by the node  1: IPv6
//
// Reports of multicast groups (RFC 3376, 3810) that the node sends seem to have a mark already:
// there, the kernel has kept something else (reserved_tailroom in struct sk_buff, set by
// igmpv3_newpack in net/ipv4/igmp.c and mld_newpack in net/ipv6/mcast.c). They get a number as well.
//
// The four chains that assign numbers count independently, hence bits 28 and 27. Bits 31 to 29
// avoid collisions with marks that people choose.
const (
	markBase   = 0b011 << 29
	markOutput = 1 << 28
	markIPv6   = 1 << 27
	markCount  = 1 << 27
)

// Numbered reports whether a mark is the number that a [Probe] has given to a packet.
// Within a namespace, no two packets have the same number for some minutes.
func Numbered(mark uint32) bool { return mark>>29 == markBase>>29 }
