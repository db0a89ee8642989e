// Package live runs a scenario and records it: it builds the lab, opens every
// reader of evidence in every node before the first frame can pass, sends the
// traffic, and then follows the packets through what the kernel has said.
//
//	scenario ─▶ sim.Build ──────────────▶ Lab ──▶ requests
//	              │ in each empty node
//	              ├─ capture.Source ──────┐
//	              ├─ nftrace.Reader ──────┼─▶ kept ─▶ trace.Correlator ─▶ trace.Trace
//	              └─ conntrack.Reader ────┘
//
// A run ends when every TCP connection of the lab is closed on both sides, and
// not after a length of time: then all that belongs to it has been queued by
// the kernel, and the readers are drained before they close.
package live
