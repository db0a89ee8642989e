package packet

import "tracer/trace"

// Packet is a packet that was decoded: its headers, and what identifies it.
type Packet struct {
	trace.Headers
	Key  Key    // what NAT and forwarding leave unchanged
	Hash uint64 // of everything else they leave unchanged: TCP options and the whole payload; 0 if that was not captured whole
}
