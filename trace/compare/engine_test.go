package compare_test

import (
	"slices"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
)

// on returns a recording as if its network had another engine, with other names for the chain that its
// rules are in and another text of each of its rules.
func on(t *testing.T, name, engine string) *trace.Trace {
	t.Helper()
	tr := recorded(t, name, "")
	other := func(r *trace.RuleRef) {
		if r.Text != "" {
			r.Text = "ip saddr 0.0.0.0/0 " + r.Text
		}
		if r.Chain != "" {
			r.Table, r.Chain = "ip docker-bridges", strings.ToLower(r.Table+"-"+r.Chain)
		}
	}
	for i := range tr.State.Nodes {
		if n := &tr.State.Nodes[i]; n.Engine != nil {
			n.Engine.Version = engine
		}
	}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		for stop := range len(j.Hops) + 1 {
			steps, changes := j.Outcome.Steps, j.Outcome.Changes
			if stop < len(j.Hops) {
				steps, changes = j.Hops[stop].Steps, j.Hops[stop].Changes
			}
			for k := range steps {
				other(&steps[k].RuleRef)
			}
			for k := range changes {
				other(&changes[k].Cause.Rule)
				other(&changes[k].Cause.Origin.Rule)
			}
		}
		other(&j.Outcome.Rule)
	}
	return tr
}

// TestEngines: with another engine, other rules that do the same are no difference. They are
// listed, each once. With the same engine, they are differences.
func TestEngines(t *testing.T) {
	a := recorded(t, "flask-demo", "")
	c := compare.Traces(a, on(t, "flask-demo", "29-nftables"))
	if !c.OtherEngine() || !c.Equal() || c.Engines() != [2]string{"20.10", "29-nftables"} {
		t.Fatalf("%v: %+v", c.Engines(), c.Differences)
	}
	var hooks []trace.Hook
	for _, d := range c.Deciders() {
		hooks = append(hooks, d.Hook)
		for _, s := range compare.Sides {
			if len(d.Steps[s]) != 1 || d.Steps[s][0].Handle == 0 {
				t.Errorf("%v: %+v", s, d.Steps[s])
			}
		}
	}
	if want := []trace.Hook{trace.Prerouting, trace.Forward, trace.Forward, trace.Forward}; !slices.Equal(hooks, want) {
		t.Errorf("deciders at %v", hooks)
	}
	if same := compare.Traces(a, on(t, "flask-demo", "20.10")); same.OtherEngine() || same.Equal() || same.Deciders() != nil {
		t.Error("with the same engine, other rules are no difference")
	}
	title := c.Words(explain.English(), explain.NewSigns(false)).Title()
	if !strings.Contains(title, "20.10") || !strings.Contains(title, "29-nftables") {
		t.Errorf("title %q", title)
	}
}

// TestEnginesDiffer: of a packet that only one engine drops, the difference is the rule that
// drops it, and what decided at that hook on the other side, whatever came before.
func TestEnginesDiffer(t *testing.T) {
	a, b := recorded(t, "flask-demo", "forward-drop"), on(t, "flask-demo", "29")
	for _, swapped := range []bool{false, true} {
		c := compare.Traces(a, b)
		drops, other := compare.A, compare.B
		if swapped {
			c, drops, other = compare.Traces(b, a), compare.B, compare.A
		}
		d := c.First()
		if d == nil || d.Kind != compare.KindRule {
			t.Fatalf("%+v", d)
		}
		if s := d.Facts[drops].Step; s == nil || s.Verdict.Kind != trace.VerdictDrop || s.Chain != "FORWARD" {
			t.Errorf("%v: %+v", drops, s)
		}
		if s := d.Facts[other].Step; s == nil || s.Verdict.Kind != trace.VerdictAccept || s.Hook != trace.Forward || !strings.Contains(s.Text, "--dport 5000") {
			t.Errorf("%v: %+v", other, s)
		}
	}
}

// TestEngineRows: what only one engine's rules contain is marked, and does not differ.
func TestEngineRows(t *testing.T) {
	c := compare.Traces(recorded(t, "flask-demo", ""), on(t, "flask-demo", "29"))
	others := 0
	for i := range c.Packets {
		for _, r := range c.Rows(&c.Packets[i]) {
			if r.Differs {
				t.Errorf("packet %d: %+v", i, r)
			}
			if r.Rules {
				others++
			}
		}
	}
	if others == 0 {
		t.Error("no row has other rules")
	}
}
