package stitch_test

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"tracer/trace/stitch"
)

// BenchmarkHostile is how much longer captures take that are made to, with eight times
// as many packets: eight times as long, if it is in proportion. It is
// the time of processors that counts: others may use the machine, too.
func BenchmarkHostile(b *testing.B) {
	const n, times = 60_000, 8
	for _, h := range hostiles {
		few, many := h.build(n), h.build(times*n)
		b.Run(h.name, func(b *testing.B) {
			took := func(data []byte) time.Duration {
				runtime.GC()
				begun := processorTime(b)
				if _, err := stitch.Files(b.Context(), []stitch.Source{source("x.pcapng", data)}, stitch.Options{Limit: 10}); err != nil {
					b.Fatal(err)
				}
				return processorTime(b) - begun
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

// processorTime is how long processors have worked for this process.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
