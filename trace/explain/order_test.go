package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

// step parses "hook table chain rule verdict", with a "." at the end if the verdict is
// final.
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

// short summarizes what happened in a node.
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
		case KindEntry:
			out = append(out, "entry")
		}
	}
	return out
}

// TestOrder: rules, changes and notes are in the kernel's order.
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
			"a rule that returns from a nat chain decides", []string{
				"prerouting nat PREROUTING 6 jump DOCKER", "prerouting nat DOCKER 10 return", "prerouting nat PREROUTING 0 accept.",
			}, nil, false,
			[]string{"PREROUTING 6", "DOCKER 10", "PREROUTING 0"},
		},
		{
			"the end of a nat chain does not", []string{
				"prerouting nat PREROUTING 6 jump DOCKER", "prerouting nat DOCKER 0 return", "prerouting nat PREROUTING 0 accept.",
			}, nil, false,
			[]string{"detour DOCKER", "PREROUTING 0"},
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
