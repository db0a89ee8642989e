package stitch

import (
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/join"
)

// TestTurned: a router that sends a packet back out of the interface where it came in has it
// there first, whatever other packets did.
//
//	r2/up ── r1/wan, and back
func TestTurned(t *testing.T) {
	const up, wan = 0, 1
	at := time.Unix(1_700_000_000, 0)
	seen := func(point int, ttl uint8, after time.Duration) join.Sighting {
		s := join.Sighting{Point: point, Time: at.Add(after)}
		s.Packet.TTL = ttl
		return s
	}
	var o precedence
	o.grow(2)
	client := membership{direction: trace.Original}
	for range 9 { // the usual way
		o.learn(&track{Sightings: []join.Sighting{seen(up, 64, 0), seen(wan, 64, 1)}, Client: client}, 1)
	}
	turned := &track{Sightings: []join.Sighting{seen(up, 64, 0), seen(wan, 64, 1), seen(up, 63, 2), seen(wan, 63, 2)}, Client: client}
	o.settle(turned)
	for i, want := range []int{up, wan, wan, up} {
		if got := turned.Sightings[i].Point; got != want {
			t.Errorf("sighting %d is at %d", i, got)
		}
	}
}
