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

	// Command means that it changes its node and sends nothing.
	Command bool

	// Requests run one after the other: from Began to Ended, by the clock of the frames.
	// Both are zero in traces of earlier versions.
	Began, Ended time.Time
}

// AssignRequests sets each journey's request: the one that was running when its flow
// began. The connections of a request may still be closing when the next one begins, so
// their packets cannot be assigned by their own times.
func (t *Trace) AssignRequests() {
	first := map[int]*Journey{} // of each flow, by time
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if f := first[j.Flow]; !j.Background() && (f == nil || j.Time().Before(f.Time())) {
			first[j.Flow] = j
		}
	}
	for i := range t.Journeys {
		if j := &t.Journeys[i]; !j.Background() {
			j.Request = t.requestOf(first[j.Flow])
		}
	}
}

// requestOf returns the number of the request that was running when a packet was sent, or
// 0. A rule trace is read some time after the packet passed, so the request may have ended
// by then.
func (t *Trace) requestOf(j *Journey) int {
	for i, a := range slices.Backward(t.Answers) {
		switch {
		case a.Began.IsZero() || j.Time().Before(a.Began):
			continue
		case !j.Time().After(a.Ended), len(j.Hops) == 0 && j.Sender() == a.From:
			return i + 1
		}
		return 0
	}
	return 0
}

// Name identifies a packet in the same way in every run of a scenario. Numbers do not:
// packets that two nodes send at the same time may change places.
type Name struct {
	Request int    // the request it belongs to; 0: none
	Summary string // "TCP SYN-ACK"
	From    string // the node that sent it
	Nth     int    // which of the packets with the same request, summary and sender, from 1; 0: there is only one
}

// Names returns the names of all packets except background ones, by number.
func (t *Trace) Names() map[int]Name {
	names, count := map[int]Name{}, map[Name]int{}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() {
			continue
		}
		n := Name{Request: j.Request, Summary: j.Summary, From: j.Sender()}
		count[n]++
		n.Nth = count[n]
		names[j.ID] = n
	}
	for id, n := range names {
		if n.Nth = 0; count[n] == 1 {
			names[id] = n
		}
	}
	return names
}
