package page

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/reveal"
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
	changes := j.Outcome.Changes
	for k := range j.Hops {
		for _, id := range j.Hops[k].Ambiguous {
			refer(id)
		}
		changes = append(slices.Clip(changes), j.Hops[k].Changes...)
	}
	for k := range changes {
		refer(changes[k].Cause.Origin.Journey)
	}
	if f := b.trace.Flow(j.Flow); f != nil && f.Proxy != "" {
		refer(b.firsts[f.Continues+f.ContinuedBy])
	}
	return at
}

// version is a row of an account during a part of the walk.
type version struct {
	explain.Row
	at, until int // moments; 0: always
}

// rows returns the account of a stop. Rows that refer to later packets have another version until
// these have begun. That there are none, such as an ICMP error, is known only at the end.
func (b *builder) rows(i, stop int) (list []version) {
	j := &b.trace.Journeys[i]
	early, at := b.ongoing.Stop(j, stop), b.referred(i)
	if at != 0 && b.trace.Survey == nil {
		p := reveal.Position{Journey: j.ID, Stop: len(j.Hops), Moment: len(explain.Moments(j, len(j.Hops))) - 1}
		known := reveal.Upto(b.trace, p)
		early = b.Language.Account(known, b.Signs).Stop(known.Journey(j.ID), stop)
	} else {
		at = b.order.end
	}
	for _, r := range b.Stop(j, stop) {
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

// ongoing returns the account of a trace of which more may follow.
func ongoing(a *explain.Account, t *trace.Trace) *explain.Account {
	begun := *t
	begun.Ongoing = t.Survey == nil
	return a.Language.Account(&begun, a.Signs)
}
