// Package fakekernel simulates a network for tests: it knows the truth about every
// packet, and leaves the evidence that a real kernel would.
//
//	Topology (data) ─▶ Kernel ─┬─▶ Evidence  frames, rule trace, conntrack events ─▶ what is tested ─▶ journeys
//	                           │                                                                         │
//	                           └─▶ Truth     the way, the rules met, the changes, the end ─▶ Judge ◀──────┘
//
// A packet's path through a node, and the file that simulates each part:
//
//	frame in ─▶ bridge ─▶ prerouting ─▶ route ─▶ forward ─▶ postrouting ─▶ bridge ─▶ frame out
//	            bridge.go  netfilter.go  ip.go   netfilter.go, conntrack.go
//
// [Kernel.Send] sends one packet at a time. [Kernel.Overlap] moves the evidence of a packet
// back in time, so that several are under way at once. [Kernel.Deliver] hands the evidence
// over as sockets do: late, and out of order where the kernel does not keep the order.
//
// To judge the code under test, the package shares none with it: it routes, translates
// and evaluates rules by itself. Only the types of the evidence are the real ones.
//
// Only tests may import it.
package fakekernel
