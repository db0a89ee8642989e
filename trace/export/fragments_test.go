package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tracer/trace/explain"
)

// TestFragments: the line of a hop that stands for several fragments says so, and so do the
// comments on their frames.
func TestFragments(t *testing.T) {
	tr := sample()
	hops := tr.Journeys[0].Hops
	hops[1].Fragments, hops[2].Fragments = []int{hops[1].Frame}, []int{hops[2].Frame, hops[2].Frame}
	var text, capture bytes.Buffer
	if err := Text(&text, tr, TextOptions{Language: explain.English(), Level: explain.Brief}); err != nil {
		t.Fatal(err)
	}
	if err := PCAPNG(&capture, tr, explain.English()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"host/ens160   in   unchanged, in 2 fragments\n", "ttl 63, in 3 fragments\n"} {
		if !strings.Contains(ansi.Strip(text.String()), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if strings.Count(text.String(), "fragments") != 2 {
		t.Errorf("said elsewhere, too:\n%s", text.String())
	}
	for _, want := range []string{"; in 2 fragments", "; in 3 fragments"} {
		if !strings.Contains(capture.String(), want) {
			t.Errorf("no comment %q", want)
		}
	}
}
