// Package live records networks: it captures frames in every node, and where packets are
// forwarded also reads the rule trace and connection tracking.
//
//	scenario ─▶ sim.Build ─▶ Network ──▶ requests               Session
//	              │ in each empty node
//	              ├─ capture.Source ────┐
//	              ├─ nftrace.Reader ────┼─▶ queue ─▶ correlator   Recorder
//	              └─ conntrack.Reader ──┘
//
// A [Session] combines a scenario, its lab and a Recorder. Readers are opened before the
// first frame can pass. A run ends when every TCP connection of the lab is closed on both
// sides, or half a second after the last request: by then the kernel has queued everything
// about them, and the readers are drained before they close.
//
// A [Recorder] knows only a [Network]: its nodes, how to run code in them, and what they
// look like. A lab is one. There are two ways to get what was recorded:
//
//	at the end    Stop returns a trace of everything      readers cost the traffic little; bounded by limits
//	meanwhile     Options.Each gets packet after packet   runs as long as needed; bounded by the traffic
package live
