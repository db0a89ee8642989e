package explain

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

func TestCatalogueIsComplete(t *testing.T) {
	for m := range english {
		if english[m] == "" {
			t.Errorf("message %d is empty", m)
		}
	}
	for l := range englishLabels {
		if englishLabels[l] == "" {
			t.Errorf("label %d is empty", l)
		}
	}
}

// step is "hook table chain rule verdict", with a "." at the end if the verdict
// is final.
func step(s string) trace.Step {
	f := strings.Fields(strings.TrimSuffix(s, "."))
	var rule uint64
	fmt.Sscan(f[3], &rule)
	out := trace.Step{RuleRef: trace.RuleRef{Table: f[1], Chain: f[2], Handle: rule, Text: "rule " + f[3]}, Terminal: strings.HasSuffix(s, ".")}
	if err := errors.Join(out.Hook.UnmarshalText([]byte(f[0])), out.Verdict.UnmarshalText([]byte(strings.Join(f[4:], " ")))); err != nil {
		panic(err)
	}
	return out
}

// short writes what happened in a node short.
func short(rows []Row) (out []string) {
	for _, r := range rows {
		switch r.Kind {
		case KindNoNAT:
			out = append(out, "no nat")
		case KindRule:
			out = append(out, fmt.Sprintf("%s %d", r.Chain, r.Step.Handle))
		case KindUnmatched:
			out = append(out, fmt.Sprintf("%s not %d", r.Chain, r.Unmatched.Handle))
		case KindDetour:
			out = append(out, "detour "+strings.TrimSuffix(r.Text, ": returned"))
		case KindRewrite, KindHeader, KindLink:
			out = append(out, r.Change.Field.String())
		case KindOrigin:
			out = append(out, "origin")
		}
	}
	return out
}

// TestOrder: rules, changes and notes come in the kernel's order.
func TestOrder(t *testing.T) {
	change := func(f trace.Field, hook trace.Hook, k trace.CauseKind) trace.Change {
		c := trace.Change{Field: f, Hook: hook, Cause: trace.Cause{Kind: k}}
		if k == trace.CauseRule {
			c.Cause.Rule = trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11}
		}
		return c
	}
	ttl := change(trace.FieldTTL, 0, trace.CauseRouting)
	macs := []trace.Change{change(trace.FieldSourceMAC, 0, trace.CauseNeighbour), change(trace.FieldDestinationMAC, 0, trace.CauseNeighbour)}
	for _, c := range []struct {
		name       string
		steps      []string
		changes    []trace.Change
		incomplete bool
		want       []string
	}{
		{"nothing", nil, nil, false, nil},
		{
			"a first packet",
			[]string{
				"prerouting nat PREROUTING 6 jump DOCKER", "prerouting nat DOCKER 11 accept.",
				"forward filter FORWARD 8 jump USER", "forward filter USER 19 return",
				"forward filter FORWARD 9 jump STAGE-1", "forward filter STAGE-1 15 jump STAGE-2", "forward filter STAGE-2 18 return", "forward filter STAGE-1 16 return",
				"forward filter FORWARD 10 jump DOCKER", "forward filter DOCKER 14 accept.",
				"postrouting nat POSTROUTING 0 accept.",
			},
			append([]trace.Change{change(trace.FieldDestination, trace.Prerouting, trace.CauseRule), ttl}, macs...), false,
			[]string{"PREROUTING 6", "DOCKER 11", "dst", "ttl", "detour USER, STAGE-1", "FORWARD 10", "DOCKER 14", "POSTROUTING 0", "src_mac", "dst_mac"},
		},
		{
			"a reply", []string{"forward filter FORWARD 12 accept."},
			[]trace.Change{ttl, change(trace.FieldSource, trace.Postrouting, trace.CauseConntrack)}, false,
			[]string{"ttl", "FORWARD 12", "src", "no nat"},
		},
		{
			"a reply, with steps lost", []string{"forward filter FORWARD 12 accept."},
			[]trace.Change{ttl, change(trace.FieldSource, 0, trace.CauseConntrack)}, true,
			[]string{"ttl", "FORWARD 12", "src"},
		},
		{
			"no rule trace at all", nil, []trace.Change{change(trace.FieldSource, 0, trace.CauseConntrack), ttl}, false,
			[]string{"ttl", "src"},
		},
		{
			"a goto returns to where its caller was called from",
			[]string{"forward filter FORWARD 1 jump A", "forward filter A 2 goto B", "forward filter B 3 return", "forward filter FORWARD 4 accept."}, nil, false,
			[]string{"detour A", "FORWARD 4"},
		},
		{
			"a goto that decides", []string{"forward filter FORWARD 1 goto A", "forward filter A 2 accept."}, nil, false,
			[]string{"FORWARD 1", "A 2"},
		},
		{
			"a goto out of a base chain ends at its policy", []string{"forward filter FORWARD 1 goto A", "forward filter A 2 return", "forward filter FORWARD 0 drop."}, nil, false,
			[]string{"detour A", "FORWARD 0"},
		},
		{
			"a jump within a jump, of which only the inner one comes to nothing",
			[]string{"forward filter FORWARD 1 jump A", "forward filter A 2 jump B", "forward filter B 3 return", "forward filter A 4 accept."}, nil, false,
			[]string{"FORWARD 1", "detour B", "A 4"},
		},
		{
			"a rule that only counts", []string{"forward filter FORWARD 1 continue", "forward filter FORWARD 2 accept."}, nil, false,
			[]string{"FORWARD 1", "FORWARD 2"},
		},
		{
			"a later packet that the node sends itself", []string{"output mangle OUTPUT 1 continue", "output filter OUTPUT 0 accept."},
			[]trace.Change{change(trace.FieldDestination, trace.Output, trace.CauseConntrack)}, false,
			[]string{"OUTPUT 1", "dst", "no nat", "OUTPUT 0"},
		},
		{
			"a nat rule was met, so it is not denied",
			[]string{"postrouting nat POSTROUTING 0 accept."}, []trace.Change{change(trace.FieldDestination, trace.Prerouting, trace.CauseConntrack)}, false,
			[]string{"dst", "POSTROUTING 0"},
		},
		{
			"an inferred change comes where sources are translated",
			[]string{"forward filter FORWARD 1 accept."}, []trace.Change{change(trace.FieldSource, 0, trace.CauseInferred), ttl}, false,
			[]string{"ttl", "FORWARD 1", "src"},
		},
		{
			"a chain that ends without a verdict", []string{"forward filter FORWARD 8 jump USER", "forward filter USER 0 return", "forward filter FORWARD 0 drop."}, nil, false,
			[]string{"detour USER", "FORWARD 0"},
		},
		{
			"a return out of a base chain", []string{"prerouting nat PREROUTING 5 return", "prerouting nat PREROUTING 0 accept."}, nil, false,
			[]string{"PREROUTING 5", "PREROUTING 0"},
		},
		{
			"a table of somebody else's stays where the kernel met it", []string{"forward other X 1 continue", "forward filter FORWARD 2 continue", "forward other Y 3 accept."}, nil, false,
			[]string{"X 1", "FORWARD 2", "Y 3"},
		},
		{
			"a nat table at input comes after filter", []string{"input filter INPUT 1 accept.", "input nat INPUT 0 accept."},
			[]trace.Change{change(trace.FieldDestination, trace.Prerouting, trace.CauseConntrack)}, false, []string{"dst", "INPUT 1", "INPUT 0"},
		},
		{
			"detours of two tables", []string{"prerouting raw PREROUTING 1 jump A", "prerouting raw A 2 return", "prerouting mangle PREROUTING 1 jump B", "prerouting mangle B 2 return"}, nil, false,
			[]string{"detour A", "detour B"},
		},
	} {
		var steps []trace.Step
		for _, s := range c.steps {
			steps = append(steps, step(s))
		}
		for i := range c.changes {
			c.changes[i].From, c.changes[i].To = trace.TTL(2), trace.TTL(1)
		}
		tr := &trace.Trace{Journeys: []trace.Journey{{ID: 1, Direction: trace.Original, Hops: []trace.Hop{
			{Node: "client"}, {Node: "host", Steps: steps, Changes: c.changes},
		}}}}
		if c.incomplete {
			tr.Gaps.Steps = 1
		}
		if got := short(English().Account(tr, NewSigns(true)).Stop(&tr.Journeys[0], 1)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

func TestVoice(t *testing.T) {
	v := English()
	made := trace.Origin{Journey: 3, Rule: trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11, Text: "-j DNAT --to-destination 172.17.0.2:5000"}}
	byDefault := trace.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Gateway: netip.MustParseAddr("10.0.0.1"), Interface: "eth0"}
	neighbour := netip.MustParseAddr("172.17.0.2")
	cause := func(f trace.Field, hook trace.Hook, c trace.Cause) string {
		return v.Cause(&trace.Change{Field: f, Hook: hook, Cause: c})
	}
	hops := []trace.Hop{{Node: "host", Interface: "ens160"}}
	for want, got := range map[string]string{
		"by this DNAT rule": cause(trace.FieldDestination, trace.Prerouting, trace.Cause{Kind: trace.CauseRule, Rule: trace.RuleRef{Text: "-p tcp -j DNAT --to-destination 1.2.3.4"}}),
		"by this MASQUERADE rule; conntrack entry created":                                            cause(trace.FieldSource, trace.Postrouting, trace.Cause{Kind: trace.CauseRule, Rule: trace.RuleRef{Text: "-j MASQUERADE"}, Entry: 7}),
		"by conntrack at postrouting: the reverse of #3's DNAT":                                       cause(trace.FieldSource, trace.Postrouting, trace.Cause{Kind: trace.CauseConntrack, Reverse: true, Translation: trace.DNAT, Origin: made}),
		"by conntrack: the same as #3's DNAT":                                                         cause(trace.FieldDestination, 0, trace.Cause{Kind: trace.CauseConntrack, Translation: trace.DNAT, Origin: made}),
		"by conntrack at prerouting; what made the entry was not recorded":                            cause(trace.FieldDestination, trace.Prerouting, trace.Cause{Kind: trace.CauseConntrack}),
		"by routing: default via 10.0.0.1 dev eth0":                                                   cause(trace.FieldTTL, 0, trace.Cause{Kind: trace.CauseRouting, Route: byDefault}),
		"docker0's own address":                                                                       cause(trace.FieldSourceMAC, 0, trace.Cause{Kind: trace.CauseNeighbour, Interface: "docker0", Neighbour: neighbour}),
		"the neighbour entry of 172.17.0.2":                                                           cause(trace.FieldDestinationMAC, 0, trace.Cause{Kind: trace.CauseNeighbour, Interface: "docker0", Neighbour: neighbour}),
		"inferred: seen to change, not by whom":                                                       cause(trace.FieldSource, 0, trace.Cause{Kind: trace.CauseInferred}),
		"inferred: a router passed it on":                                                             v.Cause(&trace.Change{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: trace.Cause{Kind: trace.CauseInferred}}),
		"inferred: 3 routers passed it on":                                                            v.Cause(&trace.Change{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(61), Cause: trace.Cause{Kind: trace.CauseInferred}}),
		"inferred: sent anew on another link":                                                         cause(trace.FieldSourceMAC, 0, trace.Cause{Kind: trace.CauseInferred}),
		"inferred: DNAT, as #3 is from the end that asked":                                            cause(trace.FieldDestination, 0, trace.Cause{Kind: trace.CauseInferred, Translation: trace.DNAT, Origin: trace.Origin{Journey: 3}}),
		"inferred: the reverse of #3's SNAT or MASQUERADE":                                            cause(trace.FieldDestination, 0, trace.Cause{Kind: trace.CauseInferred, Translation: trace.SNAT, Reverse: true, Origin: trace.Origin{Journey: 3}}),
		"#3 met: nat DOCKER -j DNAT --to-destination 172.17.0.2:5000":                                 v.Origin(made),
		"delivered to flask":                                                                          v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "flask"}}),
		"dropped by host at forward, by the rule filter FORWARD -j DROP":                              v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonRule, Rule: trace.RuleRef{Table: "filter", Chain: "FORWARD", Handle: 8, Text: "-j DROP"}}}),
		"not seen any more after host/ens160":                                                         v.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}),
		"not seen any more after host/ens160; the capture ended there":                                v.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonCaptureEnded}}),
		"dropped by host after prerouting: too big for docker0 (1500 bytes, MTU 1400), and DF is set": v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonTooBig, Interface: "docker0", Length: 1500, MTU: 1400}}),
		"dropped by host after prerouting, as a martian: for 127.0.0.1 by ens160, which is not the loopback (route_localnet is 0)": v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonMartian, Interface: "ens160", Destination: netip.MustParseAddr("127.0.0.1")}}),
		"dropped by host after prerouting: it has no route to 10.9.8.7":                                                            v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonNoRoute, Destination: netip.MustParseAddr("10.9.8.7")}}),
		"not seen any more after host/ens160; others of its kind went on to b/eth0":                                                v.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonOthersWentOn, Others: trace.Point{Node: "b", Interface: "eth0"}}}),
		"not seen on any interface":                               v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}),
		"ambiguous: may be #4, #5, which is equal in every byte":  v.Ambiguous([]int{4, 5}),
		"client asked / and got 200 Hello": v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 Hello"}),
		"client asked / and got 200 <html> ... (14 characters in all)":                                  v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 <html>\nabc"}),
		`client asked / and got 200 a\x1b[31m "b"\xff`:                                                  v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 a\x1b[31m \"b\"\xff"}),
		"client asked / and got 200 é":                                                                  v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 é"}),
		"client asked / and got 200 é ... (8 characters in all)":                                        v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 é\r\né"}),
		"by conntrack: the same as an earlier packet's SNAT":                                            cause(trace.FieldSource, 0, trace.Cause{Kind: trace.CauseConntrack, Translation: trace.SNAT, Origin: trace.Origin{Rule: trace.RuleRef{Table: "nat", Handle: 3}}}),
		"dropped by host at forward: no rule of filter FORWARD accepted it, and its policy is drop":     v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonPolicy, Rule: trace.RuleRef{Table: "filter", Chain: "FORWARD"}}}),
		"1 packet that a node sent by itself (IPv6 discovery, multicast reports) is not shown":          v.Hidden(1),
		"2 packets that the nodes send by themselves (IPv6 discovery, multicast reports) are not shown": v.Hidden(2),
		"1 packet":                     v.Packets(1),
		"2 packets":                    v.Packets(2),
		"all delivered":                v.Count(2, 2),
		"1 delivered, 1 not":           v.Count(1, 2),
		"DOCKER-USER, STAGE: returned": v.detour([]string{"DOCKER-USER", "STAGE"}),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if gaps := v.Gaps(trace.Gaps{}); gaps != nil {
		t.Errorf("%q", gaps)
	}
	if gaps := v.Gaps(trace.Gaps{Lost: 2, Steps: 1, Events: 1, Stray: 1, Undecoded: 1}); len(gaps) != 5 {
		t.Errorf("%q", gaps)
	}
}
