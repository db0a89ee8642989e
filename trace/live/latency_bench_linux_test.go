package live

import (
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
)

// BenchmarkLatency measures how long a request to flask-demo's published port takes in a
// lab that is recorded, and in one that is not. Each request opens a new connection.
func BenchmarkLatency(b *testing.B) {
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		b.Fatal(err)
	}
	watched, err := Open(b.Context(), s, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer watched.Close()
	alone, err := sim.Build(b.Context(), s.Topology, sim.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer alone.Close()
	ask := func(do func(string, func() error) error) time.Duration {
		start := time.Now()
		var c net.Conn
		err := do("client", func() (err error) { // on this thread: an http.Client would dial on another
			c, err = net.DialTimeout("tcp4", "192.168.52.203:80", 5*time.Second)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: flask\r\nConnection: close\r\n\r\n"); err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, c); err != nil || n == 0 {
			b.Fatal(n, err)
		}
		return time.Since(start)
	}
	// The pause lets the readers catch up, and keeps the rate below the rule trace's
	// limit. The labs take turns going first.
	const pause = 3 * time.Millisecond
	labs := []func(string, func() error) error{watched.Do, alone.Do}
	took := make([][]time.Duration, len(labs))
	for n := 0; b.Loop(); n++ {
		for i := range labs {
			i = (i + n) % len(labs)
			time.Sleep(pause)
			took[i] = append(took[i], ask(labs[i]))
		}
	}
	with, without := took[0], took[1]
	slices.Sort(with)
	slices.Sort(without)
	at := func(list []time.Duration, p int) float64 {
		return float64(list[(len(list)-1)*p/100].Microseconds())
	}
	b.ReportMetric(at(with, 50), "µs-p50-watched")
	b.ReportMetric(at(without, 50), "µs-p50-alone")
	b.ReportMetric(at(with, 99), "µs-p99-watched")
	b.ReportMetric(at(without, 99), "µs-p99-alone")
	b.ReportMetric(at(with, 50)/at(without, 50), "ratio-p50")
	b.ReportMetric(0, "ns/op")
}
