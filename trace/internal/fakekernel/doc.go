// Package fakekernel simulates a network for tests: it knows the truth about every
// packet, and produces the evidence that a real kernel would.
//
//	Topology (data) ─▶ Kernel ─┬─▶ Evidence  frames, rule trace, conntrack events ─▶ what is tested ─▶ journeys
//	                           │                                                                         │
//	                           └─▶ Truth     the path, rules met, changes, and outcome    ─▶ Judge ◀──────┘
//
// A packet's path through a node, and the file that simulates each part:
//
//	frame in ─▶ bridge ─▶ prerouting ─▶ route ─▶ forward ─▶ postrouting ─▶ bridge ─▶ frame out
//	            bridge.go  netfilter.go  ip.go   netfilter.go, conntrack.go
//
// [Kernel.Send] sends one packet at a time. [Kernel.Overlap] moves the evidence of a packet
// back in time, so that several are under way at once. [Kernel.Deliver] hands the evidence
// over as sockets do: late, and out of order where the kernel does not preserve order.
//
// To be independent of the code under test, the package has its own routing, translation
// and rule evaluation. It shares only the types of the evidence.
//
// Only tests may import it.
package fakekernel
