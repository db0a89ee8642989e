package explain

import (
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

// moments summarizes the moments on the way to a stop.
func moments(j *trace.Journey, stop int) (out []string) {
	for _, m := range Moments(j, stop) {
		var parts []string
		if m.Hook != 0 {
			parts = append(parts, m.Hook.String())
		}
		if m.Created {
			parts = append(parts, "entry")
		}
		for i := range m.Steps {
			parts = append(parts, m.Steps[i].Chain)
		}
		for _, c := range m.Changes {
			parts = append(parts, c.Field.String())
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

// TestMoments: each hook, rule, decision and change is a moment, in the kernel's order; the
// new link header is one, and so is the sighting, which comes last.
func TestMoments(t *testing.T) {
	steps := func(list ...string) (out []trace.Step) {
		for _, s := range list {
			out = append(out, step(s))
		}
		return out
	}
	change := func(f trace.Field, hook trace.Hook, k trace.CauseKind) trace.Change {
		c := trace.Change{Field: f, From: trace.TTL(1), To: trace.TTL(2), Hook: hook, Cause: trace.Cause{Kind: k}}
		if k == trace.CauseRule {
			c.Cause.Rule = trace.RuleRef{Table: "nat", Chain: "DOCKER", Handle: 11}
		}
		return c
	}
	ttl := change(trace.FieldTTL, 0, trace.CauseRouting)
	macs := []trace.Change{change(trace.FieldSourceMAC, 0, trace.CauseNeighbour), change(trace.FieldDestinationMAC, 0, trace.CauseNeighbour)}
	forwarded := []trace.Hook{trace.Prerouting, trace.Forward, trace.Postrouting}
	for _, c := range []struct {
		name string
		hop  trace.Hop
		want []string
	}{
		{"over a cable", trace.Hop{}, []string{""}},
		{
			"a first packet, through a host",
			trace.Hop{
				Hooks: forwarded, Conntrack: &trace.Association{Created: true},
				Steps: steps("prerouting nat PREROUTING 6 jump DOCKER", "prerouting nat DOCKER 11 accept.",
					"forward filter FORWARD 8 jump USER", "forward filter USER 19 return", "forward filter FORWARD 12 accept.",
					"postrouting nat POSTROUTING 0 accept."),
				Changes: append([]trace.Change{change(trace.FieldDestination, trace.Prerouting, trace.CauseRule), ttl}, macs...),
			},
			[]string{
				"prerouting", "entry", "PREROUTING", "DOCKER", "dst", "ttl", "forward", "FORWARD USER", "FORWARD",
				"postrouting", "POSTROUTING", "src_mac dst_mac", "",
			},
		},
		{
			"a reply", trace.Hop{
				Hooks: forwarded, Steps: steps("forward filter FORWARD 12 accept."),
				Changes: []trace.Change{ttl, change(trace.FieldSource, trace.Postrouting, trace.CauseConntrack)},
			},
			[]string{"prerouting", "ttl", "forward", "FORWARD", "postrouting", "src", ""},
		},
		{
			"changes whose place is unknown show at the sighting", trace.Hop{
				Changes: []trace.Change{change(trace.FieldSource, 0, trace.CauseInferred), ttl, change(trace.FieldID, 0, trace.CauseInferred)},
			},
			[]string{"ttl", ""},
		},
		{
			"and so does a link header of captures", trace.Hop{
				Changes: []trace.Change{change(trace.FieldSourceMAC, 0, trace.CauseInferred), change(trace.FieldTTL, 0, trace.CauseInferred)},
			},
			[]string{""},
		},
	} {
		j := &trace.Journey{ID: 1, Hops: []trace.Hop{c.hop}, Outcome: trace.Outcome{Kind: trace.OutcomeDelivered}}
		if got := moments(j, 0); !slices.Equal(got, c.want) {
			t.Errorf("%s: moments %q, not %q", c.name, got, c.want)
		}
		// The end of a packet has the same moments.
		j = &trace.Journey{ID: 1, Outcome: trace.Outcome{
			Kind: trace.OutcomeDropped, Hooks: c.hop.Hooks, Steps: c.hop.Steps, Changes: c.hop.Changes, Conntrack: c.hop.Conntrack,
		}}
		if got := moments(j, 0); !slices.Equal(got, c.want) {
			t.Errorf("%s, at the end: moments %q, not %q", c.name, got, c.want)
		}
		rows := English().Account(&trace.Trace{}, NewSigns(false)).Stop(j, 0)
		if !slices.IsSortedFunc(rows, func(a, b Row) int { return a.Moment - b.Moment }) && !strings.Contains(c.name, "unknown") {
			t.Errorf("%s: the rows are not in the order of the moments", c.name)
		}
		checkMoments(t, c.name, j, 0)
		if n := rows[len(rows)-1].Moment; n != len(c.want)-1 {
			t.Errorf("%s: the last row belongs to moment %d of %d", c.name, n, len(c.want))
		}
	}
}

// checkMoments checks that each step and change on the way to a stop, as a place that a lesson
// is about, is at the moment that has it.
func checkMoments(t *testing.T, name string, j *trace.Journey, stop int) {
	t.Helper()
	list, way := Moments(j, stop), stretchTo(j, stop)
	at := func(k trace.FocusKind, index int) int {
		got := Places(j, []trace.Focus{{Journey: j.ID, Hop: stop, Kind: k, Index: index}})
		if len(got) != 1 || got[0].Stop != stop {
			t.Fatalf("%s: %s %d is at %v", name, k, index, got)
		}
		return got[0].Moment
	}
	for i := range way.Steps {
		if m := &list[at(trace.FocusRule, i)]; !slices.ContainsFunc(m.Steps, func(s trace.Step) bool { return s.RuleRef == way.Steps[i].RuleRef }) {
			t.Errorf("%s: step %d is at %+v", name, i, m)
		}
	}
	for i := range way.Changes {
		k := at(trace.FocusChange, i)
		if c := &way.Changes[i]; !slices.Contains(list[k].Changes, c) && k != len(list)-1 {
			t.Errorf("%s: change %d is at %+v", name, i, list[k])
		}
	}
	if way.Conntrack != nil && way.Conntrack.Created && !list[at(trace.FocusEntry, 0)].Created {
		t.Errorf("%s: the entry is made at another moment", name)
	}
	if at(trace.FocusSeen, 0) != len(list)-1 {
		t.Errorf("%s: the packet is seen at another moment than the last", name)
	}
	for _, f := range []trace.Focus{
		{Hop: stop, Kind: trace.FocusRule, Index: len(way.Steps)}, {Hop: stop, Kind: trace.FocusChange, Index: len(way.Changes)},
		{Hop: stop, Kind: trace.FocusRule, Index: -1}, {Hop: -1, Kind: trace.FocusSeen}, {Hop: len(j.Hops) + 1, Kind: trace.FocusSeen}, {Hop: stop},
	} {
		if got := Places(j, []trace.Focus{f}); got != nil {
			t.Errorf("%s: %+v is at %v", name, f, got)
		}
	}
	last := trace.Focus{Hop: stop, Kind: trace.FocusSeen}
	if got := Places(j, []trace.Focus{last, {Hop: 0, Kind: trace.FocusSeen}, last}); len(got) > 2 || got[len(got)-1] != (Place{stop, len(list) - 1}) {
		t.Errorf("%s: places %v", name, got)
	}
}
