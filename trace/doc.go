// Package trace follows each packet as one object: from interface to interface,
// through the hooks of netfilter, and across every rewriting of its headers.
//
// Three kinds of evidence go in, as the kernel gives them:
//
//	capture.Frame      a frame on an interface, with direction and time
//	nftrace.Message    a rule that a packet met, or its headers at a hook
//	conntrack.Event    an entry that connection tracking made or changed
//
// and journeys come out:
//
//	#6 TCP SYN-ACK                                    a Journey
//	   flask  eth0     out  172.17.0.2:5000 → …       a Hop: a frame
//	   host   docker0  in   unchanged                 a Hop
//	     FORWARD -i docker0 ! -o docker0 -j ACCEPT    a Step: a rule it met
//	     src 172.17.0.2:5000 ⇒ 192.168.52.203:80      a Change, with its Cause
//	   host   ens160   out  192.168.52.203:80 → …     a Hop
//
// # How it works
//
// Interfaces and hooks are both points where a packet is seen. A sighting is one
// packet at one point; a journey is its sightings in order; a change is what
// differs between two neighbours; and the cause of a change is sought between
// them.
//
//	frames ──reorder──▶ joiner ──▶ walks ─┐
//	rule messages ────▶ passes ───────────┼─claim─▶ assemble ─▶ Journey
//	conntrack events ─▶ connections ──────┘
//
// Sightings are joined by what does not change ([Key]), by where a packet can
// get from a point in one stride ([Chart]), and by what its headers can have
// become there: on a cable and through a bridge nothing changes; through a
// node's IP layer the TTL goes down by one and the addresses become what the
// connection's entry says. Neither the trace id of nf_tables nor the IP
// identification takes part: the first is used again for other packets, the
// second is 0 in every SYN-ACK.
//
// A cause is named only if it accounts for what was seen: a DNAT rule must lead
// to the address that appeared, a conntrack entry must translate to it, a route
// must lead to the interface that was used. Otherwise the change is inferred,
// and says so. Sightings that fit two packets equally well are marked as
// ambiguous.
//
// # Without evidence
//
// Captures that were taken elsewhere have neither a chart nor evidence from a
// kernel. A [Stitcher] joins them by the same keys with the same joiner; its causes
// are all inferred.
//
//	sightings ──joiner──▶ Walk ──▶ Journey, or only counted
//
// # Invariants
//
// A trace that was recorded, stitched or read from a file satisfies [Trace.Check]. Views
// rely on that and on nothing more: a packet's number may be dangling, because a filter
// can have left the packet out.
//
// # What it leaves out
//
// Reading the kernel is done by the packages capture, nftrace and conntrack;
// running a scenario by package live; words by package explain. IPv6 packets are
// followed from interface to interface, but without rules and connections.
// Fragments of IP are followed one by one.
package trace
