package stitch

import (
	"unsafe"

	"tracer/trace"
)

// selection is the journeys that are kept. How a journey ended is known only after
// everything has been read. If the filter depends on that, nothing is selected at first,
// and the files are read a second time.
type selection struct {
	keep    func(*trace.Journey) bool // nil: all
	limit   int
	depends bool // on how journeys ended, which is not known yet
	matched int
	kept    []candidate
	size    int // total size in bytes
	unkept  int // journeys left out for lack of room
}

// maxKept is the maximum size in bytes of the journeys kept: some 200,000 hops.
const maxKept = 128 << 20

// put keeps a journey if there is room.
func (s *selection) put(c candidate) {
	if s.matched++; len(s.kept) >= s.limit {
		return
	}
	size := int(unsafe.Sizeof(c))
	for i := range c.Hops {
		size += int(unsafe.Sizeof(c.Hops[i])) + len(c.Hops[i].Ambiguous)*int(unsafe.Sizeof(0))
		size += len(c.Hops[i].Changes) * (int(unsafe.Sizeof(trace.Change{})) + texts)
	}
	if s.size += size; s.size > maxKept {
		s.size -= size
		s.unkept++
		return
	}
	s.kept = append(s.kept, c)
}

// texts is an upper bound for the bytes of a change's texts.
const texts = 2 * 48

// candidate is a journey, with what its outcome depends on.
type candidate struct {
	trace.Journey
	conversation *Conversation
}

// add adds a track's journey, if it is wanted. end determines how it ended; nil means
// that this is not known yet.
func (s *selection) add(w *Track, end func(*candidate)) {
	switch {
	case s.depends && end == nil:
		return
	case s.keep == nil:
		if len(s.kept) >= s.limit {
			s.matched++
			return
		}
		s.put(candidate{w.Journey(), w.Of()})
		return
	}
	c := candidate{w.Journey(), w.Of()}
	if end != nil {
		end(&c)
	} else if c.Outcome.Kind == trace.OutcomeLeft {
		c.Outcome.Kind = trace.OutcomeUnseen
		unseen := s.keep(&c.Journey)
		c.Outcome.Kind = trace.OutcomeLeft
		if s.keep(&c.Journey) != unseen {
			s.depends, s.kept, s.matched, s.size, s.unkept = true, nil, 0, 0, 0
			return
		}
	}
	if !s.keep(&c.Journey) {
		return
	}
	s.put(c)
}
