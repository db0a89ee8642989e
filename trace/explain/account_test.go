package explain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

// small returns a trace of one packet that a host translated, and delivered or dropped
// after hop 2.
func small() *trace.Trace {
	end := func(s string) trace.Endpoint { return trace.Endpoint(netip.MustParseAddrPort(s)) }
	rule := trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11, Text: "--dport 80 -j DNAT --to-destination 172.17.0.2:5000"}
	unmatched := step("prerouting nat DOCKER 11 accept.")
	unmatched.RuleRef = rule
	unmatched.Unmatched = []trace.Unmatched{{Handle: 10, Text: "-i docker0 -j RETURN", Condition: "-i docker0", Was: "ens160"}}
	return &trace.Trace{
		Flows: []trace.Flow{{ID: 1}},
		Journeys: []trace.Journey{{
			ID: 1, Flow: 1, Direction: trace.Original, Summary: "TCP SYN",
			Hops: []trace.Hop{
				{Node: "client", Interface: "eth0"},
				{Node: "host", Interface: "ens160"},
				{
					Node: "host", Interface: "docker0", Evidence: trace.EvidenceTrace, Ambiguous: []int{7},
					Steps: []trace.Step{step("prerouting nat PREROUTING 6 jump DOCKER"), unmatched},
					Changes: []trace.Change{
						{Field: trace.FieldDestination, From: end("10.0.0.1:80"), To: end("172.17.0.2:5000"), Hook: trace.Prerouting, Cause: trace.Cause{Kind: trace.CauseRule, Rule: rule, Translation: trace.DNAT}},
						{Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(63), Cause: trace.Cause{Kind: trace.CauseInferred}},
					},
				},
			},
			Outcome: trace.Outcome{Kind: trace.OutcomeDelivered, Node: "flask"},
		}},
	}
}

// kinds returns the kinds of rows.
func kinds(rows []Row) (out []Kind) {
	for _, r := range rows {
		out = append(out, r.Kind)
	}
	return out
}

// TestStop: each stop has its cause, facts, place, evidence and doubts, in order.
func TestStop(t *testing.T) {
	tr := small()
	j := &tr.Journeys[0]
	dropped := *tr
	dropped.Journeys = slices.Clone(tr.Journeys)
	d := &dropped.Journeys[0]
	d.Hops = d.Hops[:2]
	d.Outcome = trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonPolicy, Steps: []trace.Step{step("forward filter FORWARD 0 drop.")}}
	for _, c := range []struct {
		trace *trace.Trace
		stop  int
		want  []Kind
	}{
		{tr, 0, []Kind{KindStretch, KindHop}},
		{tr, 1, []Kind{KindStretch, KindHop}},
		{tr, 2, []Kind{KindStretch, KindRule, KindUnmatched, KindRule, KindRewrite, KindHeader, KindAmbiguous, KindHop}},
		{&dropped, 2, []Kind{KindStretch, KindRule, KindOutcome, KindReported}},
	} {
		rows := English().Account(c.trace, NewSigns(true)).Stop(&c.trace.Journeys[0], c.stop)
		if got := kinds(rows); !slices.Equal(got, c.want) {
			t.Errorf("stop %d: %v, want %v", c.stop, got, c.want)
		}
		for _, r := range rows {
			if r.Stop != c.stop || r.Node == "" || r.Level == 0 {
				t.Errorf("%+v", r)
			}
			if r.Text == "" && r.Kind != KindHop {
				t.Errorf("kind %d says nothing", r.Kind)
			}
		}
	}
	if Stops(j) != 3 || Stops(d) != 3 {
		t.Errorf("%d and %d stops", Stops(j), Stops(d))
	}
}

// TestNoNATRule: the note is for a translated packet that matched rules in a traced node,
// but none of table nat. Without a rule trace, there is no note.
func TestNoNATRule(t *testing.T) {
	tr := small()
	h := &tr.Journeys[0].Hops[2]
	h.Steps, h.Changes[0].Cause = nil, trace.Cause{Kind: trace.CauseConntrack}
	for _, hooks := range [][]trace.Hook{nil, {trace.Prerouting, trace.Forward}} {
		h.Hooks = hooks
		rows := English().Account(tr, NewSigns(true)).Stop(&tr.Journeys[0], 2)
		if got := slices.Contains(kinds(rows), KindNoNAT); got != (hooks != nil) {
			t.Errorf("hooks %v: %v", hooks, got)
		}
	}
}

// TestOnce: the rule behind a translation is described for the first packet of a list
// only, and for each stop requested by itself.
func TestOnce(t *testing.T) {
	tr := small()
	h := &tr.Journeys[0].Hops[2]
	h.Changes[0].Cause = trace.Cause{Kind: trace.CauseConntrack, Origin: trace.Origin{Journey: 1, Rule: h.Steps[1].RuleRef}}
	a := English().Account(tr, NewSigns(true))
	for i, want := range []bool{true, false} {
		if got := slices.Contains(kinds(a.Journey(&tr.Journeys[0])), KindOrigin); got != want {
			t.Errorf("time %d: %v", i+1, got)
		}
		if !slices.Contains(kinds(a.Stop(&tr.Journeys[0], 2)), KindOrigin) {
			t.Error("it is not told of the stop")
		}
	}
}

func ExampleAccount_Journey() {
	tr := small()
	account := English().Account(tr, NewSigns(true))
	for _, r := range account.Journey(&tr.Journeys[0]) {
		if r.Level > Usual || r.Text == "" {
			continue
		}
		field := ""
		if r.Change != nil {
			field = r.Change.Field.String()
		}
		fmt.Println(strings.TrimSpace(fmt.Sprintf("%-6s %-4s %-10s %-3s %s  %s", r.Node, r.Table, r.Chain, field, r.Text, r.Note)))
	}
	// Output:
	// client                     #1  TCP SYN  original   client -> flask
	// client                     sent by client on eth0
	// host                       over the cable from client/eth0 to host/ens160
	// host                       unchanged
	// host                       inside host, from ens160 to docker0
	// host   nat  PREROUTING     rule 6
	// host   nat  DOCKER         --dport 80 -j DNAT --to-destination 172.17.0.2:5000
	// host                   dst 10.0.0.1:80 => 172.17.0.2:5000  by this DNAT rule
	// host                   ttl 64 => 63  inferred: forwarded by 1 router
	// host                       ambiguous: could also be #7; every field that NAT leaves unchanged is equal
}

// TestUnordered: if the order of two sightings is unknown, the row of the second says so.
func TestUnordered(t *testing.T) {
	tr := small()
	j := &tr.Journeys[0]
	a := English().Account(tr, NewSigns(true))
	says := func() bool {
		return slices.ContainsFunc(a.Stop(j, 1), func(r Row) bool { return r.Text == string(unordered) })
	}
	if says() {
		t.Error("an order is called unknown, but none is")
	}
	if j.Hops[1].Unordered = true; !says() {
		t.Errorf("%+v", a.Stop(j, 1))
	}
}
