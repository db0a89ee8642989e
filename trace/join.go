package trace

import (
	"slices"
	"time"
)

// walk is a journey in the making: sightings of one packet, as far as known.
type walk struct {
	id        int
	key       Key
	sightings []sighting
	passes    []*pass
	last      time.Time // of the youngest sighting
	doubtful  bool      // its passes may be an equal packet's
	next      *walk     // the next younger one with the same key
	index     *visits   // of the sightings, if there are many

	// Of a Stitcher's walks:
	of             *Conversation
	direction      FlowDirection
	repeated       bool // it carries only what packets before it carried
	in             *walks
	closed         time.Time // by the time of sightings
	older, younger *walk
}

// sightingAt returns the sighting at a point, or nil. One packet is seen once at
// each point, so a second sighting there is another packet.
func (w *walk) sightingAt(point int) *sighting {
	if w.index != nil {
		if i, is := w.index.first[point]; is {
			return &w.sightings[i]
		}
		return nil
	}
	for i := range w.sightings {
		if w.sightings[i].point == point {
			return &w.sightings[i]
		}
	}
	return nil
}

// quotes reports whether the packet is an ICMP error about another of its
// conversation, whose ends are not its own.
func (w *walk) quotes() bool {
	return w.sightings[0].packet.ICMP.Quoted != nil && w.of.First != w.id
}

// joiner puts sightings together to walks.
type joiner struct {
	way      way
	window   time.Duration // how long after its last sighting a packet may be seen again
	open     map[Key]*walk // the oldest of each key
	numbered int           // walks of traffic so far
	kept     int           // walks of housekeeping so far
	spare    []*walk       // to be used again
	equal    int           // walks that had the key of the sighting added last
	alike    int           // sightings of these walks
	compared int           // comparisons with sightings, for all walks

	// For a Stitcher, whose input may come from anybody:
	bounded bool
	room    int // for sightings, in open and spare walks
	idle    int // the part of it in spare walks
	unnamed int // rivals beyond the limit
}

// way knows what can lie between two sightings of one packet.
type way interface {
	// fit says how well a sighting continues a walk; 0 is not at all.
	fit(*walk, *sighting) fit
	// place is the index of a sighting among those of a walk that it continues.
	place(*walk, *sighting) int
	// reaches reports whether a packet can have got from one sighting to another,
	// by points where it was not seen.
	reaches(from, to *sighting) bool
}

// fit says how well a sighting continues a walk; 0 is not at all.
type fit uint8

const (
	fitBoth  fit = iota + 1 // both ends differ; no entry is known
	fitHalf                 // one end differs, as one NAT does it; no entry is known
	fitExact                // the same ends, or those the connection's entry gives
)

// number gives a new walk its number.
func (j *joiner) number(p *Packet) int {
	if p.Housekeeping() {
		j.kept++
		return -j.kept
	}
	j.numbered++
	return j.numbered
}

// add finds the walk that a sighting continues, or begins one. It reports whether
// the walk is new.
//
// A sighting continues a walk if it has the walk's key, and if the way from one of
// the walk's points to this one allows it, with what the headers have become.
// Where that is true of several walks equally well, the packets are equal in every
// byte; the oldest then gets the sighting, and the others are noted beside it.
func (j *joiner) add(s *sighting) (w *walk, begun bool) {
	var best *walk
	var rivals []int
	var bestFit fit
	j.equal, j.alike = 0, 0
	for w := j.open[s.packet.key]; w != nil; w = w.next {
		j.equal++
		j.alike += len(w.sightings)
		j.compared++
		// A walk may be open longer than that, behind an older one.
		if since(w.last, s.time) > j.window {
			continue
		}
		switch f := j.way.fit(w, s); {
		case f > bestFit:
			best, bestFit, rivals = w, f, nil
		case f != 0 && f == bestFit:
			rivals = append(rivals, w.id)
		}
	}
	if best == nil {
		w := j.make()
		w.id, w.key, w.last = j.number(&s.packet), s.packet.key, s.time
		before := cap(w.sightings)
		w.sightings = append(w.sightings, *s)
		j.room += cap(w.sightings) - before
		j.append(w)
		return w, true
	}
	s.rivals = nil
	for _, id := range rivals {
		j.rival(s, id)
	}
	for other := j.open[s.packet.key]; other != nil; other = other.next {
		j.compared++
		if o := other.sightingAt(s.point); o != nil && slices.Contains(o.rivals, best.id) {
			j.rival(s, other.id)
		}
	}
	at, before := j.way.place(best, s), cap(best.sightings)
	best.sightings = slices.Insert(best.sightings, at, *s)
	j.room += cap(best.sightings) - before
	best.note(at)
	if s.time.After(best.last) {
		best.last = s.time
	}
	return best, false
}

// rival records another walk that a sighting could belong to.
func (j *joiner) rival(s *sighting, id int) {
	if j.bounded && len(s.rivals) >= maxRivals {
		j.unnamed++
		return
	}
	s.rivals = append(s.rivals, id)
}

// append puts a new walk behind those of its key.
func (j *joiner) append(w *walk) {
	last := j.open[w.key]
	if last == nil {
		j.open[w.key] = w
		return
	}
	for last.next != nil {
		last = last.next
	}
	last.next = w
}

// close takes a walk out of those that can be continued.
func (j *joiner) close(w *walk) {
	before := j.open[w.key]
	switch {
	case before == w && w.next == nil:
		delete(j.open, w.key)
	case before == w:
		j.open[w.key] = w.next
	default:
		for ; before != nil; before = before.next {
			if before.next == w {
				before.next = w.next
				break
			}
		}
	}
	w.next = nil
}

func (j *joiner) make() *walk {
	n := len(j.spare)
	if n == 0 {
		return &walk{}
	}
	w := j.spare[n-1]
	j.spare = j.spare[:n-1]
	j.idle -= cap(w.sightings)
	return w
}

// recycle keeps the memory of a closed walk for reuse, unless it is large. Nothing may
// refer to the walk any more.
func (j *joiner) recycle(w *walk) {
	if cap(w.sightings) > indexed || len(j.spare) >= maxOpen {
		j.room -= cap(w.sightings)
		return
	}
	clear(w.sightings)
	*w = walk{sightings: w.sightings[:0]}
	j.idle += cap(w.sightings)
	j.spare = append(j.spare, w)
}

// forget releases the memory of closed walks.
func (j *joiner) forget() {
	clear(j.spare)
	j.spare = j.spare[:0]
	j.room -= j.idle
	j.idle = 0
}
