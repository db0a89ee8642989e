package tui

import (
	"tracer/trace"
	"tracer/trace/explain"
)

// cursor is the position of the walk: a packet of the list, and one of its stops.
type cursor struct{ packet, stop int }

// hop returns the hop at a stop, or nil for the end.
func hop(j *trace.Journey, stop int) *trace.Hop {
	if stop < 0 || stop >= len(j.Hops) {
		return nil
	}
	return &j.Hops[stop]
}

// happened returns what happened on the way to a stop.
func happened(j *trace.Journey, stop int) (steps []trace.Step, changes []trace.Change) {
	if h := hop(j, stop); h != nil {
		return h.Steps, h.Changes
	}
	return j.Outcome.Steps, j.Outcome.Changes
}

// eventful reports whether a stop matters to a lesson: an address was rewritten on the way
// to it, or the packet was lost there.
func eventful(j *trace.Journey, stop int) bool {
	_, changes := happened(j, stop)
	return rewrites(changes) > 0 || stop >= len(j.Hops) && j.Outcome.Lost()
}

// rewrites counts the addresses, ports and ICMP ids that changed.
func rewrites(changes []trace.Change) (n int) {
	for i := range changes {
		if changes[i].Field.Translated() {
			n++
		}
	}
	return n
}

// next returns the stop after a cursor, or before it if by is -1, in the same packet or
// the neighboring one. ok is false at the end of the list.
func (l *list) next(c cursor, by int) (_ cursor, ok bool) {
	j := l.at(c.packet)
	if j == nil {
		return c, false
	}
	if s := c.stop + by; s >= 0 && s < explain.Stops(j) {
		return cursor{c.packet, s}, true
	}
	other := l.at(c.packet + by)
	switch {
	case other == nil:
		return c, false
	case by < 0:
		return cursor{c.packet - 1, explain.Stops(other) - 1}, true
	}
	return cursor{c.packet + 1, 0}, true
}

// event returns the next eventful stop in a direction.
func (l *list) event(c cursor, by int) (_ cursor, ok bool) {
	for at, more := l.next(c, by); more; at, more = l.next(at, by) {
		if eventful(l.at(at.packet), at.stop) {
			return at, true
		}
	}
	return c, false
}
