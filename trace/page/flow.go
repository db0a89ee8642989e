package page

import (
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// flow is a connection with a conntrack entry.
type flow struct {
	At, Replied int // moments: conntrack knows it; a reply was seen
	Protocol    string
	Original    string
	Reply       string
	Translated  string
	Entry       string // at the end
}

// flows builds the connections that conntrack knows.
func (b *builder) flows() (list []flow) {
	known, replied := make([]int, len(b.trace.Flows)+1), make([]int, len(b.trace.Flows)+1)
	for i := range b.trace.Journeys {
		j := &b.trace.Journeys[i]
		if b.trace.Flow(j.Flow) == nil {
			continue
		}
		if known[j.Flow] == 0 {
			known[j.Flow] = b.associated(i)
		}
		if replied[j.Flow] == 0 && j.Direction == trace.Reply {
			replied[j.Flow] = b.order.begin(i)
		}
	}
	for i := range b.trace.Flows {
		f := &b.trace.Flows[i]
		if f.Entry.ID == 0 && f.Entry.Text == "" || known[f.ID] == 0 {
			continue
		}
		out := flow{At: known[f.ID], Replied: replied[f.ID], Protocol: f.Protocol, Original: b.ends(f.Protocol, f.Original), Entry: b.Entry(&f.Entry)}
		if out.Replied == 0 {
			out.Replied = b.order.end
		}
		if f.Reply.Source.Addr().IsValid() {
			out.Reply = b.ends(f.Protocol, f.Reply)
		}
		out.Translated = b.Format(explain.LabelNotTranslated)
		if len(f.NAT) > 0 {
			out.Translated = b.Translated(f.NAT)
		}
		list = append(list, out)
	}
	return list
}

// associated returns the moment at which conntrack assigns a packet to an entry, or 0.
func (b *builder) associated(i int) int {
	j := &b.trace.Journeys[i]
	for stop := range len(j.Hops) + 1 {
		a := j.Outcome.Conntrack
		if stop < len(j.Hops) {
			a = j.Hops[stop].Conntrack
		}
		if a == nil || a.Unconfirmed {
			continue
		}
		moments := explain.Moments(j, stop)
		for m := range moments {
			if moments[m].Created {
				return b.order.at(i, explain.Place{Stop: stop, Moment: m})
			}
		}
		return b.order.at(i, explain.Place{Stop: stop, Moment: len(moments) - 1})
	}
	return 0
}

// ends formats a packet's source and destination. ICMP has an identifier instead of ports.
func (b *builder) ends(protocol string, e trace.Ends) string {
	from, to := e.Source.String(), e.Destination.String()
	id := ""
	switch ports := e.Source.Port() != 0 || e.Destination.Port() != 0; {
	case strings.HasPrefix(protocol, "ICMP") && ports:
		id = "  id " + strconv.Itoa(int(e.Source.Port()))
		fallthrough
	case !ports:
		from, to = e.Source.Addr().String(), e.Destination.Addr().String()
	}
	return from + " " + b.Arrow + " " + to + id
}

// count formats a counter.
func count(n uint64) string { return strconv.FormatUint(n, 10) }
