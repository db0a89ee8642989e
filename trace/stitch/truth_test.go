package stitch_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// Whatever part of a recording is captured, what is inferred of it is what the
// kernel's evidence says. Less may be said, but nothing else.
func TestInferredIsTrue(t *testing.T) {
	said := 0
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
			dir := t.TempDir()
			all := filepath.Join(dir, "all.pcapng")
			var b bytes.Buffer
			if err := export.PCAPNG(&b, run, explain.English()); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(all, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			list := records(t, all)
			direction := func(id uint64) trace.FlowDirection {
				if j := run.Journey(int(id)); j != nil {
					return j.Direction
				}
				return 0
			}
			parts := map[string]func(*savefile.Record) bool{
				"all":          func(*savefile.Record) bool { return true },
				"replies only": func(r *savefile.Record) bool { return direction(r.ID) == trace.Reply },
				"no replies":   func(r *savefile.Record) bool { return direction(r.ID) != trace.Reply },
			}
			for n := 1; n < min(len(run.Journeys), 24); n++ {
				parts[fmt.Sprintf("from #%d", n+1)] = func(r *savefile.Record) bool { return r.ID > uint64(n) }
			}
			for _, n := range []int{34, 54, 60, 64, 80} {
				parts[fmt.Sprintf("%d bytes of each", n)] = func(r *savefile.Record) bool {
					r.Data = r.Data[:min(n, len(r.Data))]
					return true
				}
			}
			for part, keep := range parts {
				path := filepath.Join(dir, strings.ReplaceAll(part, " ", "-")+".pcapng")
				writePart(t, path, all, list, keep)
				r, err := stitch.Files(t.Context(), []stitch.Source{file(t, path)}, stitch.Options{Limit: 1 << 20})
				if err != nil {
					t.Fatalf("%s: %v", part, err)
				}
				said += inferredIsTrue(t, part, run, r, records(t, path))
			}
		})
	}
	if said < 1000 {
		t.Errorf("only %d translations were inferred at all", said)
	}
}

// writePart writes some of the records of a capture.
func writePart(t *testing.T, path, all string, list []savefile.Record, keep func(*savefile.Record) bool) {
	t.Helper()
	f, err := os.Open(all)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	from, err := savefile.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.Next(); err != nil { // the interfaces come before it
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := savefile.NewWriter(&b, "")
	for _, i := range from.Interfaces() {
		w.Interface(i)
	}
	for _, r := range list {
		if keep(&r) {
			w.Write(r)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// inferredIsTrue compares translations that were inferred with what the run knows,
// and counts them.
func inferredIsTrue(t *testing.T, part string, run *trace.Trace, r *stitch.Result, list []savefile.Record) (said int) {
	t.Helper()
	number := map[int]int{} // of the run, by that of the stitched journey
	for i := range r.Journeys {
		j := &r.Journeys[i]
		number[j.ID] = int(list[j.Hops[0].Frame-1].ID)
	}
	for i := range r.Journeys {
		j := &r.Journeys[i]
		truth := run.Journey(number[j.ID])
		for k := range j.Hops {
			for _, c := range j.Hops[k].Changes {
				if c.Cause.Translation == 0 {
					continue
				}
				said++
				at := fmt.Sprintf("%s: #%d %s at %s: %s %s to %s", part, number[j.ID], j.Summary, j.Hops[k].Place(), c.Field, c.From, c.To)
				want := known(truth, &j.Hops[k], c.Field)
				if want == nil {
					t.Errorf("%s: %s (reverse: %v); the run has no such change", at, c.Cause.Translation, c.Cause.Reverse)
					continue
				}
				kind, reverse := translation(want)
				if kind != 0 && (kind != c.Cause.Translation || reverse != c.Cause.Reverse) {
					t.Errorf("%s: %s (reverse: %v), in truth %s (reverse: %v)", at, c.Cause.Translation, c.Cause.Reverse, kind, reverse)
				}
				asks := run.Journey(number[c.Cause.Origin.Journey])
				if asks.Flow != truth.Flow || asks.Direction != trace.Original {
					t.Errorf("%s: #%d is of flow %d, %v; the packet is of %d", at, asks.ID, asks.Flow, asks.Direction, truth.Flow)
				}
			}
		}
	}
	return said
}

// known finds the cause that the run has for a change.
func known(j *trace.Journey, at *trace.Hop, f trace.Field) *trace.Cause {
	if j == nil {
		return nil
	}
	for k := range j.Hops {
		if h := &j.Hops[k]; h.Place() == at.Place() && h.Direction == at.Direction {
			for i := range h.Changes {
				if h.Changes[i].Field == f {
					return &h.Changes[i].Cause
				}
			}
		}
	}
	return nil
}

// translation is what a cause that the kernel gave evidence of has done; 0 where
// there was none.
func translation(c *trace.Cause) (kind trace.Translation, reverse bool) {
	if c.Kind != trace.CauseRule && c.Kind != trace.CauseConntrack {
		return 0, false
	}
	switch c.Translation {
	case trace.Masquerade: // addresses alone do not tell them apart
		return trace.SNAT, c.Reverse
	case trace.Redirect:
		return trace.DNAT, c.Reverse
	}
	return c.Translation, c.Reverse
}
