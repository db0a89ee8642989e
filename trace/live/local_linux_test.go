package live

import (
	"slices"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
)

// sentBy runs flask-demo with its request sent by another node, to another URL.
func sentBy(t *testing.T, node, url string) *trace.Trace {
	t.Helper()
	s := load(t)
	s.Traffic[0].From, s.Traffic[0].URL = node, url
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
	for i := range tr.Journeys {
		if j := &tr.Journeys[i]; !j.Background() && j.Outcome.Kind != trace.OutcomeDelivered {
			t.Errorf("#%d %s: %s", j.ID, j.Summary, explain.English().Outcome(j))
		}
	}
	return tr
}

// TestOwnAddress: a packet that the host sends to a published port of its own is
// translated at the output hook, before any interface, and routed again. The answer is
// translated back at input, after its last frame.
func TestOwnAddress(t *testing.T) {
	tr := sentBy(t, "host", "http://192.168.52.203/")
	syn := find(t, tr, "TCP SYN")
	if want := "host/docker0 out, host/veth out, flask/eth0 in"; places(syn) != want {
		t.Errorf("the SYN was seen at %s", places(syn))
	}
	first := &syn.Hops[0]
	if got := first.Hooks; !slices.Equal(got, []trace.Hook{trace.Output, trace.Postrouting}) {
		t.Errorf("the SYN passed %v before its first frame", got)
	}
	if c := change(first, trace.FieldDestination); c == nil || c.Hook != trace.Output || c.Cause.Kind != trace.CauseRule || c.Cause.Rule.Text != dnatRule {
		t.Errorf("destination: %+v", c)
	}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Flow != syn.Flow || j.Direction != trace.Reply {
			continue
		}
		o := &j.Outcome
		if len(o.Changes) != 1 || o.Changes[0].Field != trace.FieldSource || o.Changes[0].To != endpoint("192.168.52.203:80") ||
			o.Changes[0].Hook != trace.Input || o.Changes[0].Cause.Kind != trace.CauseConntrack || o.Changes[0].Cause.Origin.Journey != syn.ID {
			t.Errorf("#%d %s: after its last hop: %+v", j.ID, j.Summary, o.Changes)
		}
	}
}

// TestLoopback: a packet over the loopback passes output and postrouting, and then
// prerouting and input of the same host.
func TestLoopback(t *testing.T) {
	tr := sentBy(t, "host", "http://127.0.0.1:81/")
	if len(tr.Answers) != 1 || !strings.Contains(tr.Answers[0].Text, "refused") {
		t.Errorf("answers: %v", tr.Answers)
	}
	for _, summary := range []string{"TCP SYN", "TCP RST-ACK"} {
		j := find(t, tr, summary)
		if places(j) != "host/lo out, host/lo in" {
			t.Errorf("%s was seen at %s", summary, places(j))
			continue
		}
		hooks := [][]trace.Hook{j.Hops[0].Hooks, j.Hops[1].Hooks, j.Outcome.Hooks}
		if want := [][]trace.Hook{{trace.Output, trace.Postrouting}, nil, {trace.Prerouting, trace.Input}}; !slices.EqualFunc(hooks, want, slices.Equal) {
			t.Errorf("%s passed %v", summary, hooks)
		}
	}
}

// TestTold: an undelivered packet names the ICMP error that its sender received, if any.
func TestTold(t *testing.T) {
	for name, told := range map[string]string{
		"no-default-route": "ICMP network unreachable",
		"mtu-black-hole":   "", // the error was generated, but dropped
		"custom-bridge":    "",
	} {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Run(t.Context(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		dropped := 0
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			if j.Background() || j.Outcome.Kind != trace.OutcomeDropped {
				continue
			}
			dropped++
			got := ""
			if by := tr.Journey(j.Outcome.ReportedBy); by != nil {
				got = by.Summary
			}
			if got != told {
				t.Errorf("%s: #%d %s: told by %q, not %q", name, j.ID, j.Summary, got, told)
			}
		}
		if dropped == 0 {
			t.Errorf("%s: nothing was dropped", name)
		}
	}
}
