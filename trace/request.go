package trace

import (
	"slices"
	"time"
)

// Answer is a request and its result.
type Answer struct {
	From string
	URL  string // the request: a URL, "ping 10.0.0.1", "udp 10.0.0.1:53", "iptables -t nat -F"
	Text string // "200 Hello", "1 of 1 answered", or the error

	Replies []EchoReply // to a ping, in the order of the requests; none in traces of earlier versions

	// Command means that it changes its node and sends nothing. Before are the node's rules
	// before it; nil: they were not read.
	Command bool
	Before  []Table

	// Requests run one after the other: from Began to Ended, by the clock of the frames.
	// Both are zero in traces of earlier versions.
	Began, Ended time.Time
}

// AssignRequests sets each journey's request. A TCP segment belongs to the request that was
// running when its connection began, since a connection may still be closing during the
// next request. Other packets belong to the request that was running when they were sent,
// and replies to that of the packet before them in the original direction: several requests
// may use the same ports.
func (t *Trace) AssignRequests() {
	latest := map[int]int{} // by flow: the request of the latest packet that decides
	for _, j := range t.byTime() {
		f := t.Flow(j.Flow)
		tcp := f != nil && f.Protocol == "TCP"
		request, known := latest[j.Flow]
		if !known || !tcp && j.Direction == Original {
			if now := t.requestOf(j); now != 0 || !known {
				request = now
			}
			latest[j.Flow] = request
		}
		j.Request = request
	}
}

// byTime returns the journeys except background ones, in the order in which they were first
// seen. Those on no interface have the last numbers.
func (t *Trace) byTime() (list []*Journey) {
	for i := range t.Journeys {
		if j := &t.Journeys[i]; !j.Background() {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list, func(a, b *Journey) int { return a.Time().Compare(b.Time()) })
	return list
}

// requestOf returns the number of the request that was running when a packet was sent, or
// 0. The time of a packet on no interface is not known: its rule trace is read later. Then
// only its sender shows which request it is, if there is no other from there.
func (t *Trace) requestOf(j *Journey) (number int) {
	for i, a := range t.Answers {
		switch {
		case a.Began.IsZero() || j.Time().Before(a.Began):
		case len(j.Hops) > 0 && !j.Time().After(a.Ended):
			return i + 1
		case len(j.Hops) == 0 && !a.Command && a.From == j.Sender():
			if number != 0 {
				return 0
			}
			number = i + 1
		}
	}
	return number
}
