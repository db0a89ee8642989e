package trace

import (
	"maps"
	"testing"
	"time"
)

// TestAssignRequests: a segment belongs to the request that ran when its connection began,
// even if the next one runs by then. A datagram belongs to the request that sent it, and so
// does the reply, even if several use the same ports. A packet on no interface belongs to
// the only request of its sender.
func TestAssignRequests(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(100, 0).Add(time.Duration(ms) * time.Millisecond) }
	var tr Trace
	want := map[int]int{}
	add := func(id, flow int, direction FlowDirection, ms, request int) {
		tr.Journeys = append(tr.Journeys, Journey{ID: id, Flow: flow, Direction: direction, Hops: []Hop{{Node: "client", Time: at(ms)}}})
		want[id] = request
	}
	hidden := func(id, flow int, node string, ms, request int) {
		tr.Journeys = append(tr.Journeys, Journey{ID: id, Flow: flow, Direction: Original, Traced: at(ms), Outcome: Outcome{Node: node}})
		want[id] = request
	}
	tr.Answers = []Answer{
		{From: "client", Began: at(10), Ended: at(20)},
		{From: "host", Command: true, Began: at(21), Ended: at(22)},
		{From: "client", Began: at(30), Ended: at(40)},
		{From: "host", Began: at(50), Ended: at(51)},
	}
	tr.Flows = []Flow{{ID: 1, Protocol: "TCP"}, {ID: 2, Protocol: "UDP"}, {ID: 3, Protocol: "TCP"}, {ID: 4, Protocol: "ARP"}, {ID: 5, Protocol: "UDP"}, {ID: 6, Protocol: "UDP"}, {ID: 7, Protocol: "UDP"}}
	add(1, 1, Original, 10, 1)
	add(2, 1, Reply, 31, 1) // still closing
	add(3, 2, Original, 20, 1)
	add(4, 2, Reply, 32, 1) // late
	add(5, 2, Original, 33, 3)
	add(6, 2, Reply, 34, 3)
	add(7, 2, Original, 45, 3) // between two requests: as the one before
	add(8, 3, Original, 5, 0)  // before all
	add(9, 4, Original, 25, 0) // between, without one before
	hidden(10, 5, "host", 60, 4)
	hidden(11, 6, "client", 60, 0) // of either
	hidden(12, 7, "host", 40, 0)   // read before its only request
	add(-1, 1, Original, 12, 0)
	tr.AssignRequests()
	got := map[int]int{}
	for _, j := range tr.Journeys {
		got[j.ID] = j.Request
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}

	// A trace of an earlier version does not know when requests ran.
	for i := range tr.Answers {
		tr.Answers[i].Began, tr.Answers[i].Ended = time.Time{}, time.Time{}
	}
	tr.AssignRequests()
	for _, j := range tr.Journeys {
		if j.Request != 0 {
			t.Errorf("#%d belongs to request %d", j.ID, j.Request)
		}
	}
}

// TestNames: names are unique, and a packet without equals has no number of its own.
func TestNames(t *testing.T) {
	packet := func(id, request int, from, summary string) Journey {
		return Journey{ID: id, Request: request, Summary: summary, Outcome: Outcome{Node: from}}
	}
	tr := Trace{Journeys: []Journey{
		packet(1, 1, "client", "TCP SYN"), packet(2, 1, "client", "TCP ACK"), packet(3, 1, "flask", "TCP ACK"),
		packet(4, 1, "client", "TCP ACK"), packet(5, 2, "client", "TCP SYN"), packet(-1, 0, "client", "IGMP"),
	}}
	want := map[int]Name{
		1: {1, "TCP SYN", "client", 0}, 2: {1, "TCP ACK", "client", 1}, 3: {1, "TCP ACK", "flask", 0},
		4: {1, "TCP ACK", "client", 2}, 5: {2, "TCP SYN", "client", 0},
	}
	if got := tr.Names(); !maps.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
