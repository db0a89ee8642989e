package trace

import "tracer/trace/capture"

// visits is the index of a walk with many sightings: a broadcast at the ports of a large
// bridge, or a packet that somebody has repeated.
type visits struct {
	first map[int]int // by point: the first of the sightings there
	spans map[seen]span
	ways  [3]bool // the directions of sightings, as they index it
}

// seen distinguishes two sightings of one packet at one point.
type seen struct {
	point     int
	ttl       uint8
	direction capture.Direction
}

// note updates the index of a walk after a sighting was added.
func (w *walk) note(at int) {
	switch {
	case w.index != nil:
		w.index.moved(w.sightings, at)
	case len(w.sightings) > indexed:
		w.index = &visits{first: map[int]int{}, spans: map[seen]span{}}
		for i := range w.sightings {
			w.index.add(&w.sightings[i], i)
		}
	}
}

// moved makes room in the index for a new sighting. Few follow it.
func (v *visits) moved(list []sighting, at int) {
	for i := len(list) - 1; i > at; i-- {
		if p := list[i].point; v.first[p] == i-1 {
			v.first[p] = i
		}
	}
	v.add(&list[at], at)
}

func (v *visits) add(s *sighting, at int) {
	if first, known := v.first[s.point]; !known || at < first {
		v.first[s.point] = at
	}
	v.ways[s.direction] = true
	k := seen{s.point, s.packet.TTL, s.direction}
	of := v.spans[k]
	of.add(s.time)
	v.spans[k] = of
}

// again reports whether a packet can have been at the point of a sighting once more,
// after all its sightings there: as [uncharted.again] says it of each.
func (v *visits) again(u *uncharted, s *sighting) bool {
	for _, d := range []capture.Direction{0, capture.In, capture.Out} {
		if !v.ways[d] || d != 0 && s.direction != 0 && d != s.direction {
			continue
		}
		before, is := v.spans[seen{s.point, s.packet.TTL, d}]
		if !is {
			continue
		}
		if !u.mixed[s.point] || apart(before.first, s.time) > mixedWindow || apart(before.last, s.time) > mixedWindow {
			return false
		}
	}
	return true
}
