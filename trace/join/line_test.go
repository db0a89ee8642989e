package join

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/packet"
)

// line is a [Topology] whose points are in a row: packets go from each to any later one,
// and NAT may change their ends on the way.
//
//	0 ──▶ 1 ──▶ 2 ──▶ …
type line struct{}

func (line) Score(t *Track[int], s *Sighting) Score {
	if t.At(s.Point) != nil {
		return 0
	}
	last := &t.Sightings[len(t.Sightings)-1]
	src, dst := last.Packet.Src == s.Packet.Src, last.Packet.Dst == s.Packet.Dst
	switch {
	case src && dst:
		return Exact
	case src || dst:
		return OneEndDiffers
	}
	return BothEndsDiffer
}

func (line) Place(t *Track[int], s *Sighting) int {
	i := len(t.Sightings)
	for i > 0 && t.Sightings[i-1].Point > s.Point {
		i--
	}
	return i
}

func (line) Reaches(from, to *Sighting) bool { return from.Point < to.Point }
func (line) Distinct(t, o *Track[int]) bool  { return false }

// joining is a joiner of a [line] whose packets all have one key.
type joining struct {
	*Joiner[int]
	frames int
}

const window = time.Second

func newJoining(limits *Limits) *joining { return &joining{Joiner: New[int](line{}, window, limits)} }

// see adds a sighting of a packet with a source port, some milliseconds after the start.
func (j *joining) see(point int, port uint16, ms int) *Track[int] {
	t, _ := j.Add(j.sighting(point, port, ms))
	return t
}

func (j *joining) sighting(point int, port uint16, ms int) *Sighting {
	j.frames++
	p := packet.Packet{Headers: trace.Headers{Src: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), port), Dst: netip.MustParseAddrPort("10.0.0.2:80"), TTL: 64}}
	return &Sighting{Point: point, Time: time.UnixMilli(int64(ms)), Frame: j.frames, Order: j.frames, Packet: p}
}

// want checks the points of a track's sightings, and the rivals of each.
func want(t *testing.T, track *Track[int], points []int, rivals ...[]int) {
	t.Helper()
	var at []int
	for i := range track.Sightings {
		at = append(at, track.Sightings[i].Point)
	}
	if !slices.Equal(at, points) {
		t.Fatalf("track %d was at %v, not %v", track.ID, at, points)
	}
	for i := range points {
		var of []int
		if i < len(rivals) {
			of = rivals[i]
		}
		if got := track.Sightings[i].Rivals; !slices.Equal(got, of) {
			t.Errorf("track %d at %d: rivals %v, not %v", track.ID, points[i], got, of)
		}
	}
}
