package join

import (
	"slices"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace"
)

// anywhere is a [Topology] in which one packet is seen at any point, any number of times;
// some sightings are inserted before others.
type anywhere struct{ place func(n int) int }

func (anywhere) Score(*Track[int], *Sighting) Score     { return Exact }
func (a anywhere) Place(t *Track[int], _ *Sighting) int { return a.place(len(t.Sightings)) }
func (anywhere) Reaches(*Sighting, *Sighting) bool      { return true }
func (anywhere) Distinct(t, o *Track[int]) bool         { return false }

// TestIndex: a track with many sightings answers like one that looks at each.
func TestIndex(t *testing.T) {
	first := labtest.Seed(t)
	for seed := first; seed < first+50; seed++ {
		r := labtest.RandomOf(seed)
		place := func(n int) int { return n - min(n, r.IntN(5)) }
		j := &joining{Joiner: New[int](anywhere{place}, time.Hour, nil)}
		for i := range 6 * manySightings {
			s := j.sighting(r.IntN(12), 1, i)
			s.Direction, s.Packet.TTL = trace.Direction(r.IntN(3)), uint8(62+r.IntN(3))
			track, _ := j.Add(s)
			if (track.index != nil) != (len(track.Sightings) > manySightings) {
				t.Fatalf("TRACER_SEED=%d: %d sightings, an index: %v", seed, len(track.Sightings), track.index != nil)
			}
			asked := j.sighting(r.IntN(14), 1, 0)
			asked.Direction, asked.Packet.TTL = trace.Direction(r.IntN(3)), uint8(62+r.IntN(3))
			if !sameAt(track, asked.Point) || !sameVisits(track, asked, time.UnixMilli(int64(r.IntN(i+1)))) {
				t.Fatalf("TRACER_SEED=%d: after %d sightings, the index is wrong about point %d", seed, i+1, asked.Point)
			}
		}
	}
}

func sameAt(t *Track[int], point int) bool {
	i := slices.IndexFunc(t.Sightings, func(s Sighting) bool { return s.Point == point })
	if i < 0 {
		return t.At(point) == nil
	}
	return t.At(point) == &t.Sightings[i]
}

// sameVisits asks whether the packet was seen like s outside of a window, and whether at all.
func sameVisits(t *Track[int], s *Sighting, limit time.Time) bool {
	s.Time = limit
	const window = 20 * time.Millisecond
	outside, any := false, false
	for _, o := range t.Sightings {
		if o.Point == s.Point && o.Packet.TTL == s.Packet.TTL && (o.Direction == 0 || s.Direction == 0 || o.Direction == s.Direction) {
			outside, any = outside || Apart(o.Time, limit) > window, true
		}
	}
	return t.Repeats(s, window) == outside && t.Repeats(s, -1) == any
}
