package expect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/trace"
)

func TestCheck(t *testing.T) {
	dnat := trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11, Text: "-j DNAT"}
	reject := trace.RuleRef{Table: "filter", Chain: "FORWARD", Handle: 3, Text: "-j REJECT"}
	one, two := trace.Endpoint(netip.MustParseAddrPort("10.0.0.1:80")), trace.Endpoint(netip.MustParseAddrPort("10.0.0.2:80"))
	byDefault := trace.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Interface: "eth0"}
	run := &trace.Trace{
		Answers: []trace.Answer{{Text: "200 Hello"}, {Text: "done"}, {Text: "2 of 2 answered", Replies: []trace.EchoReply{
			{Sequence: 1, TTL: 62, RoundTrip: time.Millisecond}, {Sequence: 2, TTL: 62, RoundTrip: time.Millisecond},
		}}, {Text: "1 of 1 answered", Replies: []trace.EchoReply{{Sequence: 1, TTL: 62}}}},
		Flows:  []trace.Flow{{ID: 1, NAT: []trace.Translation{trace.DNAT}, Entry: trace.Entry{State: trace.Close}}},
		Frames: []trace.Frame{{Number: 1}, {Number: 2, Node: "host", Interface: "docker0", Direction: trace.Out}},
		State: trace.State{Nodes: []trace.Node{{Name: "host", Rules: []trace.Table{{Name: "nat", Chains: []trace.Chain{
			{Name: "DOCKER", Rules: []trace.Rule{{Text: "-j RETURN", Packets: 3}}},
		}}}}}},
		Journeys: []trace.Journey{
			{
				ID: 1, Flow: 1, Direction: trace.Original, Summary: "TCP SYN", Outcome: trace.Outcome{Kind: trace.OutcomeDelivered},
				Hops: []trace.Hop{{Node: "client", Interface: "eth0", Direction: trace.Out, Frame: 1}, {
					Node: "host", Interface: "docker0", Direction: trace.Out, Identity: trace.IdentityMark,
					Conntrack: &trace.Association{Created: true},
					Steps:     []trace.Step{{RuleRef: dnat, Unmatched: []trace.Unmatched{{Handle: 10, Text: "-i docker0 -j RETURN"}}}},
					Changes: []trace.Change{
						{Field: trace.FieldDestination, From: one, To: two, Hook: trace.Prerouting, Cause: trace.Cause{Kind: trace.CauseRule, Rule: dnat}},
						{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: trace.Cause{Kind: trace.CauseRouting, Route: byDefault}},
						{Field: trace.FieldDestinationMAC, From: trace.MAC{1}, To: trace.MAC{2}, Cause: trace.Cause{Kind: trace.CauseNeighbour, Interface: "eth0", Neighbour: netip.MustParseAddr("10.0.0.2")}},
					},
				}},
			},
			{ID: 2, Summary: "TCP SYN-ACK", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}, Hops: []trace.Hop{{Changes: []trace.Change{
				{Field: trace.FieldSource, From: two, To: one, Cause: trace.Cause{Kind: trace.CauseConntrack, Origin: trace.Origin{Rule: dnat}}},
			}}}},
			{ID: 3, Summary: "TCP RST", Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonReject, Rule: reject, ReportedBy: 2}},
			{ID: 4, Request: 2, Summary: "TCP RST", Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonReject, Rule: reject}},
			{ID: -1, Summary: "ICMPv6 report", Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}},
		},
	}
	change := func(c scenarios.ExpectedChange) []scenarios.ExpectedChange { return []scenarios.ExpectedChange{c} }
	ping := func(answer string, seqAndTTL ...int) scenarios.Expectation {
		e := scenarios.Expectation{Answer: answer}
		for p := range slices.Chunk(seqAndTTL, 2) {
			e.Replies = append(e.Replies, scenarios.ExpectedReply{Sequence: p[0], TTL: p[1]})
		}
		return e
	}
	for _, c := range []struct {
		name   string
		expect scenarios.Expectation
		unmet  string // empty if it is met
	}{
		{"answer", scenarios.Expectation{Answer: "200 Hello"}, ""},
		{"other answer", scenarios.Expectation{Answer: "404"}, `no request got the answer "404", but ["200 Hello" "done" "2 of 2 answered" "1 of 1 answered"]`},
		{"answer to a request", scenarios.Expectation{Answer: "done", Request: 2}, ""},
		{"answer to another request", scenarios.Expectation{Answer: "done", Request: 1}, `request 1 did not get the answer "done", but ["200 Hello"]`},
		{"replies", ping("2 of 2 answered", 1, 62, 2, 0), ""},
		{"other TTL", ping("2 of 2 answered", 1, 62, 2, 64), "the replies are "},
		{"other number", ping("2 of 2 answered", 1, 62, 3, 62), "the replies are "},
		{"a reply too many", ping("2 of 2 answered", 1, 62), "the replies are "},
		{"reply without a time", ping("1 of 1 answered", 1, 62), "the replies are "},
		{"packet of a request", scenarios.Expectation{Packet: "TCP RST", Request: 2, ReportedBy: scenarios.Nothing}, ""},
		{"packet of another request", scenarios.Expectation{Packet: "TCP RST", Request: 1, Outcome: "dropped"}, `there is no packet "TCP RST" of request 1`},
		{"packets of a request", scenarios.Expectation{Counted: true, Count: 2, Request: 2}, "1 packets of request 2 are as expected, not 2: #4"},
		{"every packet of a request", scenarios.Expectation{Every: "packet", Request: 2, Outcome: "delivered"}, "#4 TCP RST was dropped, not delivered"},
		{"every packet of an idle request", scenarios.Expectation{Every: "packet", Request: 1, Outcome: "delivered"}, "there is no packet at all of request 1"},
		{"counter", scenarios.Expectation{Rule: "nat DOCKER -j RETURN", Packets: 3}, ""},
		{"other counter", scenarios.Expectation{Rule: "nat DOCKER -j RETURN", Packets: 0}, "counted 3 packets, not 0"},
		{"no such rule", scenarios.Expectation{Rule: "nat DOCKER -j DROP"}, "there is no rule nat DOCKER -j DROP"},
		{"listing", scenarios.Expectation{Listing: "host iptables -t nat -S", Lines: []string{"-N DOCKER", " -A  DOCKER -j RETURN"}}, ""},
		{"other line", scenarios.Expectation{Listing: "host iptables -t nat -S", Lines: []string{"-A DOCKER -j DROP"}}, `does not print "-A DOCKER -j DROP"; the nearest line is "-A DOCKER -j RETURN"`},
		{"no such listing", scenarios.Expectation{Listing: "host uptime", Lines: []string{"x"}}, `"uptime" is not a supported command`},
		{"listing of what is not known", scenarios.Expectation{Listing: "host iptables -t nat -nvL", Lines: []string{"x"}}, "the trace does not have the rules of host in the form of iptables -L"},
		{"listing of no node", scenarios.Expectation{Listing: "hots iptables -S", Lines: []string{"x"}}, `there is no node "hots"`},
		{"outcome", scenarios.Expectation{Packet: "TCP SYN", Outcome: "delivered"}, ""},
		{"other outcome", scenarios.Expectation{Packet: "TCP SYN", Outcome: "dropped"}, "#1 TCP SYN was delivered, not dropped"},
		{"no such packet", scenarios.Expectation{Packet: "TCP FIN-ACK", Outcome: "delivered"}, `there is no packet "TCP FIN-ACK"`},
		{"every", scenarios.Expectation{Every: "packet", UntouchedBy: "nat"}, "#1 TCP SYN met a rule of table nat: nat DOCKER -j DNAT"},
		{"hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out", "host/docker0 out"}}, ""},
		{"other hops", scenarios.Expectation{Packet: "TCP SYN", Hops: []string{"client/eth0 out"}}, "was seen at client/eth0 out, host/docker0 out, not client/eth0 out"},
		{"touched", scenarios.Expectation{Packet: "TCP SYN", UntouchedBy: "nat"}, "met a rule of table nat: nat DOCKER -j DNAT"},
		{"untouched", scenarios.Expectation{Packet: "TCP SYN-ACK", UntouchedBy: "nat"}, ""},
		{"change", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "dst", From: "10.0.0.1:80", To: "10.0.0.2:80", Hook: "prerouting", Cause: "rule", By: "nat DOCKER -j DNAT"})}, ""},
		{"change by a route", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "ttl", Cause: "routing", By: "default dev eth0"})}, ""},
		{"change by an entry", scenarios.Expectation{Packet: "TCP SYN-ACK", Changes: change(scenarios.ExpectedChange{Field: "src", Cause: "conntrack", By: "nat DOCKER -j DNAT"})}, ""},
		{"other cause", scenarios.Expectation{Packet: "TCP SYN-ACK", Changes: change(scenarios.ExpectedChange{Field: "src", Cause: "rule"})}, "expected of src: anything => anything, cause rule; seen: 10.0.0.2:80 => 10.0.0.1:80, cause conntrack: nat DOCKER -j DNAT"},
		{"neighbour", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "dst_mac", Neighbour: netip.MustParseAddr("10.0.0.2")})}, ""},
		{"other neighbour", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "dst_mac", Neighbour: netip.MustParseAddr("10.0.0.3")})}, "cause neighbour: eth0, neighbour 10.0.0.2"},
		{"no change", scenarios.Expectation{Packet: "TCP SYN", Changes: change(scenarios.ExpectedChange{Field: "src", To: "9"})}, "expected of src: anything => 9; seen: it did not change"},
		{"second", scenarios.Expectation{Packet: "TCP RST", Nth: 2, Outcome: "dropped"}, ""},
		{"third", scenarios.Expectation{Packet: "TCP RST", Nth: 3, Outcome: "dropped"}, `there is no packet number 3 "TCP RST"`},
		{"count", scenarios.Expectation{Counted: true, Count: 2, Packet: "TCP RST", Node: "host"}, ""},
		{"other count", scenarios.Expectation{Counted: true, Count: 2, Outcome: "delivered"}, "1 packets are as expected, not 2: #1"},
		{"count of none", scenarios.Expectation{Counted: true, Packet: "TCP FIN"}, ""},
		{"reason", scenarios.Expectation{Packet: "TCP RST", Reason: "reject", By: "filter FORWARD -j REJECT"}, ""},
		{"other reason", scenarios.Expectation{Packet: "TCP RST", Reason: "rule"}, `ended with the reason "reject", not "rule"`},
		{"reported", scenarios.Expectation{Packet: "TCP RST", ReportedBy: "TCP SYN-ACK"}, ""},
		{"not reported", scenarios.Expectation{Packet: "TCP RST", Nth: 2, ReportedBy: scenarios.Nothing}, ""},
		{"reported all the same", scenarios.Expectation{Packet: "TCP RST", ReportedBy: scenarios.Nothing}, `is reported by "TCP SYN-ACK", not "nothing"`},
		{"identity", scenarios.Expectation{Packet: "TCP SYN", Identity: []string{"mark", "wire"}}, ""},
		{"other identity", scenarios.Expectation{Packet: "TCP SYN", Identity: []string{"wire"}}, "#1 TCP SYN at host/docker0: its identity is by mark, not by wire"},
		{"steps", scenarios.Expectation{Packet: "TCP SYN", Steps: []string{"nat DOCKER -j DNAT"}}, ""},
		{"other steps", scenarios.Expectation{Packet: "TCP SYN", Steps: []string{}}, "met the rules nat DOCKER -j DNAT, not none"},
		{"missed", scenarios.Expectation{Packet: "TCP SYN", Missed: []string{"nat DOCKER -i docker0 -j RETURN"}}, ""},
		{"other missed", scenarios.Expectation{Packet: "TCP SYN-ACK", Missed: []string{"nat DOCKER -j DNAT"}}, "did not match none, not nat DOCKER -j DNAT"},
		{"nat", scenarios.Expectation{Packet: "TCP SYN", NAT: []string{"dnat"}}, ""},
		{"other nat", scenarios.Expectation{Packet: "TCP SYN", NAT: []string{"snat"}}, "is of a flow with dnat, not snat"},
		{"entry", scenarios.Expectation{Packet: "TCP SYN", Entry: "created"}, ""},
		{"other entry", scenarios.Expectation{Packet: "TCP SYN-ACK", Entry: "created"}, `has the entry "", not "created"`},
		{"direction", scenarios.Expectation{Packet: "TCP SYN", Direction: "original"}, ""},
		{"other direction", scenarios.Expectation{Packet: "TCP SYN-ACK", Direction: "reply"}, `is in direction "", not "reply"`},
		{"state", scenarios.Expectation{Packet: "TCP SYN", TCPState: "CLOSE"}, ""},
		{"other state", scenarios.Expectation{Packet: "TCP SYN", TCPState: "TIME_WAIT"}, `has an entry in state "CLOSE", not "TIME_WAIT"`},
		{"frames", scenarios.Expectation{Every: "frame"}, "frame 2 at host/docker0 out is in 0 packets"},
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

// TestUntouched: table nat stands for that of both families, and for all chains of type nat.
func TestUntouched(t *testing.T) {
	const bridges = "ip docker-bridges"
	state := trace.State{Nodes: []trace.Node{{Name: "host", Rules: []trace.Table{{Name: bridges, Chains: []trace.Chain{
		{Name: "raw", Type: "filter", Hook: trace.Prerouting}, {Name: "dstnat", Type: "nat", Hook: trace.Prerouting}, {Name: "published"},
	}}}}}}
	step := func(table, chain string, terminal bool) trace.Step {
		return trace.Step{RuleRef: trace.RuleRef{Table: table, Chain: chain, Handle: 1}, Terminal: terminal}
	}
	raw := step(bridges, "raw", true)
	for name, c := range map[string]struct {
		steps []trace.Step
		unmet string // empty if table nat did not touch it
	}{
		"iptables":       {[]trace.Step{raw, step("nat", "PREROUTING", true)}, "nat PREROUTING handle 1"},
		"ip6tables":      {[]trace.Step{raw, step("ip6 nat", "PREROUTING", true)}, "ip6 nat PREROUTING handle 1"},
		"another table":  {[]trace.Step{raw, step("ip6 filter", "INPUT", true)}, ""},
		"nftables":       {[]trace.Step{raw, step(bridges, "dstnat", true)}, bridges + " dstnat handle 1"},
		"a chain called": {[]trace.Step{raw, step(bridges, "dstnat", false), step(bridges, "published", true)}, bridges + " dstnat handle 1"},
		"another type":   {[]trace.Step{raw, step(bridges, "raw", false), step(bridges, "published", true)}, ""},
	} {
		seen := trace.Journey{ID: 1, Hops: []trace.Hop{{Node: "host", Steps: c.steps}}, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}
		ended := trace.Journey{ID: 1, Hops: []trace.Hop{{Node: "host"}}, Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Steps: c.steps}}
		for _, j := range []trace.Journey{seen, ended} {
			run := &trace.Trace{State: state, Journeys: []trace.Journey{j}}
			got := Check(&scenarios.Scenario{Expect: []scenarios.Expectation{{Every: "packet", UntouchedBy: "nat"}}}, run)
			if c.unmet == "" && len(got) > 0 || c.unmet != "" && (len(got) != 1 || !strings.HasSuffix(got[0].Text, "table nat: "+c.unmet)) {
				t.Errorf("%s: %+v, want %q", name, got, c.unmet)
			}
		}
	}
}

// TestNth: with a request, nth counts connection by connection; otherwise by number.
func TestNth(t *testing.T) {
	packet := func(id, flow int, to string) trace.Journey {
		return trace.Journey{ID: id, Flow: flow, Request: 1, Summary: "TCP ACK", Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: to}}
	}
	run := &trace.Trace{Journeys: []trace.Journey{packet(1, 2, "web"), packet(2, 1, "proxy"), packet(3, 2, "web")}}
	for request, want := range map[int]string{0: "proxy", 1: "web"} {
		for _, node := range []string{"proxy", "web"} {
			e := scenarios.Expectation{Packet: "TCP ACK", Request: request, Nth: 2, Node: node}
			if unmet := Check(&scenarios.Scenario{Expect: []scenarios.Expectation{e}}, run); (len(unmet) == 0) != (node == want) {
				t.Errorf("request %d: the second packet ended in %s: %v", request, node, unmet)
			}
		}
	}
}

// TestReasons: an expectation may name any reason of a trace.
func TestReasons(t *testing.T) {
	for r := trace.Reason(1); ; r++ {
		name, err := r.MarshalText()
		if err != nil {
			if r == 1 {
				t.Fatal(err)
			}
			return
		}
		text := fmt.Sprintf("name: a\ntitle: A\nnodes: { a: { role: client, interfaces: {} } }\ntraffic: []\nexpect: [{ count: 1, reason: %s }]\n", name)
		if _, err := scenarios.Parse("a.yaml", []byte(text)); err != nil {
			t.Error(err)
		}
	}
}
