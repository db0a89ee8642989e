package join

import (
	"time"

	"tracer/trace/packet"
)

// Track is what is known about one packet: its sightings, in the order of its path. C is
// what the client of a [Joiner] stores with each.
type Track[C any] struct {
	ID        int
	Key       packet.Key
	Sightings []Sighting
	Last      time.Time // of the latest sighting
	// Doubtful means that another packet, equal in everything that is compared, was under way at the same
	// time. What happened between sightings may have happened to the other.
	Doubtful bool
	Client   C

	next  *Track[C] // the next younger one with the same key
	index *index    // of the sightings, if there are many
}

// At returns the first sighting at a point, or nil.
func (t *Track[C]) At(point int) *Sighting {
	if t.index != nil {
		if i, is := t.index.first[point]; is {
			return &t.Sightings[i]
		}
		return nil
	}
	for i := range t.Sightings {
		if t.Sightings[i].Point == point {
			return &t.Sightings[i]
		}
	}
	return nil
}

// Ambiguous reports whether any sighting may be another packet's.
func (t *Track[C]) Ambiguous() bool {
	for i := range t.Sightings {
		if len(t.Sightings[i].Rivals) > 0 {
			return true
		}
	}
	return false
}

// Concurrent reports whether two tracks of one key were under way at the same time, as
// far as the order in which sightings were read can tell.
func (t *Track[C]) Concurrent(o *Track[C]) bool {
	if len(t.Sightings) == 0 || len(o.Sightings) == 0 || t.Sightings[0].Packet.Hash != o.Sightings[0].Packet.Hash {
		return false
	}
	return Since(o.Last, t.Sightings[0].Time) <= Disorder && Since(t.Last, o.Sightings[0].Time) <= Disorder
}
