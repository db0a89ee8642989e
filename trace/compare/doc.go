// Package compare finds where two traces of a lesson differ: with and without a fault, on two
// engines, or in two runs.
//
//	A  requests ─┐ the same      conversations    packets            moments
//	             ├─▶ request ─▶  opener, target ─▶ direction, role ─▶ hook, rule, change, place, end
//	B  requests ─┘               in order         in order           longest common subsequence
//
//	#3 SYN   both   client/eth0 ─▶ host/ens160 ─▶ DNAT ─▶ ttl ─▶ filter FORWARD
//	         A                                                    └▶ DOCKER … ACCEPT ─▶ docker0 ─▶ flask
//	         B                                                    └▶ no rule of DOCKER ─▶ policy DROP
//
// [Traces] pairs the requests of two traces, the conversations within a request, and the packets
// within a conversation: SYN with SYN, the second segment of data with the second. It then
// compares how the two packets of each pair fared, moment by moment (package explain).
//
// # What is not a difference
//
// Two runs of the same lesson are equal. So what the kernel or the lab chooses anew in each run
// is not compared: times, ephemeral ports, identifiers, hardware addresses, handles, counters,
// and interfaces and addresses that only have another name (names.go). Neither is what
// depends on timing (lane.go): packets in the background, retransmissions and further segments that
// fared like an earlier packet, acknowledgments that another segment may carry, and unicast
// requests for hardware addresses. Such
// packets are [Packet.Incidental] if the other trace lacks them.
//
// # Different engines
//
// Two releases of Docker Engine, or its two firewalls, do the same things with different rules.
// So if a node has another engine in the other trace, a packet's fate is compared, but not the
// rules that decide it: the hooks and places that it reaches, what changes at which hook, whether
// a rule or a conntrack entry changes it, and how it ends. What both do with different rules is in
// [Comparison.Deciders]. If a packet is dropped on one side only, the difference is
// the rule that drops it, and what decides at that hook on the other side.
//
// # What is not known
//
// Packets with equal roles are told apart by their order alone. If one trace has more of them,
// and some fared differently, then which is which cannot be known, and the difference is
// [Difference.Uncertain]. So is one that may be due only to what a trace lacks: captures
// from elsewhere, frames or rule steps that were lost, and sightings that are ambiguous.
package compare
