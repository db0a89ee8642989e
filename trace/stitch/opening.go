package stitch

import (
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// opener returns the conversation of a segment of unknown ends that opens a connection or directly
// follows its SYN, judging by the SYN's sequence number and one of the ends. The ends differ on one
// side if the join has missed a translation: the SYN was held back for too long, or no capture shows
// the reply before its translation is reversed.
func (c *conversations) opener(p *trace.Headers, point int) (e entrance, known bool) {
	if p.Protocol != layers.IPProtocolTCP {
		return entrance{}, false
	}
	ends, syn := p.Parties(), p.TCP.Flags&trace.SYN != 0
	if p.TCP.Flags&trace.ACK != 0 {
		if n := c.opened[p.TCP.Ack-1]; n.shares(ends.Reversed()) {
			return entrance{n, trace.Reply}, true
		}
		if syn {
			return entrance{}, false
		}
	}
	if !syn {
		n := c.opened[p.TCP.Seq-1]
		return entrance{n, trace.Original}, n.shares(ends)
	}
	n := c.opened[p.TCP.Seq]
	// A scanner may reuse one sequence number, but its SYNs are all first seen at the same point.
	return entrance{n, trace.Original}, n.shares(ends) && n.point != point
}

// shares reports whether one of two ends is the conversation's, in the original direction. A nil
// conversation has none.
func (n *Conversation) shares(ends trace.Ends) bool {
	return n != nil && slices.ContainsFunc(n.Forms, func(f trace.Ends) bool {
		return f.Source == ends.Source || f.Destination == ends.Destination
	})
}

// openedBy reports whether a SYN, or the SYN-ACK that answers it, opened a conversation.
func (n *Conversation) openedBy(p *trace.Headers) bool {
	if p.TCP.Flags&trace.ACK != 0 {
		return n.begun == p.TCP.Ack-1
	}
	return n.begun == p.TCP.Seq
}
