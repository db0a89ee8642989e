package export

import (
	"bytes"
	"io"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
)

// many is a trace of 10,000 journeys: those of a recording, over and over.
func many(b *testing.B) *trace.Trace {
	b.Helper()
	in, err := scenarios.Recording("flask-demo", "")
	if err != nil {
		b.Fatal(err)
	}
	t, err := ReadFile(in)
	if err != nil {
		b.Fatal(err)
	}
	journeys, frames := t.Journeys, t.Frames
	t.Journeys, t.Frames = nil, nil
	for len(t.Journeys) < 10_000 {
		before := len(t.Frames)
		for _, f := range frames {
			f.Number += before
			t.Frames = append(t.Frames, f)
		}
		for _, j := range journeys {
			j.ID = len(t.Journeys) + 1
			j.Hops = append([]trace.Hop{}, j.Hops...)
			for i := range j.Hops {
				j.Hops[i].Frame += before
			}
			t.Journeys = append(t.Journeys, j)
		}
	}
	return t
}

func BenchmarkJSON(b *testing.B) {
	t := many(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := JSON(io.Discard, t, explain.English()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	var text bytes.Buffer
	if err := JSON(&text, many(b), explain.English()); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(text.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
