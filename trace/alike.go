package trace

import (
	"slices"

	"github.com/google/gopacket/layers"
)

// Alike reports for each packet of a trace whether it shows nothing new: an earlier packet
// of its conversation, in the same direction and request, went the same way and met the same
// rules with the same results. Segments that open, reset or repeat are never alike. repeats
// are the trace's [Trace.Retransmissions].
func (t *Trace) Alike(repeats map[int]int) []bool {
	type kind struct {
		flow, request int
		direction     FlowDirection
	}
	const most = 16 // packets of a kind to compare with
	earlier, out := map[kind][]*Journey{}, make([]bool, len(t.Journeys))
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() || len(j.Hops) == 0 || repeats[j.ID] != 0 {
			continue
		}
		k := kind{j.Flow, j.Request, j.Direction}
		if slices.ContainsFunc(earlier[k], func(e *Journey) bool { return SameWay(e, j) }) {
			out[i] = j.uneventful()
		} else if len(earlier[k]) < most {
			earlier[k] = append(earlier[k], j)
		}
	}
	return out
}

// uneventful reports whether a packet was simply delivered, or followed to the last capture,
// and says nothing about its connection.
func (j *Journey) uneventful() bool {
	p := &j.Hops[0].Packet
	notable := p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&(SYN|RST) != 0
	return !notable && p.IsIP() && (j.Outcome.Kind == OutcomeDelivered || j.Outcome.Kind == OutcomeLeft) && j.Outcome.Reason == 0 &&
		!slices.ContainsFunc(j.Hops, func(h Hop) bool { return h.Doubtful || len(h.Ambiguous) > 0 })
}

// SameWay reports whether two packets of a conversation fared alike: the same interfaces,
// rules, changes and kind of end.
func SameWay(a, b *Journey) bool {
	return slices.EqualFunc(a.Hops, b.Hops, func(g, h Hop) bool {
		return g.Place() == h.Place() && g.Direction == h.Direction && slices.Equal(g.Hooks, h.Hooks) && sameRules(g.Steps, h.Steps) && sameChanges(g.Changes, h.Changes)
	}) && a.Outcome.Kind == b.Outcome.Kind && a.Outcome.Reason == b.Outcome.Reason && slices.Equal(a.Outcome.Hooks, b.Outcome.Hooks) &&
		sameRules(a.Outcome.Steps, b.Outcome.Steps) && sameChanges(a.Outcome.Changes, b.Outcome.Changes)
}

func sameRules(a, b []Step) bool {
	return slices.EqualFunc(a, b, func(s, o Step) bool {
		return s.Hook == o.Hook && s.RuleRef == o.RuleRef && s.Verdict == o.Verdict
	})
}

func sameChanges(a, b []Change) bool {
	return slices.EqualFunc(a, b, func(c, d Change) bool {
		return c.Field == d.Field && c.Hook == d.Hook && c.Cause.Kind == d.Cause.Kind && c.Cause.Rule == d.Cause.Rule && c.Cause.Reverse == d.Cause.Reverse
	})
}
