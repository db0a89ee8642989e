package join

import (
	"iter"
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/packet"
)

// Joiner joins sightings to tracks. It remembers the open ones; the client closes a track
// when its packet cannot be seen again.
type Joiner[C any] struct {
	topology   Topology[C]
	window     time.Duration            // how long after its last sighting a packet may be seen again
	open       map[packet.Key]*Track[C] // the oldest of each key
	numbered   int                      // tracks of traffic so far
	background int                      // tracks of background traffic so far

	limits *Limits // nil: none
	memory memory[C]
	work   Work
}

// Limits bound what a Joiner remembers. Tracks of a capture file need them: the file's
// author decides how many equal packets it has.
type Limits struct {
	Rivals int // named for one sighting
	Behind int // a track with this many sightings is assumed to reach any other
	Spare  int // closed tracks kept for reuse
}

// Work measures the work of a Joiner.
type Work struct {
	Equal    int // open tracks with the key of the sighting added last
	Alike    int // the sightings of these tracks
	Compared int // comparisons with sightings, for all tracks
	Unnamed  int // rivals beyond the limit
}

// New returns a Joiner. limits may be nil.
func New[C any](t Topology[C], window time.Duration, limits *Limits) *Joiner[C] {
	return &Joiner[C]{topology: t, window: window, limits: limits, open: map[packet.Key]*Track[C]{}}
}

// Work returns the measures so far.
func (j *Joiner[C]) Work() *Work { return &j.work }

// Number returns the number of a new track: from 1 in the order in which they begin.
// Those of background traffic count down from -1, so that they do not shift the others'.
func (j *Joiner[C]) Number(h *trace.Headers) int {
	if h.Background() {
		j.background++
		return -j.background
	}
	j.numbered++
	return j.numbered
}

// Open yields the open tracks with a key, the oldest first.
func (j *Joiner[C]) Open(k packet.Key) iter.Seq[*Track[C]] {
	return func(yield func(*Track[C]) bool) {
		for t := j.open[k]; t != nil; t = t.next {
			if !yield(t) {
				return
			}
		}
	}
}

// Len returns the number of keys with open tracks.
func (j *Joiner[C]) Len() int { return len(j.open) }

// Oldest returns the oldest open track with a key, or nil.
func (j *Joiner[C]) Oldest(k packet.Key) *Track[C] { return j.open[k] }

// Add finds the track that a sighting continues, or begins one. It reports whether the
// track is new.
//
// A sighting continues a track if it has the track's key, and if the topology allows the
// step and what it changed in the headers. If several tracks qualify equally well, their
// packets are equal in everything that is compared: the oldest gets the sighting, and the others become its
// rivals.
func (j *Joiner[C]) Add(s *Sighting) (t *Track[C], begun bool) {
	best, rivals := j.best(s)
	if best == nil {
		return j.begin(s), true
	}
	s.Rivals = nil
	for _, id := range rivals {
		j.rival(s, id)
	}
	for o := j.open[s.Packet.Key]; o != nil; o = o.next {
		j.work.Compared++
		if at := o.At(s.Point); at != nil && slices.Contains(at.Rivals, best.ID) {
			j.rival(s, o.ID)
		}
	}
	j.insert(best, s)
	return best, false
}

// Continue adds a sighting to the open track that it is known to belong to.
func (j *Joiner[C]) Continue(t *Track[C], s *Sighting) {
	s.Rivals = nil
	j.insert(t, s)
}

func (j *Joiner[C]) insert(t *Track[C], s *Sighting) {
	at, before := j.topology.Place(t, s), cap(t.Sightings)
	t.Sightings = slices.Insert(t.Sightings, at, *s)
	j.memory.used += cap(t.Sightings) - before
	t.inserted(at)
	if s.Time.After(t.Last) {
		t.Last = s.Time
	}
}

// best returns the track that a sighting continues best, and the numbers of those that it
// continues equally well.
func (j *Joiner[C]) best(s *Sighting) (best *Track[C], rivals []int) {
	var most Score
	j.work.Equal, j.work.Alike = 0, 0
	for t := j.open[s.Packet.Key]; t != nil; t = t.next {
		j.work.Equal++
		j.work.Alike += len(t.Sightings)
		j.work.Compared++
		// Tracks stay open longer behind an older one.
		if Since(t.Last, s.Time) > j.window {
			continue
		}
		switch score := j.topology.Score(t, s); {
		case score > most:
			best, most, rivals = t, score, nil
		case score != 0 && score == most:
			rivals = append(rivals, t.ID)
		}
	}
	return best, rivals
}

// begin opens a track.
func (j *Joiner[C]) begin(s *Sighting) *Track[C] {
	t := j.memory.take()
	t.ID, t.Key, t.Last = j.Number(&s.Packet.Headers), s.Packet.Key, s.Time
	before := cap(t.Sightings)
	t.Sightings = append(t.Sightings, *s)
	j.memory.used += cap(t.Sightings) - before
	last := j.open[t.Key]
	if last == nil {
		j.open[t.Key] = t
		return t
	}
	for last.next != nil {
		last = last.next
	}
	last.next = t
	return t
}

// rival records another track that a sighting could belong to.
func (j *Joiner[C]) rival(s *Sighting, id int) {
	if j.limits != nil && len(s.Rivals) >= j.limits.Rivals {
		j.work.Unnamed++
		return
	}
	s.Rivals = append(s.Rivals, id)
}

// Close removes a track from those that can be continued.
func (j *Joiner[C]) Close(t *Track[C]) {
	before := j.open[t.Key]
	switch {
	case before == t && t.next == nil:
		delete(j.open, t.Key)
	case before == t:
		j.open[t.Key] = t.next
	default:
		for ; before != nil; before = before.next {
			if before.next == t {
				before.next = t.next
				break
			}
		}
	}
	t.next = nil
}
