// Package trace is the model: what tracer found out about a run or about captures, as
// plain values. It imports nothing else of tracer, reads no kernel, and words no sentence.
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
// A journey of flask-demo, the SYN-ACK on its way back through the host:
//
//	#6 TCP SYN-ACK                                      Journey
//	   host  docker0  in   172.17.0.2:5000 → …          Hop
//	     filter FORWARD -i docker0 … -j ACCEPT          Step
//	     src 172.17.0.2:5000 ⇒ 192.168.52.203:80        Change, with its Cause: conntrack, from #3
//	   host  ens160   out  192.168.52.203:80 → …        Hop
//
// # Who makes a trace, and who reads it
//
// Packages live, correlate and stitch make traces; package export writes and reads them.
// Views get every sentence from package explain.
//
// # Invariants
//
// A trace that was recorded, stitched or read from a file satisfies [Trace.Check]. Views
// rely on that and on nothing more: a packet's number may be dangling, because a filter
// can have left the packet out.
//
// # Facts are values
//
// A verdict, a hook, a state, an address is a typed value from where it is read to where
// it is worded. Values marshal to the text they have in trace.json: enumerations to their
// names, addresses and routes to the usual notation. Types with the same shape there carry
// its keys as tags; what differs is in package export.
package trace
