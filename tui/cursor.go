package tui

import (
	"tracer/trace"
	"tracer/trace/explain"
)

// cursor is the position of the walk: a packet of the list, one of its stops, and a moment
// on the way there. The stop after the last hop is the packet's end.
type cursor struct{ packet, stop, moment int }

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

// arrived returns the cursor at a stop itself, after everything on the way there.
func (l *list) arrived(packet, stop int) cursor {
	return cursor{packet, stop, len(explain.Moments(l.At(packet), stop)) - 1}
}

// end returns the cursor at the end of a packet.
func (l *list) end(packet int) cursor { return l.arrived(packet, len(l.At(packet).Hops)) }

// enter returns the cursor for a packet that is reached from the one before it: its
// beginning or, in a folded run, the end of the run.
func (l *list) enter(packet int) cursor {
	if _, to := l.folded(packet); to > packet {
		return l.end(to)
	}
	return cursor{packet: packet}
}

// step returns the moment after a cursor, or before it if by is -1. ok is false at the end
// of the list.
func (l *list) step(c cursor, by int) (_ cursor, ok bool) {
	j := l.At(c.packet)
	if j == nil {
		return c, false
	}
	if from, to := l.folded(c.packet); to > from { // a folded run is one step
		return l.across(c, by)
	}
	moment := c.moment + by
	switch {
	case moment >= 0 && moment < len(explain.Moments(j, c.stop)):
		return cursor{c.packet, c.stop, moment}, true
	case by > 0 && c.stop < len(j.Hops):
		return cursor{c.packet, c.stop + 1, 0}, true
	case by < 0 && c.stop > 0:
		return l.arrived(c.packet, c.stop-1), true
	}
	return l.across(c, by)
}

// hopStep is like step, from interface to interface.
func (l *list) hopStep(c cursor, by int) (_ cursor, ok bool) {
	j := l.At(c.packet)
	if j == nil {
		return c, false
	}
	from, to := l.folded(c.packet)
	here := l.arrived(c.packet, c.stop)
	switch {
	case to > from:
	case by > 0 && c != here:
		return here, true
	case by > 0 && c.stop < len(j.Hops):
		return l.arrived(c.packet, c.stop+1), true
	case by < 0 && c.stop > 0:
		return l.arrived(c.packet, c.stop-1), true
	}
	next, ok := l.across(c, by)
	if ok && by > 0 && next == (cursor{packet: next.packet}) {
		next = l.arrived(next.packet, 0)
	}
	return next, ok
}

// across returns the beginning of the next packet, or the end of the one before.
func (l *list) across(c cursor, by int) (_ cursor, ok bool) {
	from, to := l.folded(c.packet)
	switch {
	case by > 0 && to+1 < l.len():
		return l.enter(to + 1), true
	case by < 0 && from > 0:
		return l.end(from - 1), true
	}
	return c, false
}

// beside returns the beginning of the next packet or of the one before, or the same cursor
// at the end of the list.
func (l *list) beside(c cursor, by int) cursor {
	from, to := l.folded(c.packet)
	switch {
	case by > 0 && to+1 < l.len():
		return l.enter(to + 1)
	case by < 0 && from > 0:
		before, last := l.folded(from - 1)
		if last > before {
			return l.end(last)
		}
		return cursor{packet: before}
	}
	return c
}
