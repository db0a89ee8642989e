package live

import (
	"testing"

	"tracer/scenarios"
	"tracer/trace"
)

// TestRequests: every packet belongs to the request that caused it, a command to its own
// place between two requests, and a pause is not part of a request. The lesson is in the
// trace.
func TestRequests(t *testing.T) {
	s, err := scenarios.Load("flush-nat")
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if tr.Lesson == nil || tr.Lesson.Story != s.Story || tr.Lesson.Answer != s.Answer || tr.Lesson.Course != s.Course || tr.Lesson.Next == "" {
		t.Errorf("lesson %+v", tr.Lesson)
	}
	if len(tr.Answers) != len(s.Traffic) {
		t.Fatalf("%d answers to %d requests", len(tr.Answers), len(s.Traffic))
	}
	for i, a := range tr.Answers {
		if a.Command != (s.Traffic[i].Flush != "") {
			t.Errorf("request %d: command %v", i+1, a.Command)
		}
		if a.Ended.Before(a.Began) || i > 0 && a.Began.Before(tr.Answers[i-1].Ended) {
			t.Errorf("request %d ran from %s to %s", i+1, a.Began, a.Ended)
		}
	}
	seen := map[int]bool{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Background() {
			if j.Request != 0 {
				t.Errorf("background packet of request %d", j.Request)
			}
			continue
		}
		if j.Request == 0 || tr.Answers[j.Request-1].Command {
			t.Errorf("#%d %s belongs to request %d", j.ID, j.Summary, j.Request)
		}
		seen[j.Request] = true
	}
	for _, n := range []int{1, 3, 4} {
		if !seen[n] {
			t.Errorf("no packet belongs to request %d", n)
		}
	}
}

// TestRequestOfHidden: a packet that is dropped before it is on any interface still belongs
// to its request.
func TestRequestOfHidden(t *testing.T) {
	s, err := scenarios.Parse("hidden.yaml", []byte(`
name: hidden
title: Dropped in OUTPUT
nodes:
  client:
    role: client
    interfaces: { eth0: { addresses: [10.0.0.2/24], link: host/eth0 } }
  host:
    role: host
    interfaces: { eth0: { addresses: [10.0.0.1/24] } }
    rules: [-A OUTPUT -p udp --dport 9 -j DROP]
traffic:
  - { from: client, ping: 10.0.0.1 }
  - { from: host, udp: "10.0.0.2:9", timeout: 100ms }
  - { from: client, ping: 10.0.0.1 }
`))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for i := range tr.Journeys {
		if j := &tr.Journeys[i]; len(j.Hops) == 0 && j.Outcome.Kind == trace.OutcomeDropped {
			hidden++
			if j.Request != 2 || j.Traced.IsZero() {
				t.Errorf("#%d %s belongs to request %d, read at %s: %+v", j.ID, j.Summary, j.Request, j.Traced, tr.Answers)
			}
		}
	}
	if hidden != 1 {
		t.Errorf("%d packets on no interface, not 1", hidden)
	}
}
