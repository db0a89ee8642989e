package explain

import (
	"slices"
	"testing"

	"tracer/trace"
)

// TestFields: how each field that is not an address is shown, and its cause.
func TestFields(t *testing.T) {
	rule := trace.RuleRef{Table: "mangle", Chain: "FORWARD", Handle: 4, Text: "-j DSCP --set-dscp 0x2e"}
	a := English().Account(&trace.Trace{}, NewSigns(true))
	for want, c := range map[string]trace.Change{
		"0x0 => 0xb8 (EF)":                   {Field: trace.FieldTOS, From: trace.Bits(0), To: trace.Bits(0xb8)},
		"0x28 (AF11) => 0x10":                {Field: trace.FieldTOS, From: trace.Bits(0x28), To: trace.Bits(0x10)},
		"0xba (EF, ECT(0)) => 0xbb (EF, CE)": {Field: trace.FieldTOS, From: trace.Bits(0xba), To: trace.Bits(0xbb)},
		"set => not set":                     {Field: trace.FieldDF, From: trace.Number(1), To: trace.Number(0)},
		"1460 => 500":                        {Field: trace.FieldMSS, From: trace.Number(1460), To: trace.Number(500)},
		"64240 => 500":                       {Field: trace.FieldWindow, From: trace.Number(64240), To: trace.Number(500)},
		"0x0 => 0x1":                         {Field: trace.FieldMark, From: trace.Bits(0), To: trace.Bits(1)},
		"64 => 65":                           {Field: trace.FieldTTL, From: trace.TTL(64), To: trace.TTL(65)},
	} {
		if got := a.Became(&c); got != want {
			t.Errorf("%v: %q, want %q", c.Field, got, want)
		}
		c.Cause = trace.Cause{Kind: trace.CauseRule, Rule: rule}
		if got := a.Cause(&c); got != "by this rule" {
			t.Errorf("%v: %q", c.Field, got)
		}
		c.Cause = trace.Cause{Kind: trace.CauseInferred}
		if got := a.Cause(&c); got != "what changed it was not observed" {
			t.Errorf("%v: %q", c.Field, got)
		}
	}
}

// hostHop is a packet that a host passed on.
func hostHop(h trace.Hop) *trace.Trace {
	h.Node = "host"
	return &trace.Trace{Journeys: []trace.Journey{{ID: 1, Direction: trace.Original, Hops: []trace.Hop{{Node: "host"}, h}}}}
}

// TestFieldOrder: a field that a rule changed comes after the rule; a change with an unknown
// cause comes last, before the link header.
func TestFieldOrder(t *testing.T) {
	change := func(f trace.Field, hook trace.Hook, k trace.CauseKind) trace.Change {
		c := trace.Change{Field: f, From: trace.Number(2), To: trace.Number(1), Hook: hook, Cause: trace.Cause{Kind: k}}
		if k == trace.CauseRule {
			c.Cause.Rule = trace.RuleRef{Table: "mangle", Chain: "FORWARD", Handle: 4}
		}
		return c
	}
	tr := hostHop(trace.Hop{
		Steps: []trace.Step{step("forward mangle FORWARD 4 continue"), step("forward filter FORWARD 5 accept.")},
		Changes: []trace.Change{
			change(trace.FieldSourceMAC, 0, trace.CauseInferred), change(trace.FieldWindow, 0, trace.CauseInferred),
			change(trace.FieldMSS, trace.Forward, trace.CauseRule), change(trace.FieldTOS, trace.Prerouting, trace.CauseInferred),
		},
		Conntrack: &trace.Association{Created: true},
	})
	got := short(English().Account(tr, NewSigns(true)).Stop(&tr.Journeys[0], 1))
	if want := []string{"entry", "tos", "FORWARD 4", "mss", "FORWARD 5", "window", "src_mac"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestIdentity: the evidence that a hop is the same packet is named if it could be stronger,
// but never for captures alone.
func TestIdentity(t *testing.T) {
	for identity, want := range map[trace.Identity]bool{
		0: false, trace.IdentityMark: false, trace.IdentityWire: false, trace.IdentityConnection: true, trace.IdentityHeaders: true,
	} {
		for _, survey := range []*trace.Survey{nil, {}} {
			tr := hostHop(trace.Hop{Identity: identity})
			tr.Survey = survey
			rows := English().Account(tr, NewSigns(true)).Stop(&tr.Journeys[0], 1)
			if got := slices.Contains(kinds(rows), KindIdentity); got != (want && survey == nil) {
				t.Errorf("%v, captures %v: %v", identity, survey != nil, got)
			}
		}
	}
}

// TestEntry: conntrack makes an entry before the nat tables are consulted, whether or not a
// nat rule matches; an entry that was never confirmed is discarded with its packet.
func TestEntry(t *testing.T) {
	tr := hostHop(trace.Hop{
		Steps:     []trace.Step{step("prerouting raw PREROUTING 1 continue"), step("prerouting nat PREROUTING 2 accept.")},
		Conntrack: &trace.Association{Created: true},
	})
	a := English().Account(tr, NewSigns(true))
	if got := short(a.Stop(&tr.Journeys[0], 1)); !slices.Equal(got, []string{"PREROUTING 1", "entry", "PREROUTING 2"}) {
		t.Errorf("%q", got)
	}
	lost := ended(trace.Outcome{
		Kind: trace.OutcomeDropped, Hook: trace.Forward, Reason: trace.ReasonPolicy,
		Conntrack: &trace.Association{Created: true, Unconfirmed: true}, Steps: []trace.Step{step("forward filter FORWARD 0 drop.")},
	})
	if got := kinds(a.Stop(lost, 1)); !slices.Equal(got, []Kind{KindStretch, KindEntry, KindRule, KindOutcome, KindReported, KindDiscarded}) {
		t.Errorf("%v", got)
	}
	const died = "NEW; its conntrack entry was never confirmed and was discarded with the packet"
	if got := English().NoEntry(lost); got != died {
		t.Errorf("%q", got)
	}
	if got := English().NoEntry(&tr.Journeys[0]); got != "no conntrack entry for this packet" {
		t.Errorf("%q", got)
	}
}

// TestEntryState: an entry that no longer exists is shown as destroyed.
func TestEntryState(t *testing.T) {
	f := trace.Flow{Protocol: "TCP", Entry: trace.Entry{Text: "tcp CLOSE src=10.0.0.9", State: trace.Close, Unreplied: true}}
	if got := English().EntryState(trace.StateNew, &f); got != "new when this packet passed, finally tcp CLOSE [UNREPLIED]" {
		t.Errorf("%q", got)
	}
	f.Entry.Destroyed = true
	if got := English().EntryState(trace.StateNew, &f); got != "new when this packet passed, finally tcp CLOSE [UNREPLIED], destroyed" {
		t.Errorf("%q", got)
	}
	if got := English().Entry(&f.Entry); got != "tcp CLOSE src=10.0.0.9, destroyed" {
		t.Errorf("%q", got)
	}
}
