package expect

import (
	"errors"
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace/export"
)

// TestRecordings: every scenario has a recording, and so has each of its faults. It meets the
// expectations, and has the places that they name.
func TestRecordings(t *testing.T) {
	places := 0
	check := func(name string, s *scenarios.Scenario) {
		in, err := scenarios.Recording(s.Name, s.Fault)
		if err != nil {
			t.Error(err)
			return
		}
		recorded, err := export.ReadFile(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		l := recorded.Lesson
		if recorded.Scenario != s.Name || l == nil || l.Fault != s.Fault {
			t.Fatalf("%s is of %s: %+v", name, recorded.Scenario, l)
		}
		for _, u := range Check(s, recorded) {
			t.Errorf("%s, line %d: %s", name, u.Line, u.Text)
		}
		if want := Focus(s, recorded); !slices.Equal(l.Focus, want) {
			t.Errorf("%s: its expectations name %v, not %v", name, want, l.Focus)
		}
		places += len(l.Focus)
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		check(name, s)
		for _, f := range s.Faults {
			with, err := s.WithFault(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			check(name+"@"+f.Name, with)
		}
	}
	if places < 100 {
		t.Errorf("only %d places", places)
	}
}

// TestRecordingErrors: a scenario or fault without a recording is named.
func TestRecordingErrors(t *testing.T) {
	var scenario *scenarios.UnknownError
	for _, name := range []string{"", "nothing", "flask-demo@forward-drop", "../recordings/flask-demo"} {
		if _, err := scenarios.Recording(name, ""); !errors.As(err, &scenario) || scenario.Name != name {
			t.Errorf("%q: %v", name, err)
		}
	}
	var fault *scenarios.UnknownFaultError
	for _, name := range []string{"nothing", "forward-drop.json", "../x"} {
		if _, err := scenarios.Recording("flask-demo", name); !errors.As(err, &fault) || fault.Fault != name || len(fault.Faults) == 0 {
			t.Errorf("%q: %v", name, err)
		}
	}
}
