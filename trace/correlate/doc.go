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
// # Which sightings are one packet?
//
// In most nodes, the kernel numbers packets (see package nftrace), and both frames and
// messages carry the number: marks.go joins them by it, whatever the node did to the
// headers. Between nodes, and where there are no numbers, the joiner compares everything that
// forwarding and NAT leave unchanged. The fragments of a datagram are collected first.
//
//	eth0 in ──same headers, same order──▶ first chain: 7 ──▶ …: 7 ──▶ eth1 out: 7
//
// # Which rules did a packet meet?
//
// A packet's way through one base chain is an evaluation; its evaluations in one node, in
// the order of the hooks, are a traversal. Without numbers, the kernel's trace id holds
// only within an evaluation: it is reused for later packets, and changes when a bridge
// hands a packet to the IP layer. A traversal is then assigned to the track with the same
// key whose frames have the headers with which it begins or ends.
//
// # Connections
//
// A conntrack entry lives from its first event to its last; its id and its tuples are used
// again. It has up to two translations, each decided by a packet and a rule. A packet has a
// place in one entry for each stay in a node, since it can pass a node twice.
//
// # Fate
//
// The files fate_*.go follow the kernel's order: ingress, netfilter, routing, delivery. What
// the evidence does not decide is last seen, never delivered.
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
// Rule steps of IPv6 packets with extension headers: netfilter's messages do not name the
// protocol behind these. The fragments of an incomplete datagram are followed one by one.
package correlate
