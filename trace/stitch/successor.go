package stitch

import (
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// owner returns the connection that a segment belongs to, of two in succession that had the
// same ends. After a SYN, the other end may still be in the earlier one: it acknowledges
// what it received there, and the answer to that is a reset (RFC 9293, 3.5.1).
func (n *Conversation) owner(p *trace.Headers, d trace.FlowDirection) *Conversation {
	o := n.previous
	if o == nil || o.forgotten || p.Protocol != layers.IPProtocolTCP || p.Headless() {
		return n
	}
	if o.distance(p, d) < near && n.distance(p, d) > far {
		return o
	}
	return n
}

const (
	// near is how far a segment's numbers may be from the last ones seen, if it belongs to a
	// connection, and far is how far they must be if it does not.
	near = 1 << 20
	far  = 1 << 24
)

// distance returns how far a segment's numbers are from the last ones seen: of what it
// acknowledges, or else of its own bytes.
func (n *Conversation) distance(p *trace.Headers, d trace.FlowDirection) uint32 {
	of, number := &n.sides[d-1], p.TCP.Seq
	if there := &n.sides[d.Opposite()-1]; p.TCP.Flags&trace.ACK != 0 && there.known {
		of, number = there, p.TCP.Ack
	}
	if !of.known {
		return 1 << 31
	}
	return min(number-of.next, of.next-number)
}
