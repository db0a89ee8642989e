package expect

import (
	"slices"
	"strings"

	"tracer/scenarios"
	"tracer/trace/listing"
)

// listing checks that a listing of a node contains lines.
func (c *checker) listing(e *scenarios.Expectation) {
	words := strings.Fields(e.Listing)
	if len(words) == 0 {
		return
	}
	n := c.trace.State.Node(words[0])
	if n == nil {
		c.fail("%s: there is no node %q", e.Listing, words[0])
		return
	}
	got, err := listing.Lines(n, words[1:])
	if err != nil {
		c.fail("%s: %v", e.Listing, err)
		return
	}
	for i, line := range got {
		got[i] = evenly(line)
	}
	for _, want := range e.Lines {
		if !slices.Contains(got, evenly(want)) {
			c.fail("%s does not print %q%s", e.Listing, evenly(want), similar(got, evenly(want)))
		}
	}
}

// evenly returns a line with single blanks between its words.
func evenly(line string) string { return strings.Join(strings.Fields(line), " ") }

// similar returns the line that has most words in common with a missing one.
func similar(lines []string, missing string) string {
	best, most := "", 0
	for _, line := range lines {
		common := 0
		for _, w := range strings.Fields(line) {
			if slices.Contains(strings.Fields(missing), w) {
				common++
			}
		}
		if common > most {
			best, most = line, common
		}
	}
	if best == "" {
		return ""
	}
	return `; the nearest line is "` + best + `"`
}
