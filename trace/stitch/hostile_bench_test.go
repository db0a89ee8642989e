package stitch_test

import (
	"math"
	"runtime"
	"testing"
	"time"

	"tracer/trace/stitch"
)

// BenchmarkHostile is how much longer captures take that are made to, with eight times
// as many packets: eight times as long, if it is in proportion. Of the tries the
// shortest counts, since nothing but the machine makes the others longer.
func BenchmarkHostile(b *testing.B) {
	const n, times, tries = 60_000, 8, 2
	for _, h := range hostiles {
		few, many := h.build(n), h.build(times*n)
		b.Run(h.name, func(b *testing.B) {
			took := func(data []byte) time.Duration {
				shortest := time.Duration(math.MaxInt64)
				for range tries {
					runtime.GC()
					begun := time.Now()
					if _, err := stitch.Files(b.Context(), []stitch.Source{source("x.pcapng", data)}, stitch.Options{Limit: 10}); err != nil {
						b.Fatal(err)
					}
					shortest = min(shortest, time.Since(begun))
				}
				return shortest
			}
			var short, long time.Duration
			for range b.N {
				short, long = short+took(few), long+took(many)
			}
			b.ReportMetric(float64(long)/float64(short), "times")
			b.ReportMetric(float64(long.Nanoseconds())/float64(times*n*b.N), "ns/packet")
		})
	}
}
