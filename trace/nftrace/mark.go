package nftrace

// The numbers that a [Probe] gives to packets, as their marks (skb->mark). A packet that
// has no mark yet gets the next number in the first chain that it enters, before all
// rules; from then on, every frame and every message about it in this namespace carries
// the number. NAT does not change it, nor does a bridge that calls iptables. Fragments
// carry their datagram's, copies that a bridge floods the original's. A retransmission
// gets a number of its own. A frame that comes in has none yet where it enters the
// namespace (it has on docker0, when a bridge port was first), and the kernel clears the
// number when the packet leaves the namespace.
//
//	bits 31-29  28                   27-0
//	     011    0: came in,          counts up, and starts again after 2^28 packets
//	            1: sent by the node
//
// The two chains that give numbers count on their own, hence bit 28. Bits 31 to 29 keep
// clear of marks that people choose.
const (
	markBase   = 0b011 << 29
	markOutput = 1 << 28
	markCount  = 1 << 28
)

// Numbered reports whether a mark is the number that a [Probe] has given to a packet.
// Within a namespace and some minutes, no two packets have the same.
func Numbered(mark uint32) bool { return mark>>29 == markBase>>29 }
