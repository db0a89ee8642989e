package trace

import "github.com/google/gopacket/layers"

// Retransmissions maps the number of each retransmitted TCP segment to that of the packet
// that first carried its first byte. A segment with any new byte is not a retransmission,
// and neither is one that carries nothing, such as a repeated acknowledgement.
func (t *Trace) Retransmissions() map[int]int {
	type stream struct {
		flow      int
		direction FlowDirection
	}
	sent, repeated := map[stream][]*Journey{}, map[int]int{}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if len(j.Hops) == 0 || j.Hops[0].Packet.Protocol != layers.IPProtocolTCP || j.Hops[0].Packet.SequenceLength() == 0 {
			continue
		}
		k := stream{j.Flow, j.Direction}
		if first := carrier(sent[k], &j.Hops[0].Packet); first != nil {
			repeated[j.ID] = first.ID
		} else {
			sent[k] = append(sent[k], j)
		}
	}
	return repeated
}

// carrier returns the packet that carried the first byte of a segment, if all of the
// segment was sent before, or nil. A list has only packets with something new.
func carrier(sent []*Journey, p *Headers) (first *Journey) {
	end, covered := p.TCP.Seq+p.SequenceLength(), false
	for _, j := range sent {
		o := &j.Hops[0].Packet
		if first == nil && o.carries(p.TCP.Seq) {
			first = j
		}
		covered = covered || o.carries(end-1)
	}
	if !covered {
		return nil
	}
	return first
}

// carries reports whether a segment has a sequence number. Sequence numbers wrap around
// (RFC 9293, 3.4).
func (p *Headers) carries(seq uint32) bool { return seq-p.TCP.Seq < p.SequenceLength() }
