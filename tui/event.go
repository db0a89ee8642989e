package tui

import (
	"cmp"
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// event returns the next turning point in a direction. In folded runs, only what the lesson
// is about is new.
func (l *list) event(c cursor, by int) (_ cursor, ok bool) {
	for p := c.packet; p >= 0 && p < l.len(); p += by {
		list := l.named(p)
		if from, to := l.folded(p); from == to {
			list = l.events(p)
		}
		for i := range list {
			e := list[i]
			if by < 0 {
				e = list[len(list)-1-i]
			}
			if by > 0 && c.before(e) || by < 0 && e.before(c) {
				return e, true
			}
		}
	}
	return c, false
}

func (c cursor) before(o cursor) bool { return c.compare(o) < 0 }

func (c cursor) compare(o cursor) int {
	return cmp.Or(c.packet-o.packet, c.stop-o.stop, c.moment-o.moment)
}

// named returns the places of a packet that the lesson's expectations name, in order.
func (l *list) named(packet int) (list []cursor) {
	j := l.at(packet)
	for _, p := range explain.Places(j, l.focus[j.ID]) {
		list = append(list, cursor{packet, p.Stop, p.Moment})
	}
	return list
}

// events returns the turning points of a packet, in order: the moments that any lesson would
// be about, and those that this one is about.
func (l *list) events(packet int) []cursor {
	j := l.at(packet)
	list := l.named(packet)
	if l.handedOver(j) || l.refusals[j.ID] {
		list = append(list, cursor{packet: packet})
	}
	for stop := range len(j.Hops) + 1 {
		if !eventful(j, stop) {
			continue
		}
		moments := explain.Moments(j, stop)
		found := false
		for i := range moments {
			if turns(&moments[i]) || moments[i].Hook == trace.Forward && bridged(hop(j, stop)) {
				list, found = append(list, cursor{packet, stop, i}), true
			}
		}
		if _, changes := happened(j, stop); stop == len(j.Hops) && ends(&j.Outcome) || !found && rewrites(changes) > 0 {
			list = append(list, cursor{packet, stop, len(moments) - 1})
		}
	}
	slices.SortFunc(list, cursor.compare)
	return slices.Compact(list)
}

// eventful reports whether there is a turning point on the way to a stop: an address is
// rewritten, a rule changes another field, a nat rule returns the packet without translating
// it, it meets rules though it is only bridged, or it does not get through.
func eventful(j *trace.Journey, stop int) bool {
	steps, changes := happened(j, stop)
	if stop >= len(j.Hops) && ends(&j.Outcome) || bridged(hop(j, stop)) {
		return true
	}
	for i := range changes {
		if turned(&changes[i]) {
			return true
		}
	}
	for i := range steps {
		if exempts(&steps[i]) {
			return true
		}
	}
	return false
}

// turns reports whether a moment is a turning point.
func turns(m *explain.Moment) bool {
	for _, c := range m.Changes {
		if turned(c) {
			return true
		}
	}
	for i := range m.Steps {
		if exempts(&m.Steps[i]) {
			return true
		}
	}
	return false
}

// bridged reports whether a packet passed the hooks of forwarding on the way to a hop, and was
// not routed: its node is a bridge that passes frames to iptables.
func bridged(h *trace.Hop) bool {
	return h != nil && slices.Contains(h.Hooks, trace.Forward) &&
		!slices.ContainsFunc(h.Changes, func(c trace.Change) bool { return c.Field == trace.FieldTTL })
}

// turned reports whether a change is a turning point.
func turned(c *trace.Change) bool { return c.Field.Translated() || c.Cause.Kind == trace.CauseRule }

// exempts reports whether a rule excepts the packet from translation.
func exempts(s *trace.Step) bool {
	return s.Table == "nat" && s.Verdict.Kind == trace.VerdictReturn && s.Handle != 0
}

// ends reports whether a packet ended badly.
func ends(o *trace.Outcome) bool { return o.Lost() || o.Reason == trace.ReasonNoListener }

// handedOver reports whether a packet is the first of a connection that a proxy opened for
// another one.
func (l *list) handedOver(j *trace.Journey) bool {
	f := l.trace.Flow(j.Flow)
	return f != nil && f.Continues != 0 && l.firsts[f.ID] == j.ID
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
