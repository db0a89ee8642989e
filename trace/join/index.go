package join

import (
	"time"

	"tracer/trace"
)

// manySightings is the number of sightings from which on a track has an index of them.
const manySightings = 1 << 4

// index finds sightings in a track that has many: a broadcast at the ports of a large
// bridge, or a packet that was sent over and over.
type index struct {
	first      map[int]int // by point: the first sighting there
	spans      map[visit]Span
	directions [3]bool // which directions occur
}

// visit distinguishes sightings of one packet at one point.
type visit struct {
	point     int
	ttl       uint8
	direction trace.Direction
}

// Span is the time from the first of some events to the last.
type Span struct{ First, Last time.Time }

// Add extends the span to a time.
func (s *Span) Add(t time.Time) {
	if s.First.IsZero() || t.Before(s.First) {
		s.First = t
	}
	if t.After(s.Last) {
		s.Last = t
	}
}

// inserted updates the index after a sighting was inserted.
func (t *Track[C]) inserted(at int) {
	switch {
	case t.index != nil:
		t.index.shift(t.Sightings, at)
	case len(t.Sightings) > manySightings:
		t.index = &index{first: map[int]int{}, spans: map[visit]Span{}}
		for i := range t.Sightings {
			t.index.add(&t.Sightings[i], i)
		}
	}
}

// shift makes room in the index for a new sighting. Few follow it.
func (x *index) shift(list []Sighting, at int) {
	for i := len(list) - 1; i > at; i-- {
		if p := list[i].Point; x.first[p] == i-1 {
			x.first[p] = i
		}
	}
	x.add(&list[at], at)
}

func (x *index) add(s *Sighting, at int) {
	if first, known := x.first[s.Point]; !known || at < first {
		x.first[s.Point] = at
	}
	x.directions[s.Direction] = true
	k := visit{s.Point, s.Packet.TTL, s.Direction}
	span := x.spans[k]
	span.Add(s.Time)
	x.spans[k] = span
}

// Repeats reports whether the track has a sighting like s that is further away in time
// than a window: at the same point, with the same TTL, and not known to be in the other
// direction. With a negative window, any such sighting counts.
func (t *Track[C]) Repeats(s *Sighting, window time.Duration) bool {
	if t.index == nil {
		for i := range t.Sightings {
			o := &t.Sightings[i]
			if o.Point == s.Point && o.Packet.TTL == s.Packet.TTL && !opposite(o.Direction, s.Direction) && Apart(o.Time, s.Time) > window {
				return true
			}
		}
		return false
	}
	for _, d := range [...]trace.Direction{0, trace.In, trace.Out} {
		if !t.index.directions[d] || opposite(d, s.Direction) {
			continue
		}
		span, is := t.index.spans[visit{s.Point, s.Packet.TTL, d}]
		if is && (Apart(span.First, s.Time) > window || Apart(span.Last, s.Time) > window) {
			return true
		}
	}
	return false
}

// opposite reports whether two directions are known and differ.
func opposite(a, b trace.Direction) bool { return a != 0 && b != 0 && a != b }
