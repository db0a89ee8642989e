package reveal

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// Journey returns a packet as it is at a moment: with the hops that it has reached and, if
// it is on the way to the next one, what has happened to it since, as part of the outcome.
// The kind of the outcome is 0 unless the packet has reached its end.
func Journey(j *trace.Journey, stop, moment int) trace.Journey {
	out := *j
	if atEnd(j, stop, moment) {
		return out
	}
	out.Outcome, out.Traced = trace.Outcome{}, j.Traced
	moments := explain.Moments(j, stop)
	if stop < len(j.Hops) && moment >= len(moments)-1 {
		out.Hops = confirmed(j.Hops[:stop+1])
		return out
	}
	out.Hops = confirmed(j.Hops[:min(stop, len(j.Hops))])
	o := &out.Outcome
	created := false
	for i := range moments[:moment+1] {
		m := &moments[i]
		if m.Hook != 0 {
			o.Hooks = append(o.Hooks, m.Hook)
		}
		o.Steps = append(o.Steps, m.Steps...)
		for _, c := range m.Changes {
			o.Changes = append(o.Changes, *c)
		}
		created = created || m.Created
	}
	o.Node, o.Conntrack = inside(j, stop)
	if a := o.Conntrack; a != nil && (created || !a.Created) {
		o.Conntrack = unknownFate(a)
	} else {
		o.Conntrack = nil
	}
	return out
}

// inside returns the node that a packet passes on the way to a stop, and its connection
// there.
func inside(j *trace.Journey, stop int) (node string, a *trace.Association) {
	if stop < len(j.Hops) {
		return j.Hops[stop].Node, j.Hops[stop].Conntrack
	}
	return j.Outcome.Node, j.Outcome.Conntrack
}

// confirmed returns hops of a packet whose end is not known: neither is whether its
// connection's entry will be discarded.
func confirmed(hops []trace.Hop) []trace.Hop {
	hops = slices.Clip(hops)
	for i := range hops {
		if a := hops[i].Conntrack; a != nil && a.Unconfirmed {
			hops = slices.Clone(hops)
			hops[i].Conntrack = unknownFate(a)
		}
	}
	return hops
}

func unknownFate(a *trace.Association) *trace.Association {
	known := *a
	known.Unconfirmed = false
	return &known
}

// Headers returns the headers of a packet that [Journey] returned, which may be between two
// hops. They are zero before its first hop.
func Headers(j *trace.Journey) (h trace.Headers) {
	if n := len(j.Hops); n > 0 {
		h = j.Hops[n-1].Packet
		for i := range j.Outcome.Changes {
			h.Set(j.Outcome.Changes[i].Field, j.Outcome.Changes[i].To)
		}
	}
	return h
}
