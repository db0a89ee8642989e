package stitch_test

import (
	"runtime"
	"slices"
	"testing"

	"tracer/trace"
	"tracer/trace/stitch"
)

// What a capture costs grows with its length, whatever is in it. It is counted, not
// timed: how many sightings are compared, and how many bytes are allocated.
func TestHostileLinear(t *testing.T) {
	const n, times = 8000, 8
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			few, fewBytes := measure(t, h.build(n))
			many, manyBytes := measure(t, h.build(times*n))
			work := float64(many.Stats.Compared) / float64(max(few.Stats.Compared, n))
			bytes := float64(manyBytes) / float64(max(fewBytes, 64<<20))
			t.Logf("compared ×%.1f, allocated ×%.1f (%d MB)", work, bytes, manyBytes>>20)
			// Up to some hundred comparisons grow with the equal packets that are under way.
			each := many.Stats.Compared / (times * n)
			if most := 1.5 * times; work > most && each > 512 || bytes > most || each > 3000 {
				t.Errorf("for %d times the packets: compared ×%.1f, %d with each; allocated ×%.1f, %d MB", times, work, each, bytes, manyBytes>>20)
			}
			for _, l := range h.limits {
				if !slices.ContainsFunc(many.Survey.Limits, func(m trace.Limit) bool { return m.Kind == l && m.Beyond > 0 && m.Most > 0 }) {
					t.Errorf("it is not said that %s are limited: %v", l, many.Survey.Limits)
				}
			}
		})
	}
}

func measure(t *testing.T, b []byte) (*stitch.Result, uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := stitch.Files(t.Context(), []stitch.Source{source("x.pcapng", b)}, stitch.Options{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return r, after.TotalAlloc - before.TotalAlloc
}
