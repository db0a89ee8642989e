package stitch_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/filter"
	"tracer/trace/stitch"
)

// FuzzExplain takes whatever bytes through all that is made of a capture: journeys,
// the survey, each view and each export. What is written as JSON and as pcapng can
// be read again, and is the same then.
func FuzzExplain(f *testing.F) {
	captures, err := filepath.Glob(filepath.Join("testdata", "docker-20.10", "*.pcap"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range captures {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "")
	}
	for _, h := range hostiles {
		if b := h.build(40); len(b) < 1<<14 { // a thousand interfaces take long each time
			f.Add(b, "unseen")
		}
	}
	f.Add(farAway(), "dnat")
	f.Fuzz(func(t *testing.T, b []byte, words string) {
		if len(b) > 1<<16 {
			t.Skip("long inputs only take longer")
		}
		only := filter.New(words)
		var keep func(*trace.Journey) bool
		if !only.Empty() {
			keep = only.Match
		}
		shown(t, b, only, keep)
	})
}

// All that hostile captures come to can be shown, and read again.
func TestHostileShown(t *testing.T) {
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) { shown(t, h.build(1500), filter.New(""), nil) })
	}
}

// shown takes a capture through every view and export.
func shown(t *testing.T, b []byte, only filter.Filter, keep func(*trace.Journey) bool) {
	// Twice, as a machine may have two captures of the same.
	sources := []stitch.Source{source("a.pcap", b), source("b.pcap", b)}
	r, err := stitch.Files(t.Context(), sources, stitch.Options{Keep: keep, Limit: 1000})
	if err != nil {
		return // it is no capture
	}
	tr, err := r.Trace(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Check(); err != nil {
		t.Fatal(err)
	}
	language := explain.English()
	for _, o := range []export.TextOptions{{Language: language}, {Language: language, ASCII: true, Width: 40, Filter: only}} {
		if err := export.Text(io.Discard, tr, o); err != nil {
			t.Fatal(err)
		}
	}
	var document, attached, again bytes.Buffer
	if err := export.JSON(&document, tr, language); err != nil {
		t.Fatal(err)
	}
	if err := export.PCAPNG(&attached, tr, language); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]io.Reader{"JSON": bytes.NewReader(document.Bytes()), "pcapng": &attached} {
		back, err := export.ReadFile(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again.Reset()
		if err := export.JSON(&again, back, language); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), document.Bytes()) {
			t.Fatalf("%s: read again it is another:\n%s\n%s", name, again.Bytes(), document.Bytes())
		}
	}
}

// farAway is a capture of the year 53,871,500,000 or so: its nanoseconds are said to be
// seconds.
func farAway() []byte {
	b := shots(trace.LinkEthernet, 2, 8, func(i int) shot {
		return shot{at: time.Duration(i) * time.Microsecond, iface: i % 2, ttl: 64, from: shooter, to: nth(i), id: 1}
	})
	return bytes.ReplaceAll(b, []byte{9, 0, 1, 0, 9}, []byte{9, 0, 1, 0, 0}) // if_tsresol
}

// Such a file is not read.
func TestFarAway(t *testing.T) {
	r, err := stitch.Files(t.Context(), []stitch.Source{source("x.pcapng", farAway())}, stitch.Options{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Broken) != 1 || !strings.Contains(r.Broken[0].Error(), "a time stamp outside") {
		t.Errorf("%v, %+v", r.Broken, r.Survey)
	}
}

// Reading ends with its context.
func TestFilesInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := hostiles[0].build(100_000)
	_, err := stitch.Files(ctx, []stitch.Source{source("a.pcapng", b)}, stitch.Options{Progress: func(int, float64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
