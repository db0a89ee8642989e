package trace

// Counts are a node's counters of IP packets at one instant. Those of a recording are the
// difference of two.
//
// The kernel does not count every packet that it drops: those with a martian source, for
// example, or to a multicast group that was not joined. But it counts the packets that
// arrive and those that are delivered, so missing ones show in the difference.
type Counts [CounterLast + 1]uint64

// Counter is one of a node's counters.
type Counter uint8

// The counters (SNMP and Linux's own, RFC 4293 and include/uapi/linux/snmp.h). The first
// ones count packets in transit, all others lost packets. Those of IPv6 come last.
const (
	InReceives    Counter = iota
	InDelivers            // handed to TCP, UDP, ICMP, …; once for a fragmented packet
	ForwDatagrams         // forwarded
	OutRequests           // sent by the node itself
	ReassemblyRequired
	ReassemblyDone
	FragmentsCreated

	InHeaderErrors  // bad header, or the TTL expired
	InAddressErrors // for another node, and this one does not forward
	InUnknownProtocols
	InDiscards
	OutDiscards
	OutNoRoutes
	ReassemblyFailed
	FragmentationFailed // too big, with DF set
	InNoRoutes
	InTruncated
	ReversePathFilter // rp_filter
	UDPNoPort         // no socket
	UDPInErrors       // bad checksum, or the socket's queue is full
	UDPSendErrors
	TCPInErrors
	TCPListenDrops // the queue of a listening socket is full, or the packet is invalid there
	TCPBacklogDrop
	ICMPInErrors
	ICMPRateLimited // errors that were not sent
	ConntrackDrop   // the table is full, or the packet cannot be tracked
	ConntrackInsertFailed

	In6Receives
	In6Delivers
	Forw6Datagrams
	Out6Requests
	Reassembly6Required
	Reassembly6Done
	Fragments6Created

	In6HeaderErrors  // bad header, or the hop limit expired
	In6AddressErrors // for an address that cannot be a destination here
	In6UnknownProtocols
	In6Discards
	Out6Discards
	Out6NoRoutes
	Reassembly6Failed
	Fragmentation6Failed
	In6NoRoutes
	In6Truncated
	In6TooBig // exceeds the outgoing MTU
	UDP6NoPort
	UDP6InErrors
	UDP6SendErrors
	ICMP6InErrors

	CounterLast = ICMP6InErrors
)

const (
	firstDrop  = InHeaderErrors
	firstIPv6  = In6Receives
	firstDrop6 = In6HeaderErrors
)

// Loses reports whether the counter counts packets that are lost.
func (c Counter) Loses() bool { return c >= firstDrop && (c < firstIPv6 || c >= firstDrop6) }

var counterNames = [...]string{
	InReceives: "IpInReceives", InDelivers: "IpInDelivers", ForwDatagrams: "IpForwDatagrams", OutRequests: "IpOutRequests",
	ReassemblyRequired: "IpReasmReqds", ReassemblyDone: "IpReasmOKs", FragmentsCreated: "IpFragCreates",
	InHeaderErrors: "IpInHdrErrors", InAddressErrors: "IpInAddrErrors", InUnknownProtocols: "IpInUnknownProtos",
	InDiscards: "IpInDiscards", OutDiscards: "IpOutDiscards", OutNoRoutes: "IpOutNoRoutes",
	ReassemblyFailed: "IpReasmFails", FragmentationFailed: "IpFragFails",
	InNoRoutes: "IpExtInNoRoutes", InTruncated: "IpExtInTruncatedPkts", ReversePathFilter: "TcpExtIPReversePathFilter",
	UDPNoPort: "UdpNoPorts", UDPInErrors: "UdpInErrors", UDPSendErrors: "UdpSndbufErrors",
	TCPInErrors: "TcpInErrs", TCPListenDrops: "TcpExtListenDrops", TCPBacklogDrop: "TcpExtTCPBacklogDrop",
	ICMPInErrors: "IcmpInErrors", ICMPRateLimited: "IcmpOutRateLimitGlobal",
	ConntrackDrop: "conntrack drop", ConntrackInsertFailed: "conntrack insert_failed",

	In6Receives: "Ip6InReceives", In6Delivers: "Ip6InDelivers", Forw6Datagrams: "Ip6OutForwDatagrams", Out6Requests: "Ip6OutRequests",
	Reassembly6Required: "Ip6ReasmReqds", Reassembly6Done: "Ip6ReasmOKs", Fragments6Created: "Ip6FragCreates",
	In6HeaderErrors: "Ip6InHdrErrors", In6AddressErrors: "Ip6InAddrErrors", In6UnknownProtocols: "Ip6InUnknownProtos",
	In6Discards: "Ip6InDiscards", Out6Discards: "Ip6OutDiscards", Out6NoRoutes: "Ip6OutNoRoutes",
	Reassembly6Failed: "Ip6ReasmFails", Fragmentation6Failed: "Ip6FragFails",
	In6NoRoutes: "Ip6InNoRoutes", In6Truncated: "Ip6InTruncatedPkts", In6TooBig: "Ip6InTooBigErrors",
	UDP6NoPort: "Udp6NoPorts", UDP6InErrors: "Udp6InErrors", UDP6SendErrors: "Udp6SndbufErrors", ICMP6InErrors: "Icmp6InErrors",
}

// String returns the counter as nstat(8) names it: "IpInHdrErrors".
func (c Counter) String() string { return nameOf(counterNames[:], c, "counter") }

// MarshalText returns the name.
func (c Counter) MarshalText() ([]byte, error) { return marshalName(counterNames[:], c) }

// UnmarshalText parses a name.
func (c *Counter) UnmarshalText(text []byte) error { return unmarshalName(counterNames[:], c, text) }

// Since returns what was counted since an earlier instant.
func (c *Counts) Since(before *Counts) (out Counts) {
	for i := range c {
		out[i] = c[i] - before[i]
	}
	return out
}

// Add adds what was counted in another period.
func (c *Counts) Add(more *Counts) {
	for i := range c {
		c[i] += more[i]
	}
}

// Lost returns the counters that counted lost packets.
func (c *Counts) Lost() (list []Counter) {
	for i, n := range c {
		if k := Counter(i); n > 0 && k.Loses() {
			list = append(list, k)
		}
	}
	return list
}
