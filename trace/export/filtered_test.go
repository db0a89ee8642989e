package export

import (
	"bytes"
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
)

// TestFiltered: of every recording, a trace with each of its packets alone is read
// again, is written the same, and can be shown.
func TestFiltered(t *testing.T) {
	for _, name := range scenarios.Names() {
		in, err := scenarios.Recording(name)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := ReadFile(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := whole.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range whole.Journeys {
			one := *whole
			one.Journeys = whole.Journeys[i : i+1 : i+1]
			if err := one.Check(); err != nil {
				t.Errorf("%s, only #%d: %v", name, one.Journeys[0].ID, err)
			}
			var text, again bytes.Buffer
			if err := JSON(&text, &one, explain.English()); err != nil {
				t.Fatal(err)
			}
			tr, err := Read(bytes.NewReader(text.Bytes()))
			if err != nil {
				t.Errorf("%s, only #%d: %v", name, one.Journeys[0].ID, err)
				continue
			}
			if err := JSON(&again, tr, explain.English()); err != nil || !bytes.Equal(text.Bytes(), again.Bytes()) {
				t.Errorf("%s, only #%d: written again it differs (%v)", name, one.Journeys[0].ID, err)
			}
			again.Reset()
			if err := Text(&again, tr, TextOptions{Language: explain.English()}); err != nil {
				t.Error(err)
			}
			again.Reset()
			if err := PCAPNG(&again, tr, explain.English()); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestUnsound: each promise of [trace.Trace.Check] is looked at: a trace that breaks it is
// not.
func TestUnsound(t *testing.T) {
	for name, spoil := range map[string]func(*trace.Trace){
		"frame numbers":       func(t *trace.Trace) { t.Frames[1].Number = 7 },
		"a frame's length":    func(t *trace.Trace) { t.Frames[1].Length = 3 },
		"a frame's link":      func(t *trace.Trace) { t.Frames[1].Link = 9999 },
		"a node twice":        func(t *trace.Trace) { t.State.Nodes[0].Name = "host" },
		"an interface twice":  func(t *trace.Trace) { t.State.Nodes[0].Interfaces[1].Name = "eth0" },
		"flow numbers":        func(t *trace.Trace) { t.Flows[0].ID = 2 },
		"no other flow":       func(t *trace.Trace) { t.Flows[0].Proxy, t.Flows[0].Continues = "host", 9 },
		"a proxy of one flow": func(t *trace.Trace) { t.Flows[0].Proxy = "host" },
		"no proxy":            func(t *trace.Trace) { t.Flows[0].ContinuedBy = 1 },
		"two other flows":     func(t *trace.Trace) { f := &t.Flows[0]; f.Proxy, f.Continues, f.ContinuedBy = "host", 1, 1 },
		"journey 0":           func(t *trace.Trace) { t.Journeys[0].ID = 0 },
		"journeys' numbers":   func(t *trace.Trace) { t.Journeys[0].ID = 2 },
		"no direction":        func(t *trace.Trace) { t.Journeys[0].Direction = 0 },
		"an odd outcome":      func(t *trace.Trace) { t.Journeys[0].Outcome.Kind = 9 },
		"no frame":            func(t *trace.Trace) { t.Journeys[0].Hops[1].Frame = 8 },
		"frame 0":             func(t *trace.Trace) { t.Journeys[0].Hops[1].Frame = 0 },
		"no evidence":         func(t *trace.Trace) { t.Journeys[0].Hops[1].Evidence = 0 },
		"an odd field":        func(t *trace.Trace) { t.Journeys[0].Hops[2].Changes[0].Field = 77 },
		"an odd cause":        func(t *trace.Trace) { t.Journeys[0].Hops[2].Changes[0].Cause.Kind = 77 },
		"an odd last change":  func(t *trace.Trace) { t.Journeys[2].Outcome.Changes[0].Field = 77 },
		"no point":            func(t *trace.Trace) { t.Survey = &trace.Survey{Paths: []trace.PathSurvey{{Points: []int{0}}}} },
		"a point below 0":     func(t *trace.Trace) { t.Survey = &trace.Survey{Strides: []trace.StrideSurvey{{From: -1}}} },
		"a count below 0":     func(t *trace.Trace) { t.Survey = &trace.Survey{Packets: -1} },
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
