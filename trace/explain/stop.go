package explain

import (
	"slices"

	"tracer/trace"
)

// telling builds the account of one stop.
type telling struct {
	*Account
	journey *trace.Journey
	stop    int
	node    string
	shown   origins
	rows    draft
}

func (t *telling) add(at rank, r Row) {
	r.Stop = t.stop
	if r.Node == "" {
		r.Node = t.node
	}
	t.rows.add(at, r)
}

func (t *telling) hop(h *trace.Hop) {
	t.node = h.Node
	t.add(rank{stage: departure}, Row{Kind: KindStretch, Level: Usual, Tone: ToneNote, Text: t.stretch(h)})
	if t.stop == 0 {
		if s := t.proxied(t.trace.Flow(t.journey.Flow), t.first, t.journey); s != "" {
			t.add(rank{stage: departure}, Row{Kind: KindProxy, Level: Brief, Text: s})
		}
	}
	t.happened(h.Steps, h.Changes, len(h.Hooks) > 0)
	after := rank{stage: arrival}
	if s := t.evidence(h); s != "" {
		t.add(after, Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: s})
	}
	if h.Copy {
		t.add(after, Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: t.Format(copied)})
	}
	if len(h.Ambiguous) > 0 {
		t.add(after, Row{Kind: KindAmbiguous, Level: Usual, Tone: ToneBad, Text: t.Ambiguous(h.Ambiguous)})
	}
	seen := Row{Kind: KindHop, Level: Brief, Tone: ToneNote}
	switch {
	case t.stop == 0 || slices.ContainsFunc(h.Changes, func(c trace.Change) bool { return changeRank(&c).stage != linkHeader }):
	case len(h.Changes) > 0 && h.Packet.IsIP():
		seen.Text = t.Format(unchangedIP)
	default:
		seen.Text = t.Format(unchanged)
	}
	t.add(after, seen)
}

func (t *telling) end(o *trace.Outcome) {
	if n := len(t.journey.Hops); n > 0 && len(o.Steps)+len(o.Changes) > 0 {
		t.add(rank{stage: departure}, Row{Kind: KindStretch, Level: Usual, Tone: ToneNote, Text: t.Format(insideAfter, o.Node, t.journey.Hops[n-1].Interface)})
	}
	t.happened(o.Steps, o.Changes, len(o.Hooks) > 0)
	tone := ToneGood
	if o.Lost() {
		tone = ToneBad
	}
	t.add(rank{stage: arrival}, Row{Kind: KindOutcome, Level: Brief, Tone: tone, Text: t.Outcome(t.journey)})
	if s := t.reported(t.journey, t.trace.Gaps == trace.Gaps{}); s != "" {
		t.add(rank{stage: arrival}, Row{Kind: KindReported, Level: Brief, Text: s})
	}
}

// stretch describes the way from the previous stop.
func (t *telling) stretch(h *trace.Hop) string {
	captures := t.trace.Survey != nil
	switch {
	case t.stop == 0 && captures:
		return t.Format(firstCaptured, h.Place())
	case t.stop == 0:
		return t.Format(firstSeen, h.Node, h.Interface)
	}
	switch before := &t.journey.Hops[t.stop-1]; {
	case captures:
		return t.Format(onTheWay, before.Place(), h.Place())
	case before.Node != h.Node:
		return t.Format(onTheWire, before.Place(), h.Place())
	default:
		return t.Format(inside, h.Node, before.Interface, h.Interface)
	}
}

// evidence says what is not known about the way to a hop. It returns "" if all is known.
func (t *telling) evidence(h *trace.Hop) string {
	routed := t.trace.Survey == nil && slices.ContainsFunc(h.Changes, func(c trace.Change) bool { return c.Field == trace.FieldTTL })
	switch {
	case h.Doubtful:
		return t.Format(doubtful)
	case routed && h.Evidence == trace.EvidenceConntrack:
		return t.Format(onlyConntrack)
	case routed && h.Evidence == trace.EvidenceFrames:
		return t.Format(onlyFrames)
	}
	return ""
}
