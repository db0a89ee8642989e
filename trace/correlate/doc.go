// Package correlate follows packets through a network whose kernel reports what it does
// with them, and names the cause of every change.
//
// Four kinds of evidence go in, as the kernel gives them, and journeys come out:
//
//	trace.Frame       a frame on an interface ──────▶ reorder ─▶ join.Joiner ─▶ tracks ─┐
//	nftrace.Message   a rule met, headers at a hook ▶ evaluations ─▶ traversals ────────┼─▶ assemble ─▶ trace.Journey
//	conntrack.Event   an entry made or changed ─────▶ ctEntries ────────────────────────┤
//	Snapshot          interfaces, routes, rules ────▶ Graph ────────────────────────────┘
//
// # Points, observations, changes
//
// Interfaces and hooks are both places where a packet is observed. A difference between
// two consecutive observations is a change, and its cause is sought between them.
//
//	eth0 in          prerouting      prerouting        forward         eth1 out
//	  frame ───────── before nat ─── after nat ───────── … ──────────── frame
//	                        └─ dst changed here: by the DNAT rule met between the two
//
// A cause is named only if it accounts for what was observed: a DNAT rule must lead to the
// address that appeared, a conntrack entry must translate to it, a route must lead to the
// interface that was used. Otherwise the cause is marked as inferred.
//
// # Which rules did a packet meet?
//
// The kernel's trace id does not identify a packet: it is reused for later packets, and
// changes within one packet when a bridge hands it to the IP layer. It is reliable within
// one base chain: an evaluation. A packet's evaluations in one node, in the order of the
// hooks, are a traversal. A traversal is assigned to the track with the same key whose
// frames have the headers with which it begins or ends.
//
// # Networks that change
//
// A correlator can run indefinitely. [Correlator.Update] gives it the network's latest
// state; rules and interfaces that are gone are remembered for a while.
// [Correlator.Advance] finishes journeys while no frames arrive, and
// [Correlator.ForgetFlows] bounds the only result that it keeps.
//
// # Left out
//
// IPv6 packets are followed from interface to interface, but without rules and
// connections. IP fragments are followed individually.
package correlate
