package outline_test

import (
	"fmt"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/outline"
)

// shown describes rows: the packets by their places in the list, and the requests.
func shown(rows []outline.Row) string {
	var out []string
	for _, r := range rows {
		switch r.Kind {
		case outline.Packet:
			out = append(out, fmt.Sprint(r.From))
		case outline.Run:
			out = append(out, fmt.Sprintf("%d-%d", r.From, r.To))
		case outline.Request:
			out = append(out, strings.Repeat("again ", map[bool]int{true: 1}[r.Again])+fmt.Sprintf("request %d", r.Request))
		case outline.Nothing:
			out = append(out, fmt.Sprintf("nothing %d", r.Request))
		case outline.Answer:
			out = append(out, fmt.Sprintf("answer %d", r.Request))
		}
	}
	return strings.Join(out, ", ")
}

// TestRows: requests head their packets, silent ones and commands stand between, and answers
// follow as soon as they are known.
func TestRows(t *testing.T) {
	packets := func(requests ...int) (list []trace.Journey) {
		for i, q := range requests {
			list = append(list, trace.Journey{ID: i + 1, Request: q})
		}
		return list
	}
	asked, command, silent := trace.Answer{Text: "hello"}, trace.Answer{Command: true, Text: "done"}, trace.Answer{Text: "timeout"}
	for _, c := range []struct {
		journeys []trace.Journey
		answers  []trace.Answer
		chosen   bool
		upto     int // the position: a packet
		want     string
	}{
		{packets(1, 1), []trace.Answer{asked}, false, 2, "0, 1, answer 1"},
		{packets(1, 1), []trace.Answer{asked}, false, 1, "0, 1"},
		{packets(1, 3, 1, 4), []trace.Answer{asked, command, asked, silent}, false, 9, "request 1, 0, answer 1, request 2, request 3, 1, again request 1, 2, answer 3, request 4, 3, answer 4"},
		{packets(1, 3, 1, 4), []trace.Answer{asked, command, asked, silent}, false, 2, "request 1, 0, answer 1, request 2, request 3, 1, again request 1, 2"},
		{packets(1, 3), []trace.Answer{asked, silent, asked, silent}, false, 1, "request 1, 0, answer 1, request 2, nothing 2, answer 2, request 3, 1"},
		{packets(1, 3), []trace.Answer{asked, silent, asked, silent}, false, 9, "request 1, 0, answer 1, request 2, nothing 2, answer 2, request 3, 1, answer 3, request 4, nothing 4, answer 4"},
		{packets(1, 3), []trace.Answer{asked, silent, asked, silent}, true, 9, "request 1, 0, answer 1, request 3, 1, answer 3"},
		{packets(0, 0), []trace.Answer{asked, asked}, false, 9, "0, 1"}, // a trace that does not say what belongs to which request
		{packets(7), []trace.Answer{asked, asked}, false, 9, "0, request 1, nothing 1, answer 1, request 2, nothing 2, answer 2"},
	} {
		tr := &trace.Trace{Journeys: c.journeys, Answers: c.answers}
		var all []int
		for i := range tr.Journeys {
			all = append(all, i)
		}
		var known []outline.Row
		for _, r := range outline.Know(tr).List(all, c.chosen).Rows(nil) {
			if r.Since <= c.upto {
				known = append(known, r)
			}
		}
		if got := shown(known); got != c.want {
			t.Errorf("got %s\nnot %s", got, c.want)
		}
	}
}

// TestRuns: in every lesson, each packet is in one row, folded or not.
func TestRuns(t *testing.T) {
	runs := 0
	for _, name := range scenarios.Names() {
		r, err := scenarios.Recording(name, "")
		if err != nil {
			t.Fatal(err)
		}
		tr, err := export.ReadFile(r)
		if err != nil {
			t.Fatal(err)
		}
		var all []int
		opened := map[int]bool{}
		for i := range tr.Journeys {
			all = append(all, i)
			opened[tr.Journeys[i].ID] = true
		}
		list := outline.Know(tr).List(all, false)
		for _, how := range []map[int]bool{nil, opened} {
			next := 0
			for _, row := range list.Rows(how) {
				if row.Kind == outline.Run {
					runs++
				}
				if row.Listed() {
					if row.From != next || row.To < row.From || how != nil && row.Kind == outline.Run {
						t.Fatalf("%s: %+v follows packet %d", name, row, next-1)
					}
					next = row.To + 1
				}
			}
			if next != len(all) {
				t.Errorf("%s: %d packets are listed, not %d", name, next, len(all))
			}
		}
	}
	if runs == 0 {
		t.Error("no lesson has packets that show nothing new")
	}
}
