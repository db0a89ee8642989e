package judge

import (
	"cmp"
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// retransmissions checks which packets are said to carry only bytes that earlier packets
// carried.
func (j *judging) retransmissions(s *trace.Survey) {
	again, sure := j.repeated()
	j.Stated["retransmissions"] += s.Retransmissions.Packets
	for _, e := range s.Retransmissions.Examples {
		p := j.trace.Journey(e.Journey)
		if mine := j.sighting(p, 0); mine != nil && j.packets[j.keys[mine]].one && !again[j.keys[mine]] {
			j.wrong(WrongSurvey, "%s is called a retransmission, but some of its bytes had not been sent before", j.name(p))
		}
	}
	if n := s.Retransmissions.Packets; sure && j.everywhere() && !j.LostOwn && n != len(again) {
		j.wrong(WrongSurvey, "%d packets are called retransmissions, but there are %d: %v; %v", n, len(again), s.Retransmissions.Examples, again)
	}
}

// repeated returns the segments that carry, past some interface, only bytes that earlier
// segments of their connection and direction carried past it. The result is sure unless some
// segments are equal.
func (j *judging) repeated() (again map[Key]bool, sure bool) {
	type side struct {
		of        *stream
		direction trace.FlowDirection
		at        Port
	}
	var order []*Sighting // the first of each packet at each interface
	sure = true
	for _, p := range j.packets {
		known := map[Port]bool{}
		for _, s := range p.seen {
			if known[s.At] || !j.covered(s) || s.Protocol != layers.IPProtocolTCP || s.Flags&uint8(trace.RST) != 0 || s.sequence() == 0 {
				continue
			}
			known[s.At] = true
			order = append(order, s)
			sure = sure && p.one
		}
	}
	slices.SortFunc(order, func(a, b *Sighting) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq)) })
	sent := map[side]map[uint32]bool{}
	again = map[Key]bool{}
	for _, s := range order {
		of, direction := j.streams.of(s)
		at := side{of, direction, s.At}
		if of == nil {
			continue
		}
		if sent[at] == nil {
			sent[at] = map[uint32]bool{}
		}
		fresh := false
		for n := range s.sequence() {
			fresh = fresh || !sent[at][s.Seq+n]
			sent[at][s.Seq+n] = true
		}
		if !fresh {
			again[j.keys[s]] = true
		}
	}
	return again, sure
}

// sequence returns the number of sequence numbers that a segment occupies (RFC 9293, 3.4).
func (h *header) sequence() uint32 {
	n := uint32(h.Carries)
	for _, f := range []uint8{uint8(trace.SYN), uint8(trace.FIN)} {
		if h.Flags&f != 0 {
			n++
		}
	}
	return n
}
