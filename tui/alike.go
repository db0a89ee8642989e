package tui

import (
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// alike reports for each packet of a trace whether it shows nothing new: an earlier packet
// of its conversation, in the same direction and request, went the same way and met the same
// rules with the same results. Segments that open, reset or repeat are never alike.
func alike(t *trace.Trace, repeats map[int]int) []bool {
	type kind struct {
		flow, request int
		direction     trace.FlowDirection
	}
	const most = 16 // packets of a kind to compare with
	earlier, out := map[kind][]*trace.Journey{}, make([]bool, len(t.Journeys))
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() || len(j.Hops) == 0 || repeats[j.ID] != 0 {
			continue
		}
		k := kind{j.Flow, j.Request, j.Direction}
		if slices.ContainsFunc(earlier[k], func(e *trace.Journey) bool { return sameWay(e, j) }) {
			out[i] = plain(j)
		} else if len(earlier[k]) < most {
			earlier[k] = append(earlier[k], j)
		}
	}
	return out
}

// plain reports whether a packet was simply delivered, and says nothing about its connection.
func plain(j *trace.Journey) bool {
	p := &j.Hops[0].Packet
	notable := p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&(trace.SYN|trace.RST) != 0
	return !notable && p.IsIP() && j.Outcome.Kind == trace.OutcomeDelivered && j.Outcome.Reason == 0 &&
		!slices.ContainsFunc(j.Hops, func(h trace.Hop) bool { return h.Doubtful || len(h.Ambiguous) > 0 })
}

// sameWay reports whether two packets of a conversation had the same experiences.
func sameWay(a, b *trace.Journey) bool {
	return slices.EqualFunc(a.Hops, b.Hops, func(g, h trace.Hop) bool {
		return g.Place() == h.Place() && g.Direction == h.Direction && slices.Equal(g.Hooks, h.Hooks) && sameRules(g.Steps, h.Steps) && sameChanges(g.Changes, h.Changes)
	}) && a.Outcome.Kind == b.Outcome.Kind && slices.Equal(a.Outcome.Hooks, b.Outcome.Hooks) &&
		sameRules(a.Outcome.Steps, b.Outcome.Steps) && sameChanges(a.Outcome.Changes, b.Outcome.Changes)
}

func sameRules(a, b []trace.Step) bool {
	return slices.EqualFunc(a, b, func(s, o trace.Step) bool {
		return s.Hook == o.Hook && s.RuleRef == o.RuleRef && s.Verdict == o.Verdict
	})
}

func sameChanges(a, b []trace.Change) bool {
	return slices.EqualFunc(a, b, func(c, d trace.Change) bool {
		return c.Field == d.Field && c.Hook == d.Hook && c.Cause.Kind == d.Cause.Kind && c.Cause.Rule == d.Cause.Rule && c.Cause.Reverse == d.Cause.Reverse
	})
}
