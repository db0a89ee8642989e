package stitch_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// Of every recording, written as a pcapng, the stitched journeys are those of the
// run: the frames that the run says are one packet's, and no others.
func TestRecordings(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			in, err := scenarios.Recording(name, "")
			if err != nil {
				t.Fatal(err)
			}
			run, err := export.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := export.PCAPNG(&b, run, explain.English()); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "all.pcapng")
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := stitch.Files(t.Context(), []stitch.Source{file(t, path)}, stitch.Options{Limit: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			sameJourneys(t, run, r, path)
		})
	}
}

// sameJourneys goes by the packet ids in the file, which the stitching does not
// look at.
func sameJourneys(t *testing.T, run *trace.Trace, r *stitch.Result, path string) {
	t.Helper()
	list := records(t, path)
	joined := map[uint64]int{}
	sightings := 0
	for i := range r.Journeys {
		j := &r.Journeys[i]
		id := list[j.Hops[0].Frame-1].ID
		for k := range j.Hops {
			sightings++
			if got := list[j.Hops[k].Frame-1].ID; got != id {
				t.Errorf("#%d %s has frames of the run's #%d and #%d", j.ID, j.Summary, id, got)
			}
		}
		if id > uint64(len(run.Journeys)) {
			continue // housekeeping: nothing tells equal reports apart, or the order of equal times
		}
		if other, twice := joined[id]; twice {
			t.Errorf("the run's #%d is #%d and #%d", id, other, j.ID)
		}
		joined[id] = j.ID
		truth := run.Journey(int(id))
		for k := range truth.Hops {
			if a, b := &truth.Hops[k], &j.Hops[min(k, len(j.Hops)-1)]; a.Place() != b.Place() || a.Direction != b.Direction {
				t.Errorf("#%d %s: hop %d at %s %s, not %s %s", id, j.Summary, k+1, b.Place(), b.Direction, a.Place(), a.Direction)
			}
		}
	}
	if sightings != len(run.Frames) {
		t.Errorf("%d sightings of %d frames", sightings, len(run.Frames))
	}
}

// records reads a capture that may still be growing.
func records(t *testing.T, path string) (list []savefile.Record) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := savefile.NewReader(f)
	for err == nil {
		var rec savefile.Record
		if rec, err = r.Next(); err == nil {
			rec.Data = bytes.Clone(rec.Data)
			list = append(list, rec)
		}
	}
	if err != io.EOF && !errors.Is(err, savefile.ErrTruncated) && !errors.Is(err, savefile.ErrFormat) {
		t.Fatal(err)
	}
	return list
}
