package judge

import (
	"testing"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// TestNearestStream: of two connections whose initial sequence numbers are close to each other, a
// segment belongs to the nearer one, whichever began first.
func TestNearestStream(t *testing.T) {
	segment := func(flags trace.Flags, seq, ack uint32) *Sighting {
		return &Sighting{header: header{Protocol: layers.IPProtocolTCP, Flags: uint8(flags), Seq: seq, Ack: ack}}
	}
	const gap = 1 << 16
	for _, order := range [][]uint32{{0, gap}, {gap, 0}} {
		s := newStreams()
		for _, n := range order {
			s.add(segment(trace.SYN, 1000+n, 0))
			s.add(segment(trace.SYN|trace.ACK, 5000+n, 1001+n))
		}
		for _, n := range order {
			for flags, seq := range map[trace.Flags]uint32{trace.ACK: 1001 + n, trace.ACK | trace.FIN: 1101 + n} {
				c, d := s.of(segment(flags, seq, 5001+n))
				if c == nil || c.client != 1000+n || d != trace.Original {
					t.Errorf("%v: %v of %d is of %+v, in direction %v", order, flags, n, c, d)
				}
			}
			c, d := s.of(segment(trace.ACK, 5001+n, 1001+n))
			if c == nil || c.client != 1000+n || d != trace.Reply {
				t.Errorf("%v: the answer of %d is of %+v, in direction %v", order, n, c, d)
			}
		}
	}
}
