package explain

import (
	"slices"
	"strings"

	"tracer/trace"
)

// Association says which connection tracking entry a packet belongs to, and how
// that is known.
func (l Language) Association(a *trace.Association, node string) string {
	m := association
	if !a.Observed {
		m = associationByEnds
	}
	state := ""
	if a.State != 0 {
		state = l.Format(inState, a.State)
	}
	return l.Format(m, node, a.Entry, a.Direction.String(), state)
}

// NoEntry says why a packet has no conntrack entry: the entry was discarded with it, or none
// is known.
func (l Language) NoEntry(j *trace.Journey) string {
	if unconfirmed(j) {
		return l.Format(labelUnconfirmed)
	}
	return l.Format(labelNoEntry)
}

// unconfirmed reports whether a packet was the first of a connection, and was dropped
// before the connection's entry was confirmed.
func unconfirmed(j *trace.Journey) bool {
	died := func(a *trace.Association) bool { return a != nil && a.Unconfirmed }
	return died(j.Outcome.Conntrack) || slices.ContainsFunc(j.Hops, func(h trace.Hop) bool { return died(h.Conntrack) })
}

// Entry returns a conntrack entry as conntrack -L prints it, marked if it was destroyed.
func (l Language) Entry(e *trace.Entry) string {
	if e.Destroyed {
		return l.Format(destroyed, e.Text)
	}
	return e.Text
}

// EntryState describes the state of a connection when a packet passed, if known, and the
// last state of its entry.
func (l Language) EntryState(then trace.ConnState, f *trace.Flow) string {
	last := entryStatus(f)
	if f.Entry.Destroyed {
		last = l.Format(destroyed, last)
	}
	if then == 0 {
		return l.Format(entryStateOnly, last)
	}
	return l.Format(entryState, then, last)
}

// entryStatus returns the protocol and state of a flow's entry, as conntrack -L prints
// them: "tcp ESTABLISHED [ASSURED]".
func entryStatus(f *trace.Flow) string {
	words := []string{strings.TrimSuffix(strings.ToLower(f.Protocol), "v4")}
	if f.Entry.State != 0 {
		words = append(words, f.Entry.State.String())
	}
	if f.Entry.Unreplied {
		words = append(words, "[UNREPLIED]")
	}
	if f.Entry.Assured {
		words = append(words, "[ASSURED]")
	}
	return strings.Join(words, " ")
}

// Translated names the translations of a flow.
func (l Language) Translated(kinds []trace.Translation) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = strings.ToUpper(k.String())
	}
	return l.Format(LabelTranslated, strings.Join(names, ", "))
}

// proxied describes a proxy's part in a flow, for the flow's first packet. Otherwise it
// returns "". first has the number of each flow's first packet. The flow on the other
// side of the proxy may have none: not captured, or removed by a filter.
func (l Language) proxied(f *trace.Flow, first trace.Firsts, j *trace.Journey) string {
	if f == nil || f.Proxy == "" || j.Direction != trace.Original || first[f.ID] != j.ID {
		return ""
	}
	to, toUnseen, from, fromUnseen := proxiedOn, proxiedOnUnseen, proxied, proxiedUnseen
	if f.Protocol == "UDP" {
		to, toUnseen, from, fromUnseen = relayedOn, relayedOnUnseen, relayed, relayedUnseen
	}
	switch other := first[f.Continues+f.ContinuedBy]; {
	case f.Continues != 0 && other != 0:
		return l.Format(from, f.Proxy, l.packet(other))
	case f.Continues != 0:
		return l.Format(fromUnseen, f.Proxy)
	case other != 0:
		return l.Format(to, f.Proxy, l.packet(other))
	}
	return l.Format(toUnseen, f.Proxy)
}

// Unmatched says why a rule did not match.
func (l Language) Unmatched(m *trace.Unmatched) string {
	switch {
	case m.Condition == "":
		return l.Format(unmatchedUnknown)
	case m.Was == "":
		return l.Format(unmatchedNothing, m.Condition)
	}
	return l.Format(unmatched, m.Condition, m.Was)
}
