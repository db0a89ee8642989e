package main

import (
	"os"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/scenarios/articles"
)

// TestCurrent: docs/articles.md is what the program writes.
func TestCurrent(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../articles.md")
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(got), "\r\n", "\n") != want {
		t.Error("docs/articles.md is out of date: go run ./docs/articles docs/articles.md")
	}
}

// TestSee: the page gives a command for each kind of expectation, and a reason for rows that
// are not reproduced.
func TestSee(t *testing.T) {
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	proof := func(fault string, e scenarios.Expectation) []articles.Proof {
		return []articles.Proof{{Scenario: s, Fault: fault, Expectation: &e}}
	}
	for want, c := range map[string]struct {
		row    articles.Row
		proofs []articles.Proof
	}{
		"`tracer show flask-demo host ip route`":                           {proofs: proof("", scenarios.Expectation{Listing: "host ip route"})},
		"`tracer show flask-demo host iptables -t nat -nvL DOCKER`":        {proofs: proof("", scenarios.Expectation{Rule: "nat DOCKER -j RETURN"})},
		"`tracer replay flask-demo`: TCP SYN from client":                  {proofs: proof("", scenarios.Expectation{Packet: "TCP SYN", From: "client"})},
		"`tracer replay flask-demo --fault forward-drop`: the answer":      {proofs: proof("forward-drop", scenarios.Expectation{Answer: "no answer"})},
		"`tracer replay flask-demo`: the answer<br>Not yet: B":             {articles.Row{Open: "B"}, proof("", scenarios.Expectation{Answer: "200 Hello"})},
		"`tracer replay flask-demo`: the answer<br>Left out on purpose: B": {articles.Row{Outside: "B"}, proof("", scenarios.Expectation{Answer: "200 Hello"})},
		"Not reproduced yet. Missing: B":                                   {row: articles.Row{Open: "B"}},
		`Not about networks: A\|B`:                                         {row: articles.Row{Outside: "A|B"}},
		"`tracer replay flask-demo`: TCP SYN, the answer":                  {proofs: append(proof("", scenarios.Expectation{Packet: "TCP SYN"}), proof("", scenarios.Expectation{Answer: "200 Hello"})...)},
		"`tracer show flask-demo --fault forward-drop host ip route`":      {proofs: proof("forward-drop", scenarios.Expectation{Listing: "host ip route"})},
	} {
		if got := cell(see(&c.row, c.proofs)); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
