package explain

import (
	"slices"

	"tracer/trace"
)

// Turns returns the turning points of a packet, in order: the moments that any lesson would be
// about, and the places that this one is about. sent says that sending the packet is one: with it, a
// proxy continues another connection, or a node refuses one.
func Turns(j *trace.Journey, about []trace.Focus, sent bool) []Place {
	list := Places(j, about)
	if sent {
		list = append(list, Place{})
	}
	for stop := range len(j.Hops) + 1 {
		if !Eventful(j, stop) {
			continue
		}
		moments := Moments(j, stop)
		found := false
		for i := range moments {
			if moments[i].turns() || moments[i].Hook == trace.Forward && bridged(j, stop) {
				list, found = append(list, Place{stop, i}), true
			}
		}
		way := stretchTo(j, stop)
		if stop == len(j.Hops) && endsBadly(&j.Outcome) || !found && slices.ContainsFunc(way.Changes, translated) {
			list = append(list, Place{stop, len(moments) - 1})
		}
	}
	slices.SortFunc(list, Place.compare)
	return slices.Compact(list)
}

// Eventful reports whether there is a turning point on the way to a stop: an address is
// rewritten, a rule changes another field, a nat rule returns the packet without translating
// it, it meets rules though it is only bridged, or it does not get through.
func Eventful(j *trace.Journey, stop int) bool {
	way := stretchTo(j, stop)
	return stop >= len(j.Hops) && endsBadly(&j.Outcome) || bridged(j, stop) || slices.ContainsFunc(way.Changes, turned) ||
		slices.ContainsFunc(way.Steps, func(s trace.Step) bool { return exempts(&s) })
}

// turns reports whether a moment is a turning point.
func (m *Moment) turns() bool {
	return slices.ContainsFunc(m.Changes, func(c *trace.Change) bool { return turned(*c) }) ||
		slices.ContainsFunc(m.Steps, func(s trace.Step) bool { return exempts(&s) })
}

// bridged reports whether a packet passed the hooks of forwarding on the way to a hop, and was
// not routed: its node is a bridge that passes frames to iptables.
func bridged(j *trace.Journey, stop int) bool {
	return stop < len(j.Hops) && slices.Contains(j.Hops[stop].Hooks, trace.Forward) && !routed(&j.Hops[stop])
}

// turned reports whether a change is a turning point.
func turned(c trace.Change) bool { return translated(c) || c.Cause.Kind == trace.CauseRule }

// translated reports whether a change is one that NAT makes.
func translated(c trace.Change) bool { return c.Field.Translated() }

// endsBadly reports whether a packet was lost, or found no listener.
func endsBadly(o *trace.Outcome) bool { return o.Lost() || o.Reason == trace.ReasonNoListener }
