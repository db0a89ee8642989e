package export

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tracer/trace"
)

// TestUnsound: each promise of [trace.Trace.Check] is checked: a trace that breaks it is
// refused.
func TestUnsound(t *testing.T) {
	zoned := netip.MustParseAddr("fe80::1%\x1b[2J")
	hop := func(t *trace.Trace) *trace.Hop { return &t.Journeys[0].Hops[2] }
	for name, spoil := range map[string]func(*trace.Trace){
		"frame numbers":     func(t *trace.Trace) { t.Frames[1].Number = 7 },
		"a frame's length":  func(t *trace.Trace) { t.Frames[1].Length = 3 },
		"a frame's link":    func(t *trace.Trace) { t.Frames[1].Link = 9999 },
		"a frame's way":     func(t *trace.Trace) { t.Frames[1].Direction = 3 },
		"a duplicate node":  func(t *trace.Trace) { t.State.Nodes[0].Name = "host" },
		"duplicate lo":      func(t *trace.Trace) { t.State.Nodes[0].Interfaces[1].Name = "eth0" },
		"an unknown role":   func(t *trace.Trace) { t.State.Nodes[0].Role = 6 },
		"no prefix":         func(t *trace.Trace) { t.State.Nodes[1].Interfaces[0].Addresses = make([]netip.Prefix, 1) },
		"no destination":    func(t *trace.Trace) { t.State.Nodes[1].Routes = make([]trace.Route, 1) },
		"a zoned gateway":   func(t *trace.Trace) { t.State.Nodes[1].Routes[0].Gateway = zoned },
		"no neighbour":      func(t *trace.Trace) { t.State.Nodes[1].Neighbours = make([]trace.Neighbour, 1) },
		"a zoned neighbour": func(t *trace.Trace) { t.State.Nodes[1].Neighbours = []trace.Neighbour{{Address: zoned}} },

		"flow numbers":        func(t *trace.Trace) { t.Flows[0].ID = 2 },
		"no other flow":       func(t *trace.Trace) { t.Flows[0].Proxy, t.Flows[0].Continues = "host", 9 },
		"a proxy of one flow": func(t *trace.Trace) { t.Flows[0].Proxy = "host" },
		"no proxy":            func(t *trace.Trace) { t.Flows[0].ContinuedBy = 1 },
		"two other flows":     func(t *trace.Trace) { f := &t.Flows[0]; f.Proxy, f.Continues, f.ContinuedBy = "host", 1, 1 },
		"no translation":      func(t *trace.Trace) { t.Flows[0].NAT = []trace.Translation{0} },
		"an unknown state":    func(t *trace.Trace) { t.Flows[0].Entry.State = 10 },
		"a zoned end":         func(t *trace.Trace) { t.Flows[0].Reply.Source = netip.AddrPortFrom(zoned, 80) },

		"journey 0":         func(t *trace.Trace) { t.Journeys[0].ID = 0 },
		"journeys' numbers": func(t *trace.Trace) { t.Journeys[0].ID = 2 },
		"no direction":      func(t *trace.Trace) { t.Journeys[0].Direction = 0 },
		"no frame":          func(t *trace.Trace) { hop(t).Frame = 8 },
		"frame 0":           func(t *trace.Trace) { hop(t).Frame = 0 },
		"no evidence":       func(t *trace.Trace) { hop(t).Evidence = 0 },
		"an unknown way":    func(t *trace.Trace) { hop(t).Direction = 3 },
		"no entry's way":    func(t *trace.Trace) { hop(t).Conntrack.Direction = 0 },
		"an entry's state":  func(t *trace.Trace) { hop(t).Conntrack.State = 6 },
		"no hook":           func(t *trace.Trace) { hop(t).Hooks = []trace.Hook{0} },
		"an unknown hook":   func(t *trace.Trace) { hop(t).Hooks = []trace.Hook{77} },

		"no hook of a step":   func(t *trace.Trace) { hop(t).Steps[0].Hook = 0 },
		"no verdict":          func(t *trace.Trace) { hop(t).Steps[0].Verdict = trace.Verdict{} },
		"an unknown verdict":  func(t *trace.Trace) { hop(t).Steps[0].Verdict.Kind = 12 },
		"a jump nowhere":      func(t *trace.Trace) { hop(t).Steps[0].Verdict.Chain = "" },
		"an accept to DOCKER": func(t *trace.Trace) { hop(t).Steps[0].Verdict.Kind = trace.VerdictAccept },

		"an unknown field":       func(t *trace.Trace) { hop(t).Changes[0].Field = 77 },
		"no field":               func(t *trace.Trace) { hop(t).Changes[0].Field = 0 },
		"no value":               func(t *trace.Trace) { hop(t).Changes[0].From = nil },
		"a value of others":      func(t *trace.Trace) { hop(t).Changes[0].To = trace.TTL(64) },
		"a zoned value":          func(t *trace.Trace) { hop(t).Changes[0].To = trace.Endpoint(netip.AddrPortFrom(zoned, 80)) },
		"a change's hook":        func(t *trace.Trace) { hop(t).Changes[0].Hook = 77 },
		"an unknown cause":       func(t *trace.Trace) { hop(t).Changes[0].Cause.Kind = 77 },
		"an unknown translation": func(t *trace.Trace) { hop(t).Changes[0].Cause.Translation = 77 },
		"an entry's translation": func(t *trace.Trace) { t.Journeys[1].Hops[1].Changes[0].Cause.Translation = 0 },
		"no route":               func(t *trace.Trace) { hop(t).Changes[1].Cause.Route = trace.Route{} },
		"a zoned next hop":       func(t *trace.Trace) { hop(t).Changes[2].Cause.Neighbour = zoned },
		"no next hop":            func(t *trace.Trace) { hop(t).Changes[3].Cause.Kind = trace.CauseNeighbour },

		"an unknown outcome":     func(t *trace.Trace) { t.Journeys[0].Outcome.Kind = 9 },
		"no outcome":             func(t *trace.Trace) { t.Journeys[0].Outcome.Kind = 0 },
		"an unknown last change": func(t *trace.Trace) { t.Journeys[2].Outcome.Changes[0].Field = 77 },
		"an outcome's hook":      func(t *trace.Trace) { t.Journeys[2].Outcome.Hook = 77 },
		"dropped at no hook":     func(t *trace.Trace) { t.Journeys[2].Outcome.Hook = 0 },
		"dropped for no reason":  func(t *trace.Trace) { t.Journeys[2].Outcome.Reason = 0 },
		"an unknown reason":      func(t *trace.Trace) { t.Journeys[0].Outcome.Reason = 200 },
		"rejected at no hook":    func(t *trace.Trace) { o := &t.Journeys[2].Outcome; o.Reason, o.Hook = trace.ReasonReject, 0 },
		"rejected in silence":    func(t *trace.Trace) { t.Journeys[2].Outcome.Reason = trace.ReasonReject },
		"dropped, not heard":     func(t *trace.Trace) { t.Journeys[2].Outcome.Reason = trace.ReasonNoListener },
		"delivered, not traced":  func(t *trace.Trace) { t.Journeys[0].Outcome.Reason = trace.ReasonNotTraced },
		"spoofed nowhere":        func(t *trace.Trace) { t.Journeys[2].Outcome.Reason = trace.ReasonReversePath },
		"no next hop to ask":     func(t *trace.Trace) { t.Journeys[2].Outcome.Reason = trace.ReasonNoNeighbour },
		"an outcome's entry":     func(t *trace.Trace) { t.Journeys[2].Outcome.Conntrack = &trace.Association{} },
		"a clamped address":      func(t *trace.Trace) { hop(t).Changes[0].Cause.Translation = 0 },
		"no route to nowhere":    func(t *trace.Trace) { t.Journeys[2].Outcome.Reason = trace.ReasonNoRoute },
		"a zoned martian":        func(t *trace.Trace) { t.Journeys[2].Outcome.Destination = zoned },

		"no point":           func(t *trace.Trace) { t.Survey = &trace.Survey{Paths: []trace.PathSurvey{{Points: []int{0}}}} },
		"a point below 0":    func(t *trace.Trace) { t.Survey = &trace.Survey{Strides: []trace.StrideSurvey{{From: -1}}} },
		"a count below 0":    func(t *trace.Trace) { t.Survey = &trace.Survey{Packets: -1} },
		"an unknown mapping": func(t *trace.Trace) { t.Survey = mapped(trace.Mapping{Kind: trace.Masquerade}) },
		"a mapping of none":  func(t *trace.Trace) { t.Survey = mapped(trace.Mapping{Kind: trace.SNAT}) },
	} {
		tr := sample()
		tr.Journeys = slices.Clone(tr.Journeys)
		if err := tr.Check(); err != nil {
			t.Fatalf("the sample: %v", err)
		}
		spoil(tr)
		if err := tr.Check(); err == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

// mapped is a survey with a mapping at its only point.
func mapped(m trace.Mapping) *trace.Survey {
	return &trace.Survey{Points: make([]trace.PointSurvey, 1), Mappings: []trace.Mapping{m}}
}

// TestReadNothing: where a value is needed, nothing is none, however it is written.
func TestReadNothing(t *testing.T) {
	text := string(recordings(t)["flask-demo.json"])
	for _, old := range []string{
		`"direction": "original"`, `"kind": "delivered"`, `"evidence": "frames"`, `"hook": "prerouting"`, `"verdict": "jump DOCKER"`, `"field": "dst"`,
		`"kind": "conntrack"`, `"translation": "dnat"`, `"route": "172.17.0.0/16 dev docker0"`, `"from": "64"`, `"address": "172.17.0.2"`,
	} {
		key, _, _ := strings.Cut(old, ":")
		for _, none := range []string{`""`, `null`} {
			if !strings.Contains(text, old) {
				t.Fatalf("%s: is not there", old)
			}
			if _, err := Read(strings.NewReader(strings.ReplaceAll(text, old, key+": "+none))); err == nil {
				t.Errorf("%s: %s is read", key, none)
			}
		}
	}
}
