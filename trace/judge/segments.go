package judge

import (
	"cmp"
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// segments checks that the segments of a packet carry exactly its payload, and that no packet
// whose segments were seen is said to have ended otherwise.
func (j *judging) segments(p *trace.Journey) {
	whole := j.sighting(p, len(p.Hops)-1)
	if p.Outcome.Kind != trace.OutcomeSegmented {
		if whole == nil || ambiguous(p) || len(j.segmentsOf(whole)) == 0 {
			return
		}
		if !j.unknown(p) {
			j.wrong(WrongSegments, "%s was divided at %s:%s", j.name(p), whole.At.Node, path(p))
		}
		return
	}
	j.Stated["segments"] += len(p.Outcome.Segments)
	var list []*Sighting
	for _, id := range p.Outcome.Segments {
		var s *Sighting
		if segment := j.trace.Journey(id); segment != nil {
			s = j.sighting(segment, 0)
		}
		if s == nil || !s.Out || s.At.Node != p.Outcome.Node || s.Protocol != layers.IPProtocolTCP {
			j.wrong(WrongSegments, "%s: #%d is not a segment that %s sent", j.name(p), id, p.Outcome.Node)
			return
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Sighting) int { return cmp.Compare(int32(a.Seq-b.Seq), 0) })
	next := list[0].Seq
	if whole != nil {
		next = whole.Seq
	}
	for _, s := range list {
		if s.Seq != next || s.Ack != list[0].Ack || s.Stamps != list[0].Stamps {
			j.wrong(WrongSegments, "%s: [%s] is not its next segment, which would have seq %d", j.name(p), j.keys[s], next)
		}
		next += uint32(s.Carries)
	}
	if whole != nil && next != whole.Seq+uint32(whole.Carries) {
		j.wrong(WrongSegments, "%s has %d bytes, its segments %d:%s", j.name(p), whole.Carries, next-whole.Seq, path(p))
	}
}

// segmentsOf returns the sightings of a packet's segments on leaving the node that divided it.
func (j *judging) segmentsOf(whole *Sighting) (list []*Sighting) {
	if whole.Protocol != layers.IPProtocolTCP || whole.Offset > 0 || whole.Size <= cableMTU {
		return nil
	}
	for i := range j.Sightings {
		s := &j.Sightings[i]
		if s.Out && s.At.Node == whole.At.Node && s.Protocol == whole.Protocol && s.Stamps == whole.Stamps && s.Ack == whole.Ack &&
			s.Size < whole.Size && s.Carries > 0 && int(s.Seq-whole.Seq)/s.Carries == int(uint16(s.ID-whole.ID)) && int(s.Seq-whole.Seq)+s.Carries <= whole.Carries && !s.Time.Before(whole.Time) {
			list = append(list, s)
		}
	}
	return list
}

// cableMTU is the MTU of Ethernet: longer packets await segmentation offload.
const cableMTU = 1500
