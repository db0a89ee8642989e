package main

import (
	"slices"
	"strings"
	"testing"

	"tracer/scenarios"
)

// TestListing: at any width, no line is too long, and every word is whole.
func TestListing(t *testing.T) {
	wide, err := listing(10_000)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(wide)
	longest := 0
	for _, w := range words {
		longest = max(longest, len(w))
	}
	for width := max(longest+4, 36); width <= 200; width++ {
		text, err := listing(width)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Fields(text); !slices.Equal(got, words) {
			t.Fatalf("at %d columns the words are others:\n%s", width, text)
		}
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
				t.Fatalf("%d columns, of %d: %q", n, width, line)
			}
		}
	}
	if !strings.HasPrefix(wide, "First lesson: tracer run flask-demo\n") {
		t.Error("it does not begin with the first lesson")
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(wide, "\n  "+name+" ") || len(s.Faults) > 0 && !strings.Contains(wide, " faults: "+strings.Join(faultNames(s), ", ")+"\n") {
			t.Errorf("%s or its faults are missing", name)
		}
	}
}
