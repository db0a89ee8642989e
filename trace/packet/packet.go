package packet

import "tracer/trace"

// Packet is a decoded packet: its headers, and what identifies it.
type Packet struct {
	trace.Headers
	Key  Key    // what NAT and forwarding leave unchanged
	Hash uint64 // of other unchanged data: the payload and TCP options (of a SYN, only the timestamps), or what an ICMP error quotes; 0 if incomplete
}
