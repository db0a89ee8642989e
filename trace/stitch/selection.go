package stitch

import "tracer/trace"

// selection is the journeys that are kept. How a journey has ended is known only
// when all is read. If whether it is wanted depends on that, nothing is selected,
// and the files are read a second time, when it is known.
type selection struct {
	keep    func(*trace.Journey) bool // nil: all
	limit   int
	depends bool // on how journeys have ended, which is not known
	matched int
	kept    []candidate
}

// candidate is a journey, and what its end depends on.
type candidate struct {
	trace.Journey
	conversation *trace.Conversation
}

// add takes in a walk. end says how it has ended; nil: that is not known yet.
func (s *selection) add(w trace.Walk, end func(*candidate)) {
	switch {
	case s.depends && end == nil:
		return
	case s.keep == nil:
		if s.matched++; len(s.kept) < s.limit {
			s.kept = append(s.kept, candidate{w.Journey(), w.Conversation()})
		}
		return
	}
	c := candidate{w.Journey(), w.Conversation()}
	if end != nil {
		end(&c)
	} else {
		c.Outcome.Kind = trace.OutcomeUnseen
		unseen := s.keep(&c.Journey)
		c.Outcome.Kind = trace.OutcomeLeft
		if s.keep(&c.Journey) != unseen {
			s.depends, s.kept, s.matched = true, nil, 0
			return
		}
	}
	if !s.keep(&c.Journey) {
		return
	}
	if s.matched++; len(s.kept) < s.limit {
		s.kept = append(s.kept, c)
	}
}
