package expect

import (
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/trace"
	"tracer/trace/capture"
)

func TestCheck(t *testing.T) {
	run := &trace.Trace{
		Answers: []trace.Answer{{Text: "200 Hello"}},
		State: sim.State{Nodes: []sim.NodeState{{Name: "host", Rules: iptables.Ruleset{Tables: []iptables.Table{{Name: "nat", Chains: []iptables.Chain{
			{Name: "DOCKER", Rules: []iptables.Rule{{Target: iptables.Return, Packets: 3}}},
		}}}}}}},
		Journeys: []trace.Journey{
			{
				ID: 1, Summary: "TCP SYN", Outcome: trace.Outcome{Kind: trace.OutcomeDelivered},
				Hops: []trace.Hop{{Node: "client", Interface: "eth0", Direction: capture.Out}, {
					Node: "host", Interface: "docker0", Direction: capture.Out,
					Steps: []trace.Step{{Table: "nat", Chain: "DOCKER", Text: "-j DNAT"}},
					Changes: []trace.Change{
						{Field: trace.FieldDestination, From: "1", To: "2", Hook: "prerouting", Cause: trace.Cause{Kind: trace.CauseRule, Table: "nat", Chain: "DOCKER", Text: "-j DNAT"}},
						{Field: trace.FieldTTL, From: "64", To: "63", Cause: trace.Cause{Kind: trace.CauseRouting, Text: "default dev eth0"}},
					},
				}},
			},
			{ID: 2, Summary: "TCP SYN-ACK", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}, Hops: []trace.Hop{{Changes: []trace.Change{
				{Field: trace.FieldSource, From: "2", To: "1", Cause: trace.Cause{Kind: trace.CauseConntrack, Established: trace.Established{Table: "nat", Chain: "DOCKER", Text: "-j DNAT"}}},
			}}}},
			{ID: -1, Summary: "ICMPv6 report", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}},
		},
	}
	change := func(c scenarios.ExpectedChange) []scenarios.ExpectedChange { return []scenarios.ExpectedChange{c} }
	for _, c := range []struct {
		name   string
		expect scenarios.Expectation
		unmet  string // empty: it is met
	}{
		{"answer", scenarios.Expectation{Answer: "200 Hello"}, ""},
		{"other answer", scenarios.Expectation{Answer: "404"}, `no request got the answer "404", but ["200 Hello"]`},
		{"counter", scenarios.Expectation{Rule: "nat DOCKER -j RETURN", Packets: 3}, ""},
		{"other counter", scenarios.Expectation{Rule: "nat DOCKER -j RETURN", Packets: 0}, "counted 3 packets, not 0"},
		{"no such rule", scenarios.Expectation{Rule: "nat DOCKER -j DROP"}, "there is no rule nat DOCKER -j DROP"},
		{"outcome", scenarios.Expectation{Packet: "TCP SYN", Outcome: "delivered"}, ""},
		{"other outcome", scenarios.Expectation{Packet: "TCP SYN", Outcome: "dropped"}, "#1 TCP SYN was delivered, not dropped"},
		{"no such packet", scenarios.Expectation{Packet: "TCP RST", Outcome: "delivered"}, `there is no packet "TCP RST"`},
		{"every", scenarios.Expectation{Every: true, Outcome: "delivered"}, "#2 TCP SYN-ACK was unseen, not delivered"},
		{"hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out", "host/docker0 out"}}, ""},
		{"other hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out"}}, "was seen at client/eth0 out, host/docker0 out, not at client/eth0 out"},
		{"touched", scenarios.Expectation{Packet: "TCP SYN", UntouchedBy: "nat"}, "met a rule of table nat: DOCKER -j DNAT"},
		{"untouched", scenarios.Expectation{Packet: "TCP SYN-ACK", UntouchedBy: "nat"}, ""},
		{"change", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "dst", From: "1", To: "2", Hook: "prerouting", Cause: "rule", By: "nat DOCKER -j DNAT"})}, ""},
		{"change by a route", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "ttl", Cause: "routing", By: "default dev eth0"})}, ""},
		{"change by an entry", scenarios.Expectation{Packet: "TCP SYN-ACK", Changes: change(scenarios.ExpectedChange{Field: "src", Cause: "conntrack", By: "nat DOCKER -j DNAT"})}, ""},
		{"other cause", scenarios.Expectation{Packet: "TCP SYN-ACK", Changes: change(scenarios.ExpectedChange{Field: "src", Cause: "rule"})}, "expected of src: anything => anything, cause rule; seen: 2 => 1, cause conntrack: nat DOCKER -j DNAT"},
		{"no change", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "src", To: "9"})}, "expected of src: anything => 9; seen: it did not change"},
	} {
		c.expect.Line = 7
		got := Check(&scenarios.Scenario{Expect: []scenarios.Expectation{c.expect}}, run)
		switch {
		case c.unmet == "" && len(got) != 0:
			t.Errorf("%s: %+v", c.name, got)
		case c.unmet != "" && (len(got) != 1 || !strings.Contains(got[0].Text, c.unmet) || got[0].Line != 7):
			t.Errorf("%s: %+v, want %q", c.name, got, c.unmet)
		}
	}
	if got := Check(&scenarios.Scenario{Expect: []scenarios.Expectation{{Every: true, Outcome: "delivered"}}}, &trace.Trace{}); len(got) != 1 {
		t.Errorf("no packet at all: %+v", got)
	}
}
