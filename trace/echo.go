package trace

import (
	"net/netip"
	"time"
)

// EchoReply is the answer to one ICMP echo request, as the program that sent the request
// sees it.
type EchoReply struct {
	From     netip.Addr `json:"from"`
	Sequence uint16     `json:"seq"`   // of the request; the first one has 1
	Bytes    int        `json:"bytes"` // of the ICMP message: its header and its data
	TTL      uint8      `json:"ttl"`   // with which it arrived

	// RoundTrip is the time from before the request was sent until the program had the
	// reply, by a clock that is never set.
	RoundTrip time.Duration `json:"rtt"`
}
