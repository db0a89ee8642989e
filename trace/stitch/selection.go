package stitch

import "tracer/trace"

// selection is the journeys that are kept. How a journey has ended is known only
// when all is read; until then those wait of which it depends on that whether they
// are wanted.
type selection struct {
	keep     func(*trace.Journey) bool // nil: all
	limit    int
	matched  int
	kept     []candidate
	waiting  []candidate
	settleAt int // how many may wait
}

// candidate is a journey, and what its end depends on.
type candidate struct {
	trace.Journey
	conversation *trace.Conversation
}

// maxWaiting is how many journeys wait before those are looked at whose end is
// clear by what was read so far.
const maxWaiting = 1 << 13

// add takes in a walk.
func (s *selection) add(w trace.Walk, end func(*candidate)) {
	if s.keep == nil {
		if s.matched++; len(s.kept) < s.limit {
			s.kept = append(s.kept, candidate{w.Journey(), w.Conversation()})
		}
		return
	}
	c := candidate{w.Journey(), w.Conversation()}
	left := s.keep(&c.Journey)
	c.Outcome.Kind = trace.OutcomeUnseen
	unseen := s.keep(&c.Journey)
	c.Outcome.Kind = trace.OutcomeLeft
	switch {
	case left && unseen:
		s.take(c)
	case left != unseen:
		if s.waiting = append(s.waiting, c); len(s.waiting) >= max(s.settleAt, maxWaiting) {
			s.settle(end)
			s.settleAt = 2 * len(s.waiting)
		}
	}
}

func (s *selection) take(c candidate) {
	if s.matched++; len(s.kept) < s.limit {
		s.kept = append(s.kept, c)
	}
}

// settle drops those that are not wanted, by what is known of their end. Of those
// that are, no more stay than could be shown.
func (s *selection) settle(end func(*candidate)) {
	stay := s.waiting[:0]
	for _, c := range s.waiting {
		ended := c
		if end(&ended); !s.keep(&ended.Journey) {
			continue
		}
		if len(stay) >= s.limit {
			s.matched++
			continue
		}
		stay = append(stay, c)
	}
	clear(s.waiting[len(stay):])
	s.waiting = stay
}

// finish decides what is left, and ends all that are kept.
func (s *selection) finish(end func(*candidate)) []candidate {
	s.settle(end)
	for _, c := range s.waiting {
		s.take(c)
	}
	s.waiting = nil
	for i := range s.kept {
		end(&s.kept[i])
	}
	return s.kept
}
