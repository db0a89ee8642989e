package explain

import (
	"fmt"
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
	return trace.Step{
		Hook: f[0], Table: f[1], Chain: f[2], Rule: rule, Text: "rule " + f[3],
		Verdict: strings.Join(f[4:], " "), Terminal: strings.HasSuffix(s, "."),
	}
}

// tell writes events short.
func tell(events []Event) (out []string) {
	for _, e := range events {
		switch {
		case e.NoNAT:
			out = append(out, "no nat")
		case e.Step != nil:
			out = append(out, fmt.Sprintf("%s %d", e.Step.Chain, e.Step.Rule))
		case e.Detour != nil:
			var chains []string
			for i := range e.Detour {
				chains = append(chains, JumpedTo(&e.Detour[i]))
			}
			out = append(out, "detour "+strings.Join(chains, "+"))
		default:
			var fields []string
			for _, c := range e.Changes {
				fields = append(fields, c.Field.String())
			}
			out = append(out, strings.Join(fields, "+"))
		}
	}
	return out
}

func TestEvents(t *testing.T) {
	change := func(f trace.Field, hook string, k trace.CauseKind) trace.Change {
		c := trace.Change{Field: f, Hook: hook, Cause: trace.Cause{Kind: k}}
		if k == trace.CauseRule {
			c.Cause.Table, c.Cause.Chain, c.Cause.Rule = "nat", "DOCKER", 11
		}
		return c
	}
	ttl := change(trace.FieldTTL, "", trace.CauseRouting)
	macs := []trace.Change{change(trace.FieldSourceMAC, "", trace.CauseNeighbour), change(trace.FieldDestinationMAC, "", trace.CauseNeighbour)}
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
			append([]trace.Change{change(trace.FieldDestination, "prerouting", trace.CauseRule), ttl}, macs...), false,
			[]string{"PREROUTING 6", "DOCKER 11", "dst", "ttl", "detour USER+STAGE-1", "FORWARD 10", "DOCKER 14", "POSTROUTING 0", "src_mac+dst_mac"},
		},
		{
			"a reply", []string{"forward filter FORWARD 12 accept."},
			[]trace.Change{ttl, change(trace.FieldSource, "postrouting", trace.CauseConntrack)}, false,
			[]string{"no nat", "ttl", "FORWARD 12", "src"},
		},
		{
			"a reply, with steps lost", []string{"forward filter FORWARD 12 accept."},
			[]trace.Change{ttl, change(trace.FieldSource, "", trace.CauseConntrack)}, true,
			[]string{"ttl", "FORWARD 12", "src"},
		},
		{
			"no rule trace at all", nil, []trace.Change{change(trace.FieldSource, "", trace.CauseConntrack), ttl}, false,
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
			[]trace.Change{change(trace.FieldDestination, "output", trace.CauseConntrack)}, false,
			[]string{"no nat", "OUTPUT 1", "dst", "OUTPUT 0"},
		},
		{
			"a nat rule was met, so it is not denied",
			[]string{"postrouting nat POSTROUTING 0 accept."}, []trace.Change{change(trace.FieldDestination, "prerouting", trace.CauseConntrack)}, false,
			[]string{"dst", "POSTROUTING 0"},
		},
		{
			"an inferred change comes where sources are translated",
			[]string{"forward filter FORWARD 1 accept."}, []trace.Change{change(trace.FieldSource, "", trace.CauseInferred), ttl}, false,
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
			"detours of two tables", []string{"prerouting raw PREROUTING 1 jump A", "prerouting raw A 2 return", "prerouting mangle PREROUTING 1 jump B", "prerouting mangle B 2 return"}, nil, false,
			[]string{"detour A", "detour B"},
		},
	} {
		var steps []trace.Step
		for _, s := range c.steps {
			steps = append(steps, step(s))
		}
		if got := tell(Events(steps, c.changes, !c.incomplete)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

func TestVoice(t *testing.T) {
	v := English()
	made := trace.Established{Journey: 3, Table: "nat", Chain: "DOCKER", Rule: 11, Text: "-j DNAT --to-destination 172.17.0.2:5000"}
	cause := func(f trace.Field, hook string, c trace.Cause) string {
		return v.Cause(&trace.Change{Field: f, Hook: hook, Cause: c})
	}
	hops := []trace.Hop{{Node: "host", Interface: "ens160"}}
	for want, got := range map[string]string{
		"by this DNAT rule": cause(trace.FieldDestination, "prerouting", trace.Cause{Kind: trace.CauseRule, Text: "-p tcp -j DNAT --to-destination 1.2.3.4"}),
		"by this MASQUERADE rule; conntrack entry created":                 cause(trace.FieldSource, "postrouting", trace.Cause{Kind: trace.CauseRule, Text: "-j MASQUERADE", Entry: 7}),
		"by conntrack at postrouting: the reverse of #3's DNAT":            cause(trace.FieldSource, "postrouting", trace.Cause{Kind: trace.CauseConntrack, Reverse: true, Translation: "dnat", Established: made}),
		"by conntrack: the same as #3's DNAT":                              cause(trace.FieldDestination, "", trace.Cause{Kind: trace.CauseConntrack, Translation: "dnat", Established: made}),
		"by conntrack at prerouting; what made the entry was not recorded": cause(trace.FieldDestination, "prerouting", trace.Cause{Kind: trace.CauseConntrack}),
		"by routing: default via 10.0.0.1 dev eth0":                        cause(trace.FieldTTL, "", trace.Cause{Kind: trace.CauseRouting, Text: "default via 10.0.0.1 dev eth0"}),
		"docker0's own address":                                            cause(trace.FieldSourceMAC, "", trace.Cause{Kind: trace.CauseNeighbour, Text: "docker0", Neighbour: "172.17.0.2"}),
		"the neighbour entry of 172.17.0.2":                                cause(trace.FieldDestinationMAC, "", trace.Cause{Kind: trace.CauseNeighbour, Text: "docker0", Neighbour: "172.17.0.2"}),
		"inferred: seen to change, not by whom":                            cause(trace.FieldSource, "", trace.Cause{Kind: trace.CauseInferred}),
		"inferred: a router passed it on":                                  v.Cause(&trace.Change{Field: trace.FieldTTL, From: "64", To: "63", Cause: trace.Cause{Kind: trace.CauseInferred}}),
		"inferred: 3 routers passed it on":                                 v.Cause(&trace.Change{Field: trace.FieldTTL, From: "64", To: "61", Cause: trace.Cause{Kind: trace.CauseInferred}}),
		"inferred: sent anew on another link":                              cause(trace.FieldSourceMAC, "", trace.Cause{Kind: trace.CauseInferred}),
		"inferred: DNAT, as #3 is from the end that asked":                 cause(trace.FieldDestination, "", trace.Cause{Kind: trace.CauseInferred, Translation: "dnat", Established: trace.Established{Journey: 3}}),
		"inferred: the reverse of #3's SNAT or MASQUERADE":                 cause(trace.FieldDestination, "", trace.Cause{Kind: trace.CauseInferred, Translation: "snat", Reverse: true, Established: trace.Established{Journey: 3}}),
		"#3 met: nat DOCKER -j DNAT --to-destination 172.17.0.2:5000":      v.Established(made),
		"delivered to flask":                                               v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "flask"}}),
		"dropped by host at forward, by the rule filter FORWARD -j DROP":   v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: "forward", Reason: trace.ReasonRule, Text: "filter FORWARD -j DROP"}}),
		"not seen any more after host/ens160":                              v.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}),
		"not seen any more after host/ens160; the capture ended there":     v.Outcome(&trace.Journey{Hops: hops, Outcome: trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonCaptureEnded}}),
		"not seen on any interface":                                        v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeUnseen}}),
		"ambiguous: may be #4, #5, which is equal in every byte":           v.Ambiguous([]int{4, 5}),
		"no rule trace of this packet; the conntrack entry tells":          v.Evidence(&trace.Hop{Evidence: trace.EvidenceConntrack}, true),
		"no rule trace of this packet, and no conntrack entry":             v.Evidence(&trace.Hop{Evidence: trace.EvidenceFrames}, true),
		"":                                 v.Evidence(&trace.Hop{Evidence: trace.EvidenceFrames}, false),
		"client asked / and got 200 Hello": v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 Hello"}),
		"client asked / and got 200 <html> ... (14 characters in all)":                                  v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 <html>\nabc"}),
		`client asked / and got 200 a\x1b[31m "b"\xff`:                                                  v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 a\x1b[31m \"b\"\xff"}),
		"client asked / and got 200 é":                                                                  v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 é"}),
		"client asked / and got 200 é ... (8 characters in all)":                                        v.Answer(trace.Answer{From: "client", URL: "/", Text: "200 é\r\né"}),
		"by conntrack: the same as an earlier packet's SNAT":                                            cause(trace.FieldSource, "", trace.Cause{Kind: trace.CauseConntrack, Translation: "snat", Established: trace.Established{Table: "nat", Rule: 3}}),
		"dropped by host at forward: no rule of filter FORWARD accepted it, and its policy is drop":     v.Outcome(&trace.Journey{Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: "forward", Reason: trace.ReasonPolicy, Text: "filter FORWARD"}}),
		"ambiguous: these steps may be those of an equal packet":                                        v.Evidence(&trace.Hop{Evidence: trace.EvidenceTrace, Doubtful: true}, true),
		"no rule matched: policy drop":                                                                  v.NoMatch("drop"),
		"1 packet that a node sent by itself (IPv6 discovery, multicast reports) is not shown":          v.Hidden(1),
		"2 packets that the nodes send by themselves (IPv6 discovery, multicast reports) are not shown": v.Hidden(2),
		"1 packet":                     v.Packets(1),
		"2 packets":                    v.Packets(2),
		"all delivered":                v.Count(2, 2),
		"1 delivered, 1 not":           v.Count(1, 2),
		"DOCKER-USER, STAGE: returned": v.Detour([]string{"DOCKER-USER", "STAGE"}),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if gaps := v.Gaps(trace.Gaps{}); gaps != nil {
		t.Errorf("%q", gaps)
	}
	if gaps := v.Gaps(trace.Gaps{Missed: 2, Steps: 1, Events: 1, Stray: 1, Undecoded: 1}); len(gaps) != 5 {
		t.Errorf("%q", gaps)
	}
}
