package explain

import (
	"slices"
	"strings"

	"tracer/trace"
)

// Brief describes the turning points of a packet's path: what was rewritten and by which rule,
// where a rule or a proxy decided something unusual, what is not known, and the end of a packet
// that was not simply delivered. Fields that the lesson names are included, too.
func (a *Account) Brief(j *trace.Journey) (rows []Row) {
	all := a.Journey(j)
	for i := range all {
		if r := &all[i]; a.turning(j, r, all[i:]) {
			rows = append(rows, *r)
		}
	}
	return rows
}

// turning reports whether a row is about a turning point. rest are the row and those after it.
func (a *Account) turning(j *trace.Journey, r *Row, rest []Row) bool {
	switch r.Kind {
	case KindProxy, KindSegment, KindRewrite, KindNoNAT, KindEvidence, KindAmbiguous, KindReported:
		return true
	case KindHeader:
		return r.Change.Cause.Kind == trace.CauseRule || a.asks(r.Change.Field)
	case KindLink:
		return a.asks(r.Change.Field)
	case KindRule:
		return exempts(r.Step) || changes(r.Step, rest)
	case KindOutcome:
		return j.Outcome.Lost() || j.Outcome.Kind == trace.OutcomeSegmented || j.Outcome.Reason == trace.ReasonNoListener
	}
	return false
}

// changes reports whether a rule made one of the changes that follow on the way to the same
// stop.
func changes(s *trace.Step, rest []Row) bool {
	for i := range rest {
		if rest[i].Stop != rest[0].Stop {
			return false
		}
		if c := rest[i].Change; c != nil && makes(s, c) {
			return true
		}
	}
	return false
}

// asks reports whether the lesson is about a field.
func (a *Account) asks(f trace.Field) bool {
	switch f {
	case trace.FieldTTL:
		return a.mentions("TTL") || a.mentions(a.Format(hopLimit))
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		return a.mentions("MAC")
	}
	return false
}

// AsksARP reports whether a trace is about ARP or neighbor discovery: the lesson names it, a
// packet was lost for want of a neighbour, or there is nothing else.
func (a *Account) AsksARP() bool {
	if a.mentions("ARP") || a.mentions(a.Format(neighborDiscovery)) {
		return true
	}
	only := true
	for i := range a.trace.Journeys {
		j := &a.trace.Journeys[i]
		if j.Outcome.Reason == trace.ReasonNoNeighbour {
			return true
		}
		only = only && (j.Background() || len(j.Hops) > 0 && j.Hops[0].Packet.Resolves())
	}
	return only
}

// mentions reports whether the lesson's question, its answer or the misconception contains a
// word.
func (a *Account) mentions(word string) bool {
	l := a.trace.Lesson
	return l != nil && strings.Contains(l.Question+"\n"+l.Answer+"\n"+l.Refutes, word)
}

// More says how many more packets of a connection fared like earlier ones. first is the number
// of the connection's first packet.
func (a *Account) More(list []*trace.Journey, first int) string {
	m := moreAlike
	if slices.ContainsFunc(list, rewritten) {
		m = moreTranslated
	}
	return a.listed(list) + "  " + a.Format(m, len(list), a.packet(first))
}

// Repeats says how many retransmissions of a packet fared like it.
func (a *Account) Repeats(list []*trace.Journey, of int) string {
	return a.listed(list) + "  " + a.Format(repeatsAlike, len(list), a.packet(of))
}

// listed names packets.
func (a *Account) listed(list []*trace.Journey) string {
	ids := make([]int, len(list))
	for i, j := range list {
		ids[i] = j.ID
	}
	return a.Language.numbers(ids)
}

// rewritten reports whether NAT changed a packet.
func rewritten(j *trace.Journey) bool {
	for i := range j.Hops {
		for k := range j.Hops[i].Changes {
			if j.Hops[i].Changes[k].Field.Translated() {
				return true
			}
		}
	}
	return false
}
