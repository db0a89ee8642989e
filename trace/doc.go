// Package trace is the model: the results of a run or of capture files, as plain values.
// It imports no other package of tracer, reads nothing from the kernel, and writes no
// sentences.
//
//	Trace
//	├── State      the network: nodes, interfaces, routes, neighbours, rules as text
//	├── Frames     captured bytes, where and when
//	├── Flows      conversations, with their conntrack entries
//	├── Journeys   one for each packet
//	│   ├── Hop        a frame at an interface, with the packet's Headers there
//	│   │   ├── Steps      rules it met since the previous hop, and the Verdict of each
//	│   │   └── Changes    header fields that differ, each with its Cause
//	│   └── Outcome    how it ended: delivered, dropped by whom, last seen where
//	├── Survey     of captures: what many packets have in common
//	└── Gaps       what is missing
//
// A journey from flask-demo: the SYN-ACK on its way back through the host:
//
//	#6 TCP SYN-ACK                                      Journey
//	   host  docker0  in   172.17.0.2:5000 → …          Hop
//	     filter FORWARD -i docker0 … -j ACCEPT          Step
//	     src 172.17.0.2:5000 ⇒ 192.168.52.203:80        Change, with its Cause: conntrack, from #3
//	   host  ens160   out  192.168.52.203:80 → …        Hop
//
// # Producers and consumers
//
// Packages live, correlate and stitch produce traces; package export writes and reads
// them. Views get all their sentences from package explain.
//
// # Invariants
//
// A trace that was recorded, stitched or read from a file satisfies [Trace.Check]. Views
// rely on that and nothing more: a packet number may dangle, because a filter may have
// left the packet out.
//
// # Facts are values
//
// A verdict, a hook, a state, an address is a typed value from where it is read to where
// it is worded. Values marshal to the text they have in trace.json: enumerations to their
// names, addresses and routes to the usual notation. Types with the same shape there carry
// its keys as tags; what differs is in package export.
package trace
