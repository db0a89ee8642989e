package stitch_test

import (
	"runtime"
	"testing"
	"time"

	"tracer/trace/stitch"
)

// BenchmarkHostile is how much longer captures take that are made to, with eight times
// as many packets: eight times as long, if it is in proportion.
func BenchmarkHostile(b *testing.B) {
	const n, times = 60_000, 8
	for _, h := range hostiles {
		few, many := h.build(n), h.build(times*n)
		b.Run(h.name, func(b *testing.B) {
			took := func(data []byte) time.Duration {
				runtime.GC()
				begun := time.Now()
				if _, err := stitch.Files(b.Context(), []stitch.Source{source("x.pcapng", data)}, stitch.Options{Limit: 10}); err != nil {
					b.Fatal(err)
				}
				return time.Since(begun)
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
