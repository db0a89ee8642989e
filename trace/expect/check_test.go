package expect

import (
	"net/netip"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
)

func TestCheck(t *testing.T) {
	dnat := trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11, Text: "-j DNAT"}
	one, two := trace.Endpoint(netip.MustParseAddrPort("10.0.0.1:80")), trace.Endpoint(netip.MustParseAddrPort("10.0.0.2:80"))
	byDefault := trace.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Interface: "eth0"}
	run := &trace.Trace{
		Answers: []trace.Answer{{Text: "200 Hello"}},
		State: trace.State{Nodes: []trace.Node{{Name: "host", Rules: []trace.Table{{Name: "nat", Chains: []trace.Chain{
			{Name: "DOCKER", Rules: []trace.Rule{{Text: "-j RETURN", Packets: 3}}},
		}}}}}},
		Journeys: []trace.Journey{
			{
				ID: 1, Summary: "TCP SYN", Outcome: trace.Outcome{Kind: trace.OutcomeDelivered},
				Hops: []trace.Hop{{Node: "client", Interface: "eth0", Direction: trace.Out}, {
					Node: "host", Interface: "docker0", Direction: trace.Out,
					Steps: []trace.Step{{RuleRef: dnat}},
					Changes: []trace.Change{
						{Field: trace.FieldDestination, From: one, To: two, Hook: trace.Prerouting, Cause: trace.Cause{Kind: trace.CauseRule, Rule: dnat}},
						{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: trace.Cause{Kind: trace.CauseRouting, Route: byDefault}},
					},
				}},
			},
			{ID: 2, Summary: "TCP SYN-ACK", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}, Hops: []trace.Hop{{Changes: []trace.Change{
				{Field: trace.FieldSource, From: two, To: one, Cause: trace.Cause{Kind: trace.CauseConntrack, Origin: trace.Origin{Rule: dnat}}},
			}}}},
			{ID: -1, Summary: "ICMPv6 report", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}},
		},
	}
	change := func(c scenarios.ExpectedChange) []scenarios.ExpectedChange { return []scenarios.ExpectedChange{c} }
	for _, c := range []struct {
		name   string
		expect scenarios.Expectation
		unmet  string // empty if it is met
	}{
		{"answer", scenarios.Expectation{Answer: "200 Hello"}, ""},
		{"other answer", scenarios.Expectation{Answer: "404"}, `no request got the answer "404", but ["200 Hello"]`},
		{"counter", scenarios.Expectation{Rule: "nat DOCKER -j RETURN", Packets: 3}, ""},
		{"other counter", scenarios.Expectation{Rule: "nat DOCKER -j RETURN", Packets: 0}, "counted 3 packets, not 0"},
		{"no such rule", scenarios.Expectation{Rule: "nat DOCKER -j DROP"}, "there is no rule nat DOCKER -j DROP"},
		{"outcome", scenarios.Expectation{Packet: "TCP SYN", Outcome: "delivered"}, ""},
		{"other outcome", scenarios.Expectation{Packet: "TCP SYN", Outcome: "dropped"}, "#1 TCP SYN was delivered, not dropped"},
		{"no such packet", scenarios.Expectation{Packet: "TCP RST", Outcome: "delivered"}, `there is no packet "TCP RST"`},
		{"every", scenarios.Expectation{Every: "packet", Outcome: "delivered"}, "#2 TCP SYN-ACK was unseen, not delivered"},
		{"hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out", "host/docker0 out"}}, ""},
		{"other hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out"}}, "was seen at client/eth0 out, host/docker0 out, not at client/eth0 out"},
		{"touched", scenarios.Expectation{Packet: "TCP SYN", UntouchedBy: "nat"}, "met a rule of table nat: DOCKER -j DNAT"},
		{"untouched", scenarios.Expectation{Packet: "TCP SYN-ACK", UntouchedBy: "nat"}, ""},
		{"change", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "dst", From: "10.0.0.1:80", To: "10.0.0.2:80", Hook: "prerouting", Cause: "rule", By: "nat DOCKER -j DNAT"})}, ""},
		{"change by a route", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "ttl", Cause: "routing", By: "default dev eth0"})}, ""},
		{"change by an entry", scenarios.Expectation{Packet: "TCP SYN-ACK", Changes: change(scenarios.ExpectedChange{Field: "src", Cause: "conntrack", By: "nat DOCKER -j DNAT"})}, ""},
		{"other cause", scenarios.Expectation{Packet: "TCP SYN-ACK", Changes: change(scenarios.ExpectedChange{Field: "src", Cause: "rule"})}, "expected of src: anything => anything, cause rule; seen: 10.0.0.2:80 => 10.0.0.1:80, cause conntrack: nat DOCKER -j DNAT"},
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
	if got := Check(&scenarios.Scenario{Expect: []scenarios.Expectation{{Every: "packet", Outcome: "delivered"}}}, &trace.Trace{}); len(got) != 1 {
		t.Errorf("no packet at all: %+v", got)
	}
}
