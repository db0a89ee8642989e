package conntrack

import (
	"fmt"
	"strings"
	"time"

	"tracer/trace"
)

// Entry is the kernel's record of a connection.
type Entry struct {
	ID       uint32 // unique in the namespace while the entry exists
	Original Tuple
	Reply    Tuple
	Status   Status
	State    trace.TCPState // zero for other protocols

	Zone uint16 // zones have entries of their own, even for equal tuples
	Mark uint32 // of the connection, as CONNMARK sets it

	// Started and Stopped are when the entry was made and removed. They are zero unless
	// net.netfilter.nf_conntrack_timestamp is 1.
	Started, Stopped time.Time
}

// Translate returns the tuple that a packet with tuple t leaves with, and its direction.
// ok is false if the packet does not belong to this connection.
func (e *Entry) Translate(t Tuple) (to Tuple, d trace.FlowDirection, ok bool) {
	switch t {
	case e.Original:
		return e.Reply.Reversed(), trace.Original, true
	case e.Reply:
		return e.Original.Reversed(), trace.Reply, true
	}
	return Tuple{}, 0, false
}

// String returns the entry as conntrack -L prints it, without the timeout, mark and use
// count: "tcp ESTABLISHED src=… dst=… sport=… dport=… src=… [ASSURED]".
func (e *Entry) String() string {
	parts := []string{protocolName(e.Original.Protocol)}
	if e.State != 0 {
		parts = append(parts, e.State.String())
	}
	parts = append(parts, e.Original.String())
	if e.Status&SeenReply == 0 {
		parts = append(parts, "[UNREPLIED]")
	}
	parts = append(parts, e.Reply.String())
	if e.Status&Assured != 0 {
		parts = append(parts, "[ASSURED]")
	}
	return strings.Join(parts, " ")
}

func protocolName(p uint8) string {
	switch p {
	case icmp:
		return "icmp"
	case tcp:
		return "tcp"
	case udp:
		return "udp"
	case icmpv6:
		return "icmpv6"
	}
	return fmt.Sprintf("unknown %d", p)
}
