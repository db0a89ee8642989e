package page

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// referred returns the moment at which the last of the packets that a packet's account refers to
// has begun, or 0 if none comes later: an ICMP error that reports it, an equal packet, or the one
// with which a proxy continues its connection.
func (b *builder) referred(i int) (at int) {
	j := &b.trace.Journeys[i]
	refer := func(id int) {
		if k, known := b.index[id]; known && k > i {
			at = max(at, b.order.begin(k))
		}
	}
	refer(j.Outcome.ReportedBy)
	changes := func(list []trace.Change) {
		for k := range list {
			refer(list[k].Cause.Origin.Journey)
		}
	}
	for k := range j.Hops {
		for _, id := range j.Hops[k].Ambiguous {
			refer(id)
		}
		changes(j.Hops[k].Changes)
	}
	changes(j.Outcome.Changes)
	if f := b.trace.Flow(j.Flow); f != nil && f.Proxy != "" {
		refer(b.facts.Firsts[f.Continues+f.ContinuedBy])
	}
	return at
}

// version is a row of an account during a part of the walk.
type version struct {
	explain.Row
	at, until int // moments; 0: always
}

// rows returns the account of a stop. Rows that refer to later packets have another version until
// these have begun. That there is none (no ICMP error, say) is known only at the end.
func (t *teller) rows(i, stop int) (list []version) {
	j := &t.trace.Journeys[i]
	whole, at := t.Stop(j, stop), t.referred(i)
	if t.trace.Survey != nil || at == 0 && 0 < stop && stop < len(j.Hops) { // nothing that is known later
		for _, r := range whole {
			list = append(list, version{Row: r})
		}
		return list
	}
	known := t.past.Packet(i)
	early := t.early.Stop(&known, stop)
	if at == 0 {
		at = t.order.end
	}
	for _, r := range whole {
		same := slices.IndexFunc(early, func(e explain.Row) bool { return equal(&e, &r) })
		if same >= 0 {
			list = append(list, version{Row: r})
			early = slices.Delete(early, same, same+1)
			continue
		}
		if first := slices.IndexFunc(early, func(e explain.Row) bool { return e.Kind == r.Kind && e.Moment == r.Moment }); first >= 0 {
			list = append(list, version{Row: early[first], until: at})
			early = slices.Delete(early, first, first+1)
		}
		list = append(list, version{Row: r, at: at})
	}
	return list
}

// equal reports whether two rows say the same.
func equal(a, b *explain.Row) bool {
	return a.Kind == b.Kind && a.Moment == b.Moment && a.Text == b.Text && a.Note == b.Note
}

// indexes maps the numbers of packets to their indexes.
func indexes(t *trace.Trace) map[int]int {
	out := make(map[int]int, len(t.Journeys))
	for i := range t.Journeys {
		out[t.Journeys[i].ID] = i
	}
	return out
}

// ongoing returns a trace that more packets may follow, as it is known when each of its packets
// ends: that a proxy joined two connections is known once both have begun.
func ongoing(t *trace.Trace, firsts trace.Firsts, index map[int]int) *trace.Trace {
	begun := *t
	begun.Ongoing = true
	begun.Flows = slices.Clone(t.Flows)
	for i := range begun.Flows {
		f := &begun.Flows[i]
		other := firsts[f.Continues+f.ContinuedBy]
		if f.Continues+f.ContinuedBy == 0 || other == 0 || index[other] > index[firsts[f.ID]] {
			f.Proxy = ""
		}
	}
	return &begun
}
