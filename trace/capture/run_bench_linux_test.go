package capture

import (
	"fmt"
	"testing"
)

// BenchmarkRun measures Run alone: the frames are in the queue before.
func BenchmarkRun(b *testing.B) {
	const batch = 10000
	for _, size := range []int{60, 1514} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			p := newPair(b, receiveBuffer)
			p.leftSrc.Close()
			p.rightSrc.Close()
			through := p.left.sender(p.leftVeth)
			frame := p.over(size, 1)
			b.ReportAllocs()
			b.SetBytes(int64(size))
			b.ResetTimer()
			for todo := b.N; todo > 0; todo -= batch {
				b.StopTimer()
				s := p.left.listen(receiveBuffer)
				n := min(todo, batch)
				for range n {
					if err := through.send(frame); err != nil {
						b.Fatal(err)
					}
				}
				s.Stop()
				got := 0
				b.StartTimer()
				err := s.Run(func(Frame) { got++ })
				b.StopTimer()
				if err != nil || got != n {
					b.Fatalf("%d frames, %v; want %d", got, err, n)
				}
				s.Close()
				b.StartTimer()
			}
		})
	}
}

// BenchmarkRunFlood measures Run beside a sender that does not wait for it: one
// operation is one frame sent, with the kernel's work for both ends of the veth.
func BenchmarkRunFlood(b *testing.B) {
	p := newPair(b, receiveBuffer)
	through := p.left.sender(p.leftVeth)
	frame := p.over(1514, 1)
	b.ReportAllocs()
	b.SetBytes(int64(len(frame)))
	got := 0
	done := make(chan error, 1)
	go func() { done <- p.leftSrc.Run(func(Frame) { got++ }) }()
	b.ResetTimer()
	for range b.N {
		if err := through.send(frame); err != nil {
			b.Fatal(err)
		}
	}
	p.leftSrc.Stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	missed, err := p.leftSrc.Missed()
	if err != nil || uint64(got)+missed != uint64(b.N) {
		b.Fatalf("delivered %d and missed %d, %v; sent %d", got, missed, err, b.N)
	}
	b.ReportMetric(float64(missed), "missed")
}
