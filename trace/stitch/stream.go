package stitch

import (
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// stream is the data of one direction of a TCP connection. It is followed at each point
// separately: with segmentation offload, the same bytes pass one point in one packet and
// another in several. Bytes are retransmitted if they pass the same point twice.
type stream struct {
	places  []place
	newest  *track // the newest packet with data, which may be divided
	divided *track // the packet of which a segment was seen last
}

// place is what was captured of a stream at one point.
type place struct {
	point       int
	first, next uint32 // the sequence numbers of the first byte, and of the one after the last
	opened      bool   // the first was that of a SYN: what comes before it is of another connection
	gaps        []gap  // where bytes are missing, newest last
}

// gap is a range of missing bytes, from a sequence number up to another.
type gap struct{ from, to uint32 }

// at returns a point's place, or nil.
func (s *stream) at(point int) *place {
	for i := range s.places {
		if s.places[i].point == point {
			return &s.places[i]
		}
	}
	return nil
}

// repeats records that a packet was seen at a point, and reports whether it carries only
// bytes that earlier packets carried past it. forgotten counts the gaps for which there was no room.
func (s *stream) repeats(p *trace.Headers, point int, forgotten *int) bool {
	if !occupies(p) {
		return false
	}
	from, to := p.TCP.Seq, p.TCP.Seq+p.SequenceLength()
	at := s.at(point)
	switch {
	case at != nil:
	case len(s.places) < maxPlaces:
		s.places = append(s.places, placeOf(p, point))
		return false
	default:
		return false
	}
	switch {
	case p.TCP.Flags&trace.SYN != 0 && from != at.next-1:
		*at = placeOf(p, point)
		return false
	case at.opened && int32(from-at.first) < 0:
		return false
	case int32(to-at.next) > 0:
		if int32(from-at.next) > 0 {
			at.gaps = append(at.gaps, gap{at.next, from})
			*forgotten += at.trim()
		}
		at.next = to
		return false
	case at.fill(from, to):
		*forgotten += at.trim()
		return false // it arrived late, or the first copy was not captured
	case from == at.next-1 && p.Payload <= 1 && p.TCP.Flags&(trace.SYN|trace.FIN) == 0:
		return false // a keep-alive (RFC 9293, 3.8.4)
	}
	return true
}

// placeOf returns the place at which a packet is the first of its stream.
func placeOf(p *trace.Headers, point int) place {
	return place{point: point, first: p.TCP.Seq, next: p.TCP.Seq + p.SequenceLength(), opened: p.TCP.Flags&trace.SYN != 0}
}

// occupies reports whether a packet takes up sequence numbers.
func occupies(p *trace.Headers) bool {
	return p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&trace.RST == 0 && !p.Headless() && p.SequenceLength() > 0
}

// passed reports whether all bytes of a packet passed a point, as far as is known.
func (s *stream) passed(p *trace.Headers, point int) bool {
	if !occupies(p) {
		return false
	}
	at := s.at(point)
	if at == nil {
		return len(s.places) >= maxPlaces
	}
	from, to := p.TCP.Seq, p.TCP.Seq+p.SequenceLength()
	return int32(from-at.first) >= 0 && int32(at.next-to) >= 0 &&
		!slices.ContainsFunc(at.gaps, func(g gap) bool { return g.overlaps(from, to) })
}

func (g gap) overlaps(from, to uint32) bool { return int32(to-g.from) > 0 && int32(g.to-from) > 0 }

// fill records that bytes arrived, and reports whether any of them were missing.
func (s *place) fill(from, to uint32) bool {
	for i, g := range s.gaps {
		if !g.overlaps(from, to) {
			continue
		}
		var left []gap
		if int32(from-g.from) > 0 {
			left = append(left, gap{g.from, from})
		}
		if int32(g.to-to) > 0 {
			left = append(left, gap{to, g.to})
		}
		s.gaps = slices.Replace(s.gaps, i, i+1, left...)
		return true
	}
	return false
}

// trim forgets the oldest gaps beyond the limit, and returns how many.
func (s *place) trim() int {
	more := max(0, len(s.gaps)-maxGaps)
	s.gaps = slices.Delete(s.gaps, 0, more)
	return more
}
