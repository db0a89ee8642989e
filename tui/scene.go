package tui

import (
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/reveal"
)

// scene is what the view draws: the part of the trace that the walk has reached or, without
// the mask, all of it. Panes know nothing else about the trace, so they cannot give
// away what comes next.
type scene struct {
	trace    *trace.Trace
	account  *explain.Account
	journey  *trace.Journey // the current packet
	now      trace.Journey  // the current packet at this moment, also without the mask
	known    int            // packets of the list that are known, from the first
	complete int            // those whose end is known
	hidden   int            // known background packets that are not listed
	others   int            // known packets that are not background
}

// look makes the scene for the position of the walk.
func (m *model) look() {
	s := scene{trace: m.whole, known: m.list.len(), complete: m.list.len()}
	j := m.list.At(m.at.packet)
	var p reveal.Position
	if j != nil {
		p = reveal.Position{Journey: j.ID, Stop: m.at.stop, Moment: m.at.moment}
		s.now = reveal.Journey(j, p.Stop, p.Moment)
		s.journey = j
	}
	if m.masked {
		s.trace = reveal.Upto(m.whole, p)
	}
	if j != nil && s.trace.Ongoing {
		s.journey = &s.trace.Journeys[m.list.Packets[m.at.packet]]
		s.known, s.complete = m.at.packet+1, m.at.packet
		if s.journey.Outcome.Kind != 0 {
			s.complete++
		}
	}
	for i := range s.trace.Journeys {
		switch background := s.trace.Journeys[i].Background(); {
		case !background:
			s.others++
		case !m.list.kept:
			s.hidden++
		default:
			s.others++
		}
	}
	if s.account = m.scene.account; s.account == nil || s.trace != m.scene.trace {
		s.account = m.language.Account(s.trace, m.Signs)
	}
	m.scene = s
}

// listed returns a packet of the list as it may be drawn. It must be known.
func (m *model) listed(i int) *trace.Journey { return &m.scene.trace.Journeys[m.list.Packets[i]] }

// trace returns the trace to draw.
func (m *model) trace() *trace.Trace { return m.scene.trace }

// packet returns the current packet to draw. The list must not be empty.
func (m *model) packet() *trace.Journey { return m.scene.journey }

// between reports whether the packet is on the way to a stop.
func (m *model) between() bool {
	o := &m.scene.now.Outcome
	return o.Kind == 0 && m.at.stop >= len(m.scene.now.Hops)
}

// present returns the packet as it is now: its headers, and what has changed since the
// previous hop. It returns nil if the packet was on no interface so far.
func (m *model) present() *trace.Hop {
	now := &m.scene.now
	if h := hop(now, m.at.stop); h != nil {
		return h
	}
	if len(now.Hops) == 0 {
		return nil
	}
	return &trace.Hop{Packet: reveal.Headers(now), Changes: now.Outcome.Changes}
}
