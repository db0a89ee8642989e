package explain

import (
	"net/netip"
	"testing"

	"tracer/trace"
)

func TestSentences(t *testing.T) {
	l := English()
	a := l.Account(&trace.Trace{}, NewSigns(true))
	fared := func(kinds ...trace.OutcomeKind) *trace.Trace {
		var t trace.Trace
		for i, k := range kinds {
			t.Journeys = append(t.Journeys, trace.Journey{ID: i + 1, Outcome: trace.Outcome{Kind: k}})
		}
		return &t
	}
	made := trace.Origin{Journey: 3, Rule: trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11, Text: "-j DNAT --to-destination 172.17.0.2:5000"}}
	byDefault := trace.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Gateway: netip.MustParseAddr("10.0.0.1"), Interface: "eth0"}
	neighbour := netip.MustParseAddr("172.17.0.2")
	cause := func(f trace.Field, hook trace.Hook, c trace.Cause) string {
		return l.Cause(&trace.Change{Field: f, Hook: hook, Cause: c})
	}
	hops := []trace.Hop{{Node: "host", Interface: "ens160"}}
	for want, got := range map[string]string{
		"by this DNAT rule": cause(trace.FieldDestination, trace.Prerouting, trace.Cause{Kind: trace.CauseRule, Translation: trace.DNAT, Rule: trace.RuleRef{Text: "-p tcp -j DNAT --to-destination 1.2.3.4"}}),
		"by this MASQUERADE rule; added to the conntrack entry":                                       cause(trace.FieldSource, trace.Postrouting, trace.Cause{Kind: trace.CauseRule, Translation: trace.Masquerade, Rule: trace.RuleRef{Text: "-j MASQUERADE"}, Entry: 7}),
		"by conntrack at postrouting: the reverse of #3's DNAT":                                       cause(trace.FieldSource, trace.Postrouting, trace.Cause{Kind: trace.CauseConntrack, Reverse: true, Translation: trace.DNAT, Origin: made}),
		"by conntrack: the same as #3's DNAT":                                                         cause(trace.FieldDestination, 0, trace.Cause{Kind: trace.CauseConntrack, Translation: trace.DNAT, Origin: made}),
		"by conntrack at prerouting; the rule behind the entry was not recorded":                      cause(trace.FieldDestination, trace.Prerouting, trace.Cause{Kind: trace.CauseConntrack}),
		"by routing: default via 10.0.0.1 dev eth0":                                                   cause(trace.FieldTTL, 0, trace.Cause{Kind: trace.CauseRouting, Route: byDefault}),
		"docker0's own address":                                                                       cause(trace.FieldSourceMAC, 0, trace.Cause{Kind: trace.CauseNeighbour, Interface: "docker0", Neighbour: neighbour}),
		"neighbour entry of 172.17.0.2":                                                               cause(trace.FieldDestinationMAC, 0, trace.Cause{Kind: trace.CauseNeighbour, Interface: "docker0", Neighbour: neighbour}),
		"what changed it was not observed":                                                            cause(trace.FieldSource, 0, trace.Cause{Kind: trace.CauseInferred}),
		"inferred: forwarded by 1 router":                                                             l.Cause(&trace.Change{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: trace.Cause{Kind: trace.CauseInferred}}),
		"inferred: forwarded by 3 routers":                                                            l.Cause(&trace.Change{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(61), Cause: trace.Cause{Kind: trace.CauseInferred}}),
		"inferred: sent on over another link":                                                         cause(trace.FieldSourceMAC, 0, trace.Cause{Kind: trace.CauseInferred}),
		"inferred DNAT: #3 comes from the client side":                                                cause(trace.FieldDestination, 0, trace.Cause{Kind: trace.CauseInferred, Translation: trace.DNAT, Origin: trace.Origin{Journey: 3}}),
		"inferred: the reverse of #3's SNAT or MASQUERADE":                                            cause(trace.FieldDestination, 0, trace.Cause{Kind: trace.CauseInferred, Translation: trace.SNAT, Reverse: true, Origin: trace.Origin{Journey: 3}}),
		"#3 matched nat DOCKER -j DNAT --to-destination 172.17.0.2:5000":                              l.Origin(made),
		"delivered to flask":                                                                          l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "flask"}}),
		"dropped by host at forward: rule filter FORWARD -j DROP":                                     l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonRule, Rule: trace.RuleRef{Table: "filter", Chain: "FORWARD", Handle: 8, Text: "-j DROP"}}}),
		"last seen at host/ens160; its fate is unknown":                                               l.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}),
		"last seen at host/ens160; its fate is unknown because the recording ended":                   l.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonCaptureEnded}}),
		"dropped by host after prerouting: too big for docker0 (1500 bytes, MTU 1400), and DF is set": l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonTooBig, Interface: "docker0", Length: 1500, MTU: 1400}}),
		"dropped by host after prerouting: 127.0.0.1 is a martian on ens160, which is not a loopback interface (route_localnet=0)": l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonMartian, Interface: "ens160", Destination: netip.MustParseAddr("127.0.0.1")}}),
		"dropped by host after prerouting: no route to 10.9.8.7":                                                                   l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonNoRoute, Destination: netip.MustParseAddr("10.9.8.7")}}),
		"last seen at host/ens160; similar packets went on to b/eth0":                                                              l.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonOthersWentOn, Others: trace.Point{Node: "b", Interface: "eth0"}}}),
		"not seen on any interface":                                                      l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}),
		"client: / -> 200 Hello":                                                         a.Answer(trace.Answer{From: "client", URL: "/", Text: "200 Hello"}),
		"client: / -> 200 <html> ... (14 characters)":                                    a.Answer(trace.Answer{From: "client", URL: "/", Text: "200 <html>\nabc"}),
		`client: / -> 200 a\x1b[31m "b"\xff`:                                             a.Answer(trace.Answer{From: "client", URL: "/", Text: "200 a\x1b[31m \"b\"\xff"}),
		"client: / -> 200 é":                                                             a.Answer(trace.Answer{From: "client", URL: "/", Text: "200 é"}),
		"client: / -> 200 é ... (8 characters)":                                          a.Answer(trace.Answer{From: "client", URL: "/", Text: "200 é\r\né"}),
		"by conntrack: SNAT, decided before the recording began":                         cause(trace.FieldSource, 0, trace.Cause{Kind: trace.CauseConntrack, Translation: trace.SNAT, Origin: trace.Origin{Earlier: true}}),
		"by conntrack: the reverse of DNAT, decided before the recording began":          cause(trace.FieldSource, 0, trace.Cause{Kind: trace.CauseConntrack, Reverse: true, Translation: trace.DNAT, Origin: trace.Origin{Earlier: true}}),
		"by conntrack; the rule behind the entry was not recorded":                       cause(trace.FieldSource, 0, trace.Cause{Kind: trace.CauseConntrack, Translation: trace.SNAT}),
		"dropped by host at forward: no rule in filter FORWARD accepted it; policy drop": l.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonPolicy, Rule: trace.RuleRef{Table: "filter", Chain: "FORWARD"}}}),
		"1 background packet not shown (IPv6 discovery, multicast reports)":              l.Format(Hidden, 1),
		"2 background packets not shown (IPv6 discovery, multicast reports)":             l.Format(Hidden, 2),
		"1 packet":                 l.Format(packets, 1),
		"2 packets":                l.Format(packets, 2),
		"2 packets, all delivered": l.Tally(fared(trace.OutcomeDelivered, trace.OutcomeDelivered)),
		"3 packets: 1 delivered, 1 dropped, 1 not seen to arrive": l.Tally(fared(trace.OutcomeDelivered, trace.OutcomeDropped, trace.OutcomeUnseen)),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if gaps := l.Gaps(trace.Gaps{}); gaps != nil {
		t.Errorf("%q", gaps)
	}
	if gaps := l.Gaps(trace.Gaps{Lost: 2, Steps: 1, Events: 1, Stray: 1, Undecoded: 1}); len(gaps) != 5 {
		t.Errorf("%q", gaps)
	}
}
