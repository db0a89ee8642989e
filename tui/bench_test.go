package tui

import (
	"fmt"
	"testing"

	"tracer/trace"
)

// many returns a trace of n packets: those of flask-demo, repeated.
func many(b *testing.B, n int) *trace.Trace {
	t := recorded(b, "flask-demo")
	var some []trace.Journey
	for _, j := range t.Journeys {
		if !j.Background() {
			some = append(some, j)
		}
	}
	t.Journeys = make([]trace.Journey, n)
	for i := range t.Journeys {
		t.Journeys[i] = some[i%len(some)]
		t.Journeys[i].ID = i + 1
	}
	return t
}

// BenchmarkFrame draws a screen of 200×50 cells in the middle of many packets, after each of
// the keys that users hold down.
//
//	go test -run XXX -bench . ./tui
func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		t := many(b, n)
		for _, key := range []string{"down", "right", "]", "n"} {
			b.Run(fmt.Sprintf("%d/%s", n, key), func(b *testing.B) {
				m := opened(t, 200, 50, Options{})
				m.goTo(cursor{packet: n / 2})
				b.ReportAllocs()
				for b.Loop() {
					press(m, key)
					m.draw()
				}
			})
		}
	}
}

// BenchmarkFilter applies a filter to 100,000 packets.
func BenchmarkFilter(b *testing.B) {
	m := opened(many(b, 100_000), 200, 50, Options{})
	for b.Loop() {
		m.filter("syn rewritten")
	}
}
