package expect

import (
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
)

// TestFocus checks which places expectations name.
func TestFocus(t *testing.T) {
	ref := func(chain, text string, handle uint64) trace.RuleRef {
		return trace.RuleRef{Table: "nat", Chain: chain, Handle: handle, Text: text}
	}
	dnat, mark := ref("DOCKER", "-j DNAT", 11), ref("PREROUTING", "-j MARK", 7)
	missed := []trace.Unmatched{{Handle: 10, Text: "-i docker0 -j RETURN"}}
	arrival := trace.Hop{
		Node: "host", Interface: "docker0", Conntrack: &trace.Association{Created: true},
		Steps: []trace.Step{{RuleRef: mark}, {RuleRef: dnat, Unmatched: missed}},
		Changes: []trace.Change{
			{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: trace.Cause{Kind: trace.CauseRouting}},
			{Field: trace.FieldDestination, Cause: trace.Cause{Kind: trace.CauseRule, Rule: dnat}},
		},
	}
	packet := func(id, request int, hops ...trace.Hop) trace.Journey {
		return trace.Journey{ID: id, Request: request, Summary: "TCP SYN", Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Steps: []trace.Step{{RuleRef: mark}}}}
	}
	sent := trace.Hop{Node: "client", Interface: "eth0"}
	run := &trace.Trace{
		State: trace.State{Nodes: []trace.Node{{Name: "host", Rules: []trace.Table{{Name: "nat", Chains: []trace.Chain{
			{Name: "PREROUTING", Rules: []trace.Rule{{Text: "-j MARK"}}},
			{Name: "DOCKER", Rules: []trace.Rule{{Text: "-i docker0 -j RETURN"}, {Text: "-j DNAT"}, {Text: "-j ACCEPT"}}},
		}}}}}},
		Journeys: []trace.Journey{packet(1, 1, sent, arrival), packet(2, 1, sent, arrival), packet(3, 2, sent, arrival), packet(-1, 0, arrival)},
	}
	change := func(journey, index int) trace.Focus {
		return trace.Focus{Journey: journey, Hop: 1, Kind: trace.FocusChange, Index: index}
	}
	seen := func(journey, hop int) trace.Focus {
		return trace.Focus{Journey: journey, Hop: hop, Kind: trace.FocusSeen}
	}
	marked := func(journey int) trace.Focus { return trace.Focus{Journey: journey, Hop: 1, Kind: trace.FocusRule} }
	for _, c := range []struct {
		name   string
		expect scenarios.Expectation
		want   []trace.Focus
	}{
		{"the end", scenarios.Expectation{Packet: "TCP SYN", UntouchedBy: "raw"}, []trace.Focus{seen(1, 2)}},
		{"of the second packet", scenarios.Expectation{Packet: "TCP SYN", Nth: 2, Outcome: "dropped"}, []trace.Focus{seen(2, 2)}},
		{"of a request", scenarios.Expectation{Packet: "TCP SYN", Request: 2, Outcome: "dropped"}, []trace.Focus{seen(3, 2)}},
		{"the hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out", "host/docker0 out"}}, []trace.Focus{seen(1, 0), seen(1, 1)}},
		{
			"rather the change than the hops", scenarios.Expectation{
				Packet: "TCP SYN", Hops: []string{"client/eth0 out"}, Changes: []scenarios.ExpectedChange{{Field: "ttl", To: "63"}, {Field: "src"}},
			}, []trace.Focus{change(1, 0)},
		},
		{"a rule", scenarios.Expectation{Packet: "TCP SYN", Steps: []string{"nat PREROUTING -j MARK"}}, []trace.Focus{marked(1), {Journey: 1, Hop: 2, Kind: trace.FocusRule}}},
		{"the change that a rule makes", scenarios.Expectation{Packet: "TCP SYN", Steps: []string{"nat DOCKER -j DNAT"}}, []trace.Focus{change(1, 1)}},
		{"a rule without a match", scenarios.Expectation{Packet: "TCP SYN", Missed: []string{"nat DOCKER -i docker0 -j RETURN"}}, []trace.Focus{change(1, 1)}},
		{"the entry", scenarios.Expectation{Packet: "TCP SYN", Entry: "created"}, []trace.Focus{{Journey: 1, Hop: 1, Kind: trace.FocusEntry}}},
		{"a counter, in each request", scenarios.Expectation{Rule: "nat PREROUTING -j MARK", Packets: 6}, []trace.Focus{marked(1), marked(3)}},
		{"a counter of 0", scenarios.Expectation{Rule: "nat DOCKER -i docker0 -j RETURN"}, []trace.Focus{change(1, 1)}},
		{"a rule that nothing met", scenarios.Expectation{Rule: "nat DOCKER -j ACCEPT"}, nil},
		{"no such rule", scenarios.Expectation{Rule: "nat DOCKER -j DROP"}, nil},
		{"no such packet", scenarios.Expectation{Packet: "TCP FIN", Outcome: "dropped"}, nil},
		{"every packet", scenarios.Expectation{Every: "packet", Packet: "TCP SYN", Outcome: "dropped"}, nil},
		{"a number of packets", scenarios.Expectation{Counted: true, Count: 3, Packet: "TCP SYN"}, nil},
		{"an answer", scenarios.Expectation{Answer: "200 Hello"}, nil},
	} {
		if got := Focus(&scenarios.Scenario{Expect: []scenarios.Expectation{c.expect, c.expect}}, run); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, not %+v", c.name, got, c.want)
		}
	}
}
