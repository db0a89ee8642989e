package packet

import "tracer/trace"

// Packet is a decoded packet: its headers, and what identifies it.
type Packet struct {
	trace.Headers
	Key  Key    // what NAT and forwarding leave unchanged
	Hash uint64 // of other unchanged data: TCP options and the whole payload; 0 if that is incomplete
}
