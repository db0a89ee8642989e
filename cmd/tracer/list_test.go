package main

import (
	"fmt"
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
	for width := max(longest+6, 40); width <= 200; width++ {
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
	if !strings.HasPrefix(wide, "First lesson: tracer run "+scenarios.First()+"\n") {
		t.Error("it does not begin with the first lesson")
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(wide, " "+name+" ")
		if !found || !strings.HasPrefix(strings.TrimSpace(rest), fmt.Sprintf("%d min  %s\n", s.Minutes, s.Title)) {
			t.Errorf("%s is missing", name)
			continue
		}
		for what, names := range map[string][]string{"after ": s.After, "faults: ": faultNames(s)} {
			if len(names) > 0 && !strings.Contains(rest, " "+what+strings.Join(names, ", ")+"\n") {
				t.Errorf("%s: its %q are missing", name, what)
			}
		}
		before := wide[:len(wide)-len(rest)]
		for _, name := range s.After {
			if !strings.Contains(before, " "+name+" ") {
				t.Errorf("%s comes before %s", s.Name, name)
			}
		}
	}
}
