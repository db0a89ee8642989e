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
	const (
		n, times = 16_000, 4
		equal    = 64        // comparisons with each sighting: that many equal packets may be under way
		most     = 2048      // comparisons with each sighting, whatever is under way
		memory   = 192 << 20 // bytes allocated for so many packets
	)
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			few, _ := measure(t, h.build(n))
			many, bytes := measure(t, h.build(times*n))
			work, each := float64(many.Stats.Compared)/float64(max(few.Stats.Compared, equal*n)), many.Stats.Compared/(times*n)
			t.Logf("%d times the packets: compared ×%.1f, %d with each; allocated %d MB", times, work, each, bytes>>20)
			if work > 1.5*times || each > most || bytes > memory {
				t.Errorf("%d times the packets: compared ×%.1f, %d with each; allocated %d MB", times, work, each, bytes>>20)
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
