package reveal

import (
	"slices"
	"time"

	"tracer/trace"
)

// Upto returns a trace up to a position. The trace is not changed, and the projection shares
// memory with it. At the end of the walk it is the trace itself, and so it is for captures:
// their survey is of all packets. Before the first packet, nothing has been reached.
func Upto(t *trace.Trace, p Position) *trace.Trace {
	at := p.index(t)
	if t.Survey != nil || at >= 0 && p.ends(t, at) {
		return t
	}
	m := mask{whole: t, journeys: slices.Clone(t.Journeys[:at+1])}
	if at >= 0 {
		m.journeys[at] = Journey(&t.Journeys[at], p.Stop, p.Moment)
	}
	for i := range m.journeys {
		m.forget(&m.journeys[i])
	}
	out := *t
	out.Ongoing = true
	out.Journeys = m.journeys
	out.Lesson = lesson(t.Lesson)
	out.Answers = m.answers()
	out.Flows = m.flows()
	out.Frames = m.frames()
	out.State = m.state()
	return &out
}

// mask makes a projection.
type mask struct {
	whole    *trace.Trace
	journeys []trace.Journey // those reached
	index    map[int]int     // of all packets, once needed
}

// reached reports whether a packet that another one refers to has been reached.
func (m *mask) reached(by, id int) bool {
	if id == 0 || 0 < id && id <= by { // packets are in order of their numbers, except background
		return true
	}
	if m.index == nil {
		m.index = indexes(m.whole)
	}
	at, known := m.index[id]
	return known && at < len(m.journeys)
}

// lesson returns what a student may know from the beginning.
func lesson(l *trace.Lesson) *trace.Lesson {
	if l == nil {
		return nil
	}
	known := *l
	known.Answer, known.Refutes, known.Fault, known.FaultTitle, known.Focus = "", "", "", "", nil
	return &known
}

// answers returns the requests that have begun. They run one after the other, so all but
// the last are over.
func (m *mask) answers() []trace.Answer {
	list := slices.Clone(m.whole.Answers[:min(m.begun(), len(m.whole.Answers))])
	if len(list) > 0 {
		running := &list[len(list)-1]
		running.Text, running.Replies, running.Ended = "", nil, time.Time{}
	}
	return list
}

// begun returns the number of requests that have begun.
func (m *mask) begun() (n int) {
	for i := range m.journeys {
		n = max(n, m.journeys[i].Request)
	}
	return n
}

// frames returns the frames reached, at their numbers; the others are empty.
func (m *mask) frames() []trace.Frame {
	all := m.whole.Frames
	last := 0
	for i := range m.journeys {
		for k := range m.journeys[i].Hops {
			h := &m.journeys[i].Hops[k]
			last = max(last, h.Frame)
			for _, n := range h.Fragments {
				last = max(last, n)
			}
		}
	}
	out := make([]trace.Frame, min(last, len(all)))
	reach := func(n int) {
		if n >= 1 && n <= len(out) {
			out[n-1] = all[n-1]
		}
	}
	for i := range m.journeys {
		for k := range m.journeys[i].Hops {
			h := &m.journeys[i].Hops[k]
			reach(h.Frame)
			for _, n := range h.Fragments {
				reach(n)
			}
		}
	}
	for i := range out {
		out[i].Number = i + 1
	}
	return out
}
