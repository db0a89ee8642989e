package explain

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// ended is a UDP datagram that came in on the host's interface, and ended there.
func ended(o trace.Outcome) *trace.Journey {
	o.Node = "host"
	return &trace.Journey{ID: 1, Direction: trace.Original, Outcome: o, Hops: []trace.Hop{{
		Node: "host", Interface: "ens160", Direction: trace.In, Packet: trace.Headers{
			Protocol: layers.IPProtocolUDP, Src: netip.MustParseAddrPort("10.0.0.9:4000"), Dst: netip.MustParseAddrPort("10.0.0.1:53"),
		},
	}}}
}

// TestFate: for each reason, the sentence says what stopped the packet and where.
func TestFate(t *testing.T) {
	group, hop := netip.MustParseAddr("239.1.1.1"), netip.MustParseAddr("10.0.0.7")
	rule := trace.RuleRef{Table: "filter", Chain: "INPUT", Handle: 3, Text: "-j REJECT"}
	told := map[trace.Reason]bool{}
	for _, c := range []struct {
		kind    trace.OutcomeKind
		outcome trace.Outcome
		want    string
	}{
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonRule, Hook: trace.Input, Rule: rule}, "dropped by host at input: rule filter INPUT -j REJECT"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonPolicy, Hook: trace.Input, Rule: trace.RuleRef{Table: "inet firewall", Chain: "in"}}, "dropped by host at input: no rule in inet firewall in accepted it; policy drop"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonReject, Hook: trace.Input, Rule: rule, Answer: trace.Reject{Type: 3, Code: 3}}, "rejected by host at input with ICMP port unreachable: rule filter INPUT -j REJECT"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonReject, Hook: trace.Input, Rule: rule, Answer: trace.Reject{Reset: true}}, "rejected by host at input with TCP RST: rule filter INPUT -j REJECT"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonIngress, Interface: "ens160"}, "dropped by host at the ingress hook of ens160, before prerouting"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonIngress, Interface: "ens160", Rule: trace.RuleRef{Table: "netdev t", Chain: "c"}}, "dropped by host at the ingress hook of ens160, before prerouting: netdev t c"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonTTL}, "dropped by host after prerouting: its TTL expired"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonReversePath, Interface: "ens160"}, "dropped by host after prerouting: answers to 10.0.0.9 would not be routed through ens160 (rp_filter)"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonMartianSource, Interface: "ens160"}, "dropped by host after prerouting: 10.0.0.9 cannot be the source of a packet that comes in on ens160 (martian source)"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonBlackhole, Destination: hop}, "dropped by host after prerouting: the route lookup for 10.0.0.7 returned blackhole, unreachable or prohibit"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonBlackhole, Destination: hop, RouteType: trace.RouteProhibit}, `dropped by host after prerouting: the route lookup for 10.0.0.7 returned "prohibit"`},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonBlackhole, Destination: hop, RouteType: trace.RouteBlackhole, Route: trace.Route{Type: trace.RouteBlackhole, Destination: netip.MustParsePrefix("10.0.0.0/24")}}, "dropped by host after prerouting: the route to 10.0.0.7 is blackhole 10.0.0.0/24"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonBlackhole, Destination: hop, RouteType: trace.RouteProhibit, RoutingRule: trace.RoutingRule{Priority: 100, To: netip.MustParsePrefix("10.0.0.0/24"), Action: trace.PolicyProhibit}}, "dropped by host after prerouting: it matched the routing rule 100: from all to 10.0.0.0/24 prohibit"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonNoNeighbour, Destination: hop, Interface: "docker0"}, "dropped by host after postrouting: no reply to the ARP requests for 10.0.0.7 on docker0"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonNotJoined, Destination: group, Interface: "ens160"}, "dropped by host after prerouting: host has not joined group 239.1.1.1 on ens160"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonOtherHost, Interface: "eth0"}, "dropped by host on arrival: the frame's destination is not the hardware address of eth0"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonNoCarrier, Interface: "eth0"}, "dropped by host after postrouting: nothing is connected to eth0, or it is down"},
		{trace.OutcomeDropped, trace.Outcome{Reason: trace.ReasonReassembly}, "dropped by host: other fragments of its datagram are missing"},
		{trace.OutcomeDelivered, trace.Outcome{Reason: trace.ReasonNoListener}, "delivered to host, but no socket listens on 10.0.0.1:53"},
		{trace.OutcomeDelivered, trace.Outcome{Reason: trace.ReasonNoListener, Changes: []trace.Change{
			{Field: trace.FieldDestination, To: trace.Endpoint(netip.MustParseAddrPort("127.0.0.1:5353"))},
		}}, "delivered to host, but no socket listens on 127.0.0.1:5353"},
		{trace.OutcomeUnseen, trace.Outcome{Reason: trace.ReasonNotTraced}, "last seen at host/ens160; its fate is unknown because it was not traced through host"},
		{trace.OutcomeUnseen, trace.Outcome{Reason: trace.ReasonNotCounted}, "last seen at host/ens160; its fate is unknown because host counted fewer deliveries (IpInDelivers) than packets that arrived"},
	} {
		c.outcome.Kind = c.kind
		told[c.outcome.Reason] = true
		if got := English().Outcome(ended(c.outcome)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	for r := trace.ReasonReject; r <= trace.ReasonOtherHost; r++ {
		if !told[r] {
			t.Errorf("no sentence for %v", r)
		}
	}
}

// TestComplete: a trace is complete only if nothing is missing, and no hop or outcome is
// uncertain.
func TestComplete(t *testing.T) {
	for name, spoil := range map[string]func(*trace.Trace){
		"":                  func(*trace.Trace) {},
		"untraced packets":  func(t *trace.Trace) { t.Gaps.Untraced = 4103 },
		"lost steps":        func(t *trace.Trace) { t.Gaps.Steps = 1 },
		"an ambiguous hop":  func(t *trace.Trace) { t.Journeys[0].Hops[0].Ambiguous = []int{2} },
		"a doubtful hop":    func(t *trace.Trace) { t.Journeys[0].Hops[0].Doubtful = true },
		"an untraced end":   func(t *trace.Trace) { t.Journeys[0].Outcome.Reason = trace.ReasonNotTraced },
		"an untraced hop":   func(t *trace.Trace) { t.Journeys[0].Hops[0].Changes = []trace.Change{{Field: trace.FieldTTL}} },
		"ambiguous packets": func(t *trace.Trace) { t.Gaps.Ambiguous = 1 },
	} {
		tr := &trace.Trace{Journeys: []trace.Journey{*ended(trace.Outcome{Kind: trace.OutcomeDelivered})}}
		spoil(tr)
		background := *ended(trace.Outcome{Reason: trace.ReasonNotTraced})
		background.ID = -1
		tr.Journeys = append(tr.Journeys, background)
		if got := English().Account(tr, NewSigns(true)).Complete(); got != (name == "") {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := English().Gaps(trace.Gaps{Untraced: 4103}); !slices.Equal(got, []string{"the rules of 4103 packets were not traced: too many packets at once"}) {
		t.Errorf("%q", got)
	}
}

// TestTally: the counts add up, and a refused packet is a delivered one.
func TestTally(t *testing.T) {
	tr := &trace.Trace{Journeys: []trace.Journey{
		*ended(trace.Outcome{Kind: trace.OutcomeDelivered}), *ended(trace.Outcome{Kind: trace.OutcomeDelivered, Reason: trace.ReasonNoListener}),
	}}
	if got := English().Tally(tr); got != "2 packets, all delivered (1 without a listener)" {
		t.Errorf("%q", got)
	}
	for _, k := range []trace.OutcomeKind{trace.OutcomeDropped, trace.OutcomeUnseen, trace.OutcomeUnseen} {
		tr.Journeys = append(tr.Journeys, *ended(trace.Outcome{Kind: k}))
	}
	if got := English().Tally(tr); got != "5 packets: 2 delivered (1 without a listener), 1 dropped, 2 not seen to arrive" {
		t.Errorf("%q", got)
	}
}

// TestAmbiguous: only packets with the same addresses are called equal in all compared
// fields.
func TestAmbiguous(t *testing.T) {
	a, b, c := ended(trace.Outcome{}), ended(trace.Outcome{}), ended(trace.Outcome{})
	b.ID, c.ID = 2, 3
	c.Hops[0].Packet.Dst = netip.MustParseAddrPort("172.17.0.2:53")
	account := English().Account(&trace.Trace{Journeys: []trace.Journey{*a, *b, *c}}, NewSigns(true))
	for want, ids := range map[string][]int{
		"could also be #2; all compared fields are equal":                            {2},
		"could also be #3; every field that NAT leaves unchanged is equal":           {3},
		"could also be #2, #3; every field that NAT leaves unchanged is equal":       {2, 3},
		"could also be #2, #9; every field that NAT leaves unchanged is equal":       {2, 9},
		"could also be background 1; every field that NAT leaves unchanged is equal": {-1},
	} {
		a.Hops[0].Ambiguous = ids
		if got := strings.TrimPrefix(account.Ambiguous(&a.Hops[0]), "ambiguous: "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
