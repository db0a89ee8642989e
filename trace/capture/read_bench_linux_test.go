package capture

import (
	"fmt"
	"testing"
)

// BenchmarkRead measures ReadPacketData alone: all frames are queued before.
func BenchmarkRead(b *testing.B) {
	const batch = 10000
	for _, size := range []int{60, 1514} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			p := newPair(b, receiveQueue)
			p.leftSrc.Close()
			p.rightSrc.Close()
			through := p.left.sender(p.leftVeth)
			bytes := p.over(size, 1)
			b.ReportAllocs()
			b.SetBytes(int64(size))
			b.ResetTimer()
			for todo := b.N; todo > 0; todo -= batch {
				b.StopTimer()
				s := p.left.listen(receiveQueue)
				n := min(todo, batch)
				for range n {
					if err := through.send(bytes); err != nil {
						b.Fatal(err)
					}
				}
				s.Stop()
				got := 0
				b.StartTimer()
				err := read(s, func(frame) { got++ })
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

// BenchmarkReadFlood measures ReadPacketData beside a sender that does not wait for it.
// One operation is one frame sent, with the kernel's work for both ends of the veth.
func BenchmarkReadFlood(b *testing.B) {
	p := newPair(b, receiveQueue)
	through := p.left.sender(p.leftVeth)
	bytes := p.over(1514, 1)
	b.ReportAllocs()
	b.SetBytes(int64(len(bytes)))
	got := 0
	done := make(chan error, 1)
	go func() { done <- read(p.leftSrc, func(frame) { got++ }) }()
	b.ResetTimer()
	for range b.N {
		if err := through.send(bytes); err != nil {
			b.Fatal(err)
		}
	}
	p.leftSrc.Stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	lost, err := p.leftSrc.Lost()
	if err != nil || uint64(got)+lost != uint64(b.N) {
		b.Fatalf("delivered %d and lost %d, %v; sent %d", got, lost, err, b.N)
	}
	b.ReportMetric(float64(lost), "lost")
}
