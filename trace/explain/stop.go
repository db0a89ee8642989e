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
	moment  int // of the rows added next
	node    string
	shown   origins
	rows    []Row
}

func (t *telling) add(r Row) {
	r.Stop, r.Moment = t.stop, t.moment
	if r.Node == "" {
		r.Node = t.node
	}
	t.rows = append(t.rows, r)
}

func (t *telling) hop(h *trace.Hop) {
	t.node = h.Node
	t.add(Row{Kind: KindStretch, Level: Usual, Tone: ToneNote, Text: t.way(h)})
	t.descent()
	t.happened()
	if s := t.evidence(h); s != "" {
		t.add(Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: s})
	}
	if s := t.identity(h); s != "" {
		t.add(Row{Kind: KindIdentity, Level: Detail, Tone: ToneNote, Text: s})
	}
	if h.Copy {
		t.add(Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: t.Format(copied)})
	}
	if h.Unordered {
		t.add(Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: t.Format(unordered)})
	}
	if len(h.Ambiguous) > 0 {
		t.add(Row{Kind: KindAmbiguous, Level: Usual, Tone: ToneBad, Text: t.Ambiguous(h)})
	}
	seen := Row{Kind: KindHop, Level: Brief, Tone: ToneNote}
	switch {
	case t.stop == 0 || slices.ContainsFunc(h.Changes, func(c trace.Change) bool { return !besides(c.Field) }):
	case len(h.Changes) > 0 && h.Packet.IsIP():
		seen.Text = t.Format(unchangedIP)
	default:
		seen.Text = t.Format(unchanged)
	}
	seen.Note = t.Fragments(h)
	t.add(seen)
}

// descent says, at the first stop, from which other packet this one comes or which one it
// refuses, if any.
func (t *telling) descent() {
	if t.stop > 0 {
		return
	}
	if s := t.proxied(t.trace.Flow(t.journey.Flow), t.first, t.journey); s != "" {
		t.add(Row{Kind: KindProxy, Level: Brief, Text: s})
	}
	if whole := t.whole(t.journey); whole != 0 {
		t.add(Row{Kind: KindSegment, Level: Brief, Text: t.Format(segmentOf, t.packet(whole))})
	}
	if j := t.refused(t.journey); j != nil {
		t.add(Row{Kind: KindUnheard, Level: Usual, Text: t.Format(answersUnheard, t.packet(j.ID), arrivedAt(j))})
	}
}

func (t *telling) end(o *trace.Outcome) {
	switch n := len(t.journey.Hops); {
	case len(o.Steps)+len(o.Changes)+len(o.Hooks) == 0:
	case n == 0:
		t.add(Row{Kind: KindStretch, Level: Usual, Tone: ToneNote, Text: t.Format(LabelInside, o.Node)})
	default:
		t.add(Row{Kind: KindStretch, Level: Usual, Tone: ToneNote, Text: t.Format(insideAfter, o.Node, t.journey.Hops[n-1].Interface)})
	}
	t.descent()
	t.happened()
	if o.Kind == 0 { // it is still under way
		return
	}
	tone := ToneGood
	if o.Lost() || o.Reason == trace.ReasonNoListener {
		tone = ToneBad
	}
	t.add(Row{Kind: KindOutcome, Level: Brief, Tone: tone, Text: t.Outcome(t.journey)})
	if s := t.reported(t.journey); s != "" {
		t.add(Row{Kind: KindReported, Level: Brief, Text: s})
	}
	if unconfirmed(t.journey) {
		t.add(Row{Kind: KindDiscarded, Level: Usual, Tone: ToneNote, Text: t.Format(labelUnconfirmed)})
	}
}

// besides reports whether a field belongs to neither the IP header nor its payload.
func besides(f trace.Field) bool {
	return f == trace.FieldSourceMAC || f == trace.FieldDestinationMAC || f == trace.FieldMark
}

// way describes the way from the previous stop.
func (t *telling) way(h *trace.Hop) string {
	captures := t.trace.Survey != nil
	switch {
	case t.stop == 0 && captures:
		return t.Format(firstCaptured, h.Place())
	case t.stop == 0 && h.Direction == trace.In:
		return t.Format(firstReceived, h.Node, h.Interface)
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
	switch forwarded := t.trace.Survey == nil && routed(h); {
	case h.Doubtful:
		return t.Format(doubtful)
	case forwarded && h.Evidence == trace.EvidenceConntrack:
		return t.Format(onlyConntrack)
	case forwarded && h.Evidence == trace.EvidenceFrames:
		return t.Format(onlyFrames)
	}
	return ""
}

// routed reports whether a packet was forwarded on the way to a hop.
func routed(h *trace.Hop) bool {
	return slices.ContainsFunc(h.Changes, func(c trace.Change) bool { return c.Field == trace.FieldTTL })
}

// identity names the evidence that a hop is the same packet, if it could be stronger. For
// captures alone it cannot.
func (t *telling) identity(h *trace.Hop) string {
	switch {
	case t.trace.Survey != nil:
	case h.Identity == trace.IdentityConnection:
		return t.Format(sameConnection)
	case h.Identity == trace.IdentityHeaders:
		return t.Format(sameHeaders)
	}
	return ""
}
