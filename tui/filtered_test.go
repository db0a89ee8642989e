package tui

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/filter"
)

// TestFiltered: for each packet of every scenario's recording, the trace with this packet
// only, and the trace without it, can be saved and replayed as text, in the walk, and as
// pcapng.
func TestFiltered(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios.Names() {
		in, err := scenarios.Recording(name, "")
		if err != nil {
			t.Fatal(err)
		}
		whole, err := export.ReadFile(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range whole.Journeys {
			for _, not := range []string{"", "!"} {
				words := fmt.Sprintf("%s#%d", not, whole.Journeys[i].ID)
				t.Run(name+"/"+words, func(t *testing.T) { replayed(t, filtered(whole, words)) })
			}
		}
	}
}

// filtered returns a trace with the packets that match a filter.
func filtered(whole *trace.Trace, words string) *trace.Trace {
	some, only := *whole, filter.New(words)
	some.Journeys = slices.DeleteFunc(slices.Clone(whole.Journeys), func(j trace.Journey) bool { return !only.Match(&j) })
	return &some
}

// replayed saves a trace, reads it again, and shows it.
func replayed(t *testing.T, tr *trace.Trace) {
	v := explain.English()
	var saved bytes.Buffer
	if err := export.JSON(&saved, tr, v); err != nil {
		t.Fatal(err)
	}
	got, err := export.Read(&saved)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Journeys) != len(tr.Journeys) {
		t.Fatalf("%d packets, not %d", len(got.Journeys), len(tr.Journeys))
	}
	if err := export.Text(io.Discard, got, export.TextOptions{Language: v, Unmatched: true}); err != nil {
		t.Error(err)
	}
	if err := export.PCAPNG(io.Discard, got, v); err != nil {
		t.Error(err)
	}
	m := opened(got, 100, 30, Options{})
	press(m, "a", "<")
	if len(got.Journeys) > 1 { // an omission affects the packets before and after it
		press(m, "n")
	}
	for s := range len(m.list.At(m.at.packet).Hops) + 1 {
		m.goTo(m.list.arrived(m.at.packet, s))
		within(t, m.place(), m.draw(), 100, 30)
		press(m, "tab")
	}
}
