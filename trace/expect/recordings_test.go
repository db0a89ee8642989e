package expect

import (
	"errors"
	"testing"

	"tracer/scenarios"
	"tracer/trace/export"
)

// TestRecordings: every fault of every scenario has a recording, made with that fault, which
// meets the fault's expectations.
func TestRecordings(t *testing.T) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Faults {
			in, err := scenarios.Recording(name, f.Name)
			if err != nil {
				t.Error(err)
				continue
			}
			recorded, err := export.ReadFile(in)
			if err != nil {
				t.Fatalf("%s@%s: %v", name, f.Name, err)
			}
			if l := recorded.Lesson; recorded.Scenario != name || l == nil || l.Fault != f.Name {
				t.Errorf("%s@%s is of %s: %+v", name, f.Name, recorded.Scenario, l)
			}
			with, err := s.WithFault(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range Check(with, recorded) {
				t.Errorf("%s@%s, line %d: %s", name, f.Name, u.Line, u.Text)
			}
		}
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
