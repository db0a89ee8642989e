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
		if whole := t.whole(t.journey); whole != 0 {
			t.add(rank{stage: departure}, Row{Kind: KindSegment, Level: Brief, Text: t.Format(segmentOf, t.packet(whole))})
		}
	}
	t.created(h.Conntrack)
	t.happened(h.Steps, h.Changes, len(h.Hooks) > 0)
	after := rank{stage: arrival}
	if s := t.evidence(h); s != "" {
		t.add(after, Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: s})
	}
	if s := t.identity(h); s != "" {
		t.add(after, Row{Kind: KindIdentity, Level: Detail, Tone: ToneNote, Text: s})
	}
	if h.Copy {
		t.add(after, Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: t.Format(copied)})
	}
	if h.Unordered {
		t.add(after, Row{Kind: KindEvidence, Level: Usual, Tone: ToneNote, Text: t.Format(unordered)})
	}
	if len(h.Ambiguous) > 0 {
		t.add(after, Row{Kind: KindAmbiguous, Level: Usual, Tone: ToneBad, Text: t.Ambiguous(h)})
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
	t.add(after, seen)
}

func (t *telling) end(o *trace.Outcome) {
	if n := len(t.journey.Hops); n > 0 && len(o.Steps)+len(o.Changes) > 0 {
		t.add(rank{stage: departure}, Row{Kind: KindStretch, Level: Usual, Tone: ToneNote, Text: t.Format(insideAfter, o.Node, t.journey.Hops[n-1].Interface)})
	}
	t.created(o.Conntrack)
	t.happened(o.Steps, o.Changes, len(o.Hooks) > 0)
	tone := ToneGood
	if o.Lost() || o.Reason == trace.ReasonNoListener {
		tone = ToneBad
	}
	t.add(rank{stage: arrival}, Row{Kind: KindOutcome, Level: Brief, Tone: tone, Text: t.Outcome(t.journey)})
	if s := t.reported(t.journey); s != "" {
		t.add(rank{stage: arrival}, Row{Kind: KindReported, Level: Brief, Text: s})
	}
	if unconfirmed(t.journey) {
		t.add(rank{stage: arrival}, Row{Kind: KindDiscarded, Level: Usual, Tone: ToneNote, Text: t.Format(labelUnconfirmed)})
	}
}

// created says that conntrack made an entry for the packet, at the hook where it does so.
func (t *telling) created(a *trace.Association) {
	if a != nil && a.Created {
		t.add(rank{firstHook, trace.PriorityConntrack}, Row{Kind: KindEntry, Level: Usual, Tone: ToneNote, Text: t.Format(entryCreated)})
	}
}

// besides reports whether a field belongs to neither the IP header nor its payload.
func besides(f trace.Field) bool {
	return f == trace.FieldSourceMAC || f == trace.FieldDestinationMAC || f == trace.FieldMark
}

// stretch describes the way from the previous stop.
func (t *telling) stretch(h *trace.Hop) string {
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
