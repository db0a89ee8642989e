package live

import (
	"os"
	"slices"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/expect"
)

// TestScenarios runs every embedded scenario, without and with each of its faults, twice
// (once with -short, 10 times in CI). In every run its expectations are met, there are no
// gaps, and every change has an observed cause.
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
	truthful(t, s)
}

// TestEngines: with another engine than their own, lessons run as well, and what is said about
// their packets is observed.
func TestEngines(t *testing.T) {
	for _, name := range scenarios.Names() {
		file, text, err := scenarios.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, release := range scenarios.Releases() {
			s, err := scenarios.ParseOn(file, text, release)
			if err != nil {
				t.Fatal(err)
			}
			if s.WrittenFor == "" {
				continue // TestScenarios runs it
			}
			t.Run(name+" on "+release, func(t *testing.T) { truthful(t, s) })
			for _, f := range s.Faults {
				changed, err := s.WithFault(f.Name)
				if err != nil {
					t.Fatal(err)
				}
				t.Run(name+"/"+f.Name+" on "+release, func(t *testing.T) { truthful(t, changed) })
			}
		}
	}
}

// truthful runs a lesson several times. Each time its expectations are met, and everything
// that is said was observed.
func truthful(t *testing.T, s *scenarios.Scenario) {
	t.Helper()
	t.Parallel() // a lesson mostly waits
	times := 2
	if testing.Short() {
		times = 1
	}
	if os.Getenv("TRACER_RUNS") != "" {
		times = max(1, runs(t)/20)
	}
	for i := range times {
		tr, err := Run(t.Context(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range expect.Check(s, tr) {
			t.Errorf("run %d: line %d: %s", i, u.Line, u.Text)
		}
		if want := expect.Focus(s, tr); !slices.Equal(tr.Lesson.Focus, want) {
			t.Errorf("run %d: its expectations name %v, not %v", i, want, tr.Lesson.Focus)
		}
		if err := tr.Check(); err != nil {
			t.Errorf("run %d: %v", i, err)
		}
		for _, f := range unaccounted(tr) {
			t.Errorf("run %d: %s", i, f)
		}
		if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
			t.Errorf("run %d: gaps: %+v\n%s", i, gaps, strings.Join(ambiguous(tr), "\n"))
		}
		for k := range tr.Journeys {
			j := &tr.Journeys[k]
			if j.Background() {
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
		shownEntries(t, tr)
		if t.Failed() {
			return
		}
	}
}

// shownEntries checks that a flow with entries in several nodes shows one that translated
// its packets.
func shownEntries(t *testing.T, tr *trace.Trace) {
	t.Helper()
	cited := map[int]map[uint32]bool{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		for h := range j.Hops {
			for _, c := range j.Hops[h].Changes {
				if c.Cause.Entry == 0 {
					continue
				}
				if cited[j.Flow] == nil {
					cited[j.Flow] = map[uint32]bool{}
				}
				cited[j.Flow][c.Cause.Entry] = true
			}
		}
	}
	for i := range tr.Flows {
		if f := &tr.Flows[i]; cited[f.ID] != nil && !cited[f.ID][f.Entry.ID] {
			t.Errorf("flow %d: entry %d (%s) is shown, and the changes are by %v", f.ID, f.Entry.ID, f.Entry.Text, cited[f.ID])
		}
	}
}

// TestErrorDirection: an ICMP error belongs to the flow of the packet that it quotes, in
// the other direction.
func TestErrorDirection(t *testing.T) {
	for name, want := range map[string]trace.FlowDirection{"no-default-route": trace.Reply, "icmp-error": trace.Reply} {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Run(t.Context(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			if len(j.Hops) == 0 || j.Hops[0].Packet.ICMP.Quoted == nil {
				continue
			}
			found++
			others := slices.ContainsFunc(tr.Journeys, func(o trace.Journey) bool { return o.ID != j.ID && o.Flow == j.Flow })
			if j.Direction != want || !others {
				t.Errorf("%s: #%d %s: %s, with others in its flow: %v", name, j.ID, j.Summary, j.Direction, others)
			}
		}
		if found == 0 {
			t.Errorf("%s: no ICMP error was seen", name)
		}
	}
}
