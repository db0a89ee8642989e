package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tracer/scenarios"
	"tracer/trace/export"
)

// TestCausesHappen: every cause that a scenario can expect occurs in the recordings.
func TestCausesHappen(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "scenarios", "scenario.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Definitions struct {
			Change struct {
				Properties struct {
					Cause struct{ Enum []string }
				}
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	causes := schema.Definitions.Change.Properties.Cause.Enum
	if len(causes) == 0 {
		t.Fatal("the schema has no causes")
	}
	seen := map[string]bool{}
	for _, name := range scenarios.Names() {
		in, err := scenarios.Recording(name, "")
		if err != nil {
			t.Fatal(err)
		}
		tr, err := export.ReadFile(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range tr.Journeys {
			for _, h := range j.Hops {
				for _, c := range h.Changes {
					seen[c.Cause.Kind.String()] = true
				}
			}
		}
	}
	for _, c := range causes {
		if !seen[c] {
			t.Errorf("no change in any recording has the cause %s", c)
		}
	}
}
