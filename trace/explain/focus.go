package explain

import (
	"cmp"
	"slices"

	"tracer/trace"
)

// Place is a stop of a packet, and a moment on the way there.
type Place struct{ Stop, Moment int }

func (p Place) compare(o Place) int { return cmp.Or(p.Stop-o.Stop, p.Moment-o.Moment) }

// Places returns the places of a packet that a lesson is about, in order. It ignores those that
// the packet does not have.
func Places(j *trace.Journey, about []trace.Focus) (list []Place) {
	stops := map[int]*atStop{}
	for _, f := range about {
		if f.Hop < 0 || f.Hop > len(j.Hops) {
			continue
		}
		s := stops[f.Hop]
		if s == nil {
			s = newAtStop(j, f.Hop)
			stops[f.Hop] = s
		}
		if moment, ok := s.moment(f); ok {
			list = append(list, Place{f.Hop, moment})
		}
	}
	slices.SortFunc(list, Place.compare)
	return slices.Compact(list)
}

// atStop holds the moments at which things happened on the way to a stop.
type atStop struct {
	way     stretch
	last    int
	created int // -1: no entry was made
	steps   map[*trace.Step]int
	changes map[*trace.Change]int
}

func newAtStop(j *trace.Journey, stop int) *atStop {
	moments := Moments(j, stop)
	s := &atStop{stretchTo(j, stop), len(moments) - 1, -1, map[*trace.Step]int{}, map[*trace.Change]int{}}
	for at := range moments {
		m := &moments[at]
		if m.Created {
			s.created = at
		}
		for i := range m.Steps {
			s.steps[&m.Steps[i]] = at
		}
		for _, c := range m.Changes {
			s.changes[c] = at
		}
	}
	return s
}

// moment returns the moment of a place. ok is false if there is no such place.
func (s *atStop) moment(f trace.Focus) (at int, ok bool) {
	switch f.Kind {
	case trace.FocusSeen:
		return s.last, true
	case trace.FocusEntry:
		return s.created, s.created >= 0
	case trace.FocusRule:
		if 0 <= f.Index && f.Index < len(s.way.Steps) {
			at, ok = s.steps[&s.way.Steps[f.Index]]
		}
	case trace.FocusChange:
		if 0 <= f.Index && f.Index < len(s.way.Changes) {
			if at, ok = s.changes[&s.way.Changes[f.Index]]; !ok {
				return s.last, true // it shows when the packet is seen: its place is unknown
			}
		}
	}
	return at, ok
}
