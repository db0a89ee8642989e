package live

import (
	"os"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/expect"
)

// TestScenarios runs every embedded scenario, and each with every fault it has, a
// few times, in CI 20 times: what the lesson says is seen every time, nothing is
// missed, and every change has a cause that was seen.
func TestScenarios(t *testing.T) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { lesson(t, s) })
		for _, f := range s.Faults {
			changed, err := s.WithFault(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name+"/"+f.Name, func(t *testing.T) { lesson(t, changed) })
		}
	}
}

func lesson(t *testing.T, s *scenarios.Scenario) {
	if len(s.Expect) == 0 {
		t.Error("nothing is expected")
	}
	times := 2
	if os.Getenv("TRACER_RUNS") != "" {
		times = min(runs(t), 20)
	}
	for i := range times {
		tr, err := Run(t.Context(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range expect.Check(s, tr) {
			t.Errorf("run %d: line %d: %s", i, u.Line, u.Text)
		}
		if tr.Gaps != (trace.Gaps{}) {
			t.Errorf("run %d: gaps: %+v", i, tr.Gaps)
		}
		for k := range tr.Journeys {
			j := &tr.Journeys[k]
			if j.Housekeeping() {
				continue
			}
			changes := j.Outcome.Changes
			for h := range j.Hops {
				changes = append(changes, j.Hops[h].Changes...)
			}
			for _, c := range changes {
				if c.Cause.Kind == trace.CauseInferred {
					t.Errorf("run %d: #%d %s: %s %s ⇒ %s is inferred", i, j.ID, j.Summary, c.Field, c.From, c.To)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}
