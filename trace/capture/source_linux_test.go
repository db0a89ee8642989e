package capture

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

func TestLongLoopbackFrame(t *testing.T) {
	n := newNamespace(t)
	s := n.listen(receiveQueue)
	through := n.sender(n.up("lo", ""))
	r := record(t, s)
	zero := make([]byte, 6)
	// 30 frames of all lengths: some run over the end of a chunk.
	var sent [][]byte
	for i := range 30 {
		frame := ethernet(zero, zero, 65550-i*i*70, uint64(i))
		sent = append(sent, frame)
		if err := through.send(frame); err != nil {
			t.Fatal(err)
		}
	}
	frames := r.until(2*len(sent), func(frame) bool { return true })
	if len(frames) != 2*len(sent) {
		t.Fatalf("%d frames, want %d", len(frames), 2*len(sent))
	}
	for k, f := range frames {
		want, direction := sent[k/2], []trace.Direction{trace.Out, trace.In}[k%2]
		if f.direction() != direction || f.Length != len(want) || !bytes.Equal(f.Data, want) {
			t.Errorf("frame %d: %v, %d of %d bytes, want %v, %d bytes, or they differ",
				k, f.direction(), len(f.Data), f.Length, direction, len(want))
		}
		if cap(f.Data) != len(f.Data) {
			t.Errorf("frame %d: an append would write into the next frame", k)
		}
	}
}

func TestStopDrains(t *testing.T) {
	p := newPair(t, receiveQueue)
	through := p.left.sender(p.leftVeth)
	const count = 5000
	for i := range count {
		// Queued at the left's socket by the time send returns.
		if err := through.send(p.over(100, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	p.leftSrc.Stop()
	p.leftSrc.Stop()
	if err := through.send(p.over(100, count)); err != nil { // too late
		t.Fatal(err)
	}
	var frames []frame
	if err := read(p.leftSrc, func(f frame) { frames = append(frames, f) }); err != nil {
		t.Fatal(err)
	}
	frames = numbered(frames)
	if len(frames) != count {
		t.Fatalf("%d frames, want %d", len(frames), count)
	}
	for i, f := range frames {
		if k, _ := number(f.Data); k != uint64(i) {
			t.Fatalf("frame %d at place %d", k, i)
		}
	}
	if _, _, err := p.leftSrc.ReadPacketData(); err != io.EOF {
		t.Errorf("read after the end: %v, want io.EOF", err)
	}
}

// Stop ends a reader that is slower than the traffic, and one that is blocked.
func TestStopEnds(t *testing.T) {
	t.Run("flood", func(t *testing.T) {
		p := newPair(t, 1<<20)
		through := p.left.sender(p.leftVeth)
		var flood sync.WaitGroup
		ended := make(chan struct{})
		flood.Go(func() {
			frame := p.over(100, 1)
			for {
				select {
				case <-ended:
					return
				default:
					through.send(frame)
				}
			}
		})
		n := 0
		done := make(chan error, 1)
		go func() {
			done <- read(p.leftSrc, func(frame) {
				if n++; n == 100 {
					p.leftSrc.Stop()
				}
				for begin := time.Now(); time.Since(begin) < 20*time.Microsecond; {
				}
			})
		}()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("the reader does not end")
		}
		close(ended)
		flood.Wait()
	})
	t.Run("idle", func(t *testing.T) {
		n := newNamespace(t)
		r := record(t, n.listen(receiveQueue))
		var stops sync.WaitGroup
		for range 4 {
			stops.Go(r.source.Stop)
		}
		stops.Wait()
		if frames := r.end(); len(frames) != 0 {
			t.Errorf("%d frames from nothing", len(frames))
		}
	})
}

func TestLostCounted(t *testing.T) {
	const count = 20000
	for _, test := range []struct {
		name   string
		reader bool // a reader runs beside the flood
	}{{"no reader", false}, {"reader", true}} {
		t.Run(test.name, func(t *testing.T) {
			p := newPair(t, 4<<10)
			through := p.left.sender(p.leftVeth)
			var r *recording
			if test.reader {
				r = record(t, p.leftSrc)
			}
			var early uint64
			for i := range count {
				if err := through.send(p.over(100, uint64(i))); err != nil {
					t.Fatal(err)
				}
				if i == count/2 { // the kernel resets its counter here
					var err error
					if early, err = p.leftSrc.Lost(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if r == nil {
				r = record(t, p.leftSrc)
			}
			delivered := uint64(len(r.end()))
			lost, err := p.leftSrc.Lost()
			if err != nil || delivered+lost != count {
				t.Fatalf("delivered %d and lost %d, %v; sent %d", delivered, lost, err, count)
			}
			if lost < early {
				t.Errorf("lost %d, earlier %d", lost, early)
			}
			if !test.reader && (early == 0 || lost == early) {
				t.Errorf("lost %d, half way %d: the queue was not full", lost, early)
			}
			if err := p.leftSrc.Close(); err != nil {
				t.Error(err)
			}
			if after, err := p.leftSrc.Lost(); after != lost || err != nil {
				t.Errorf("after Close: lost %d, %v; before %d", after, err, lost)
			}
			t.Logf("delivered %d, lost %d", delivered, lost)
		})
	}
}

func TestClose(t *testing.T) {
	n := newNamespace(t)
	r := record(t, n.listen(receiveQueue))
	n.up("lo", "")
	if err := n.sender(n.link("lo")).send(make([]byte, 60)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "frame", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.frames) > 0
	})
	for range 2 {
		if err := r.source.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	select {
	case err := <-r.done:
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("read: %v, want os.ErrClosed", err)
		}
	case <-time.After(patience):
		t.Fatal("the reader does not end")
	}
	r.source.Stop()
	if _, _, err := r.source.ReadPacketData(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read: %v, want os.ErrClosed", err)
	}
	// gopacket's loop must take the error as final.
	packets := gopacket.NewPacketSource(r.source, layers.LayerTypeEthernet).Packets()
	select {
	case _, ok := <-packets:
		if ok {
			t.Error("a packet from a closed Source")
		}
	case <-time.After(patience):
		t.Error("gopacket does not stop reading a closed Source")
	}
}

func TestPacketSource(t *testing.T) {
	p := newPair(t, receiveQueue)
	through := p.left.sender(p.leftVeth)
	for i := range 10 {
		if err := through.send(p.over(100+i, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	p.leftSrc.Stop()
	i := 0
	for packet := range gopacket.NewPacketSource(p.leftSrc, layers.LayerTypeEthernet).Packets() {
		k, ok := number(packet.Data())
		if !ok {
			continue
		}
		m := packet.Metadata()
		if k != uint64(i) || m.Length != 100+i || m.CaptureLength != 100+i || m.Truncated ||
			m.InterfaceIndex != p.leftVeth.Attrs().Index || m.Timestamp.IsZero() ||
			len(m.AncillaryData) != 1 || m.AncillaryData[0] != trace.Out {
			t.Errorf("packet %d: number %d, %+v", i, k, m)
		}
		if packet.LinkLayer() == nil {
			t.Errorf("packet %d: no Ethernet layer: %v", i, packet)
		}
		i++
	}
	if i != 10 {
		t.Errorf("%d packets, want 10", i)
	}
}
