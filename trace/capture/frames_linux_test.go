package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// etherType is IEEE 802's number for local experiments, which no protocol uses.
const etherType = 0x88b5

// ethernet returns a frame of n bytes that carries a number.
func ethernet(dst, src []byte, n int, number uint64) []byte {
	b := make([]byte, n)
	copy(b, dst)
	copy(b[6:], src)
	binary.BigEndian.PutUint16(b[12:], etherType)
	binary.BigEndian.PutUint64(b[14:], number)
	for i := 22; i < n; i++ {
		b[i] = byte(i * 7)
	}
	return b
}

// number returns a test frame's number, and whether it is a test frame.
func number(b []byte) (uint64, bool) {
	if len(b) < 22 || binary.BigEndian.Uint16(b[12:]) != etherType {
		return 0, false
	}
	return binary.BigEndian.Uint64(b[14:]), true
}

// A frame is what ReadPacketData returned.
type frame struct {
	gopacket.CaptureInfo
	Data []byte
}

func (f frame) direction() trace.Direction { return DirectionOf(f.CaptureInfo) }

// read calls f for each frame until the end.
func read(s *Source, f func(frame)) error {
	for {
		data, info, err := s.ReadPacketData()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		f(frame{info, data})
	}
}

// numbered returns the test frames.
func numbered(frames []frame) (out []frame) {
	for _, f := range frames {
		if _, ok := number(f.Data); ok {
			out = append(out, f)
		}
	}
	return out
}

// A sender sends raw frames through one link.
type sender struct {
	fd   int
	addr unix.SockaddrLinklayer
}

func (n *namespace) sender(link netlink.Link) *sender {
	n.t.Helper()
	s := &sender{addr: unix.SockaddrLinklayer{Ifindex: link.Attrs().Index}}
	n.do(func() (err error) {
		s.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		return err
	})
	n.t.Cleanup(func() { unix.Close(s.fd) })
	return s
}

// send sends one frame. A full backlog at the other end of a veth (ENOBUFS) is no error:
// the frame has left by then.
func (s *sender) send(frame []byte) error {
	if err := unix.Sendto(s.fd, frame, 0, &s.addr); err != nil && err != unix.ENOBUFS {
		return fmt.Errorf("send %d bytes: %w", len(frame), err)
	}
	return nil
}

// stamping makes the kernel stamp frames until the end of the test. A frame that the
// kernel did not stamp carries the time of reading.
func stamping(t testing.TB) {
	t.Helper()
	n := newNamespace(t)
	lo := n.up("lo", "")
	through, s := n.sender(lo), n.listen(receiveQueue)
	zero := make([]byte, 6)
	waitFor(t, "timestamp by the kernel", func() bool {
		if err := through.send(ethernet(zero, zero, 64, 0)); err != nil {
			t.Fatal(err)
		}
		sent := time.Now()
		_, info, err := s.ReadPacketData()
		if err != nil {
			t.Fatal(err)
		}
		return info.Timestamp.Before(sent)
	})
}

// A recording is a Source being read.
type recording struct {
	t      testing.TB
	source *Source
	done   chan error

	mu     sync.Mutex
	frames []frame
}

func record(t testing.TB, s *Source) *recording {
	r := &recording{t: t, source: s, done: make(chan error, 1)}
	go func() {
		r.done <- read(s, func(f frame) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.frames = append(r.frames, f)
		})
	}()
	return r
}

// until waits for n frames that ok accepts, stops, and returns all frames.
func (r *recording) until(n int, ok func(frame) bool) []frame {
	r.t.Helper()
	waitFor(r.t, fmt.Sprintf("%d frames", n), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		count := 0
		for _, f := range r.frames {
			if ok(f) {
				count++
			}
		}
		return count >= n
	})
	return r.end()
}

// end stops, waits for the reader and returns all frames.
func (r *recording) end() []frame {
	r.t.Helper()
	r.source.Stop()
	if err := <-r.done; err != nil {
		r.t.Fatalf("read: %v", err)
	}
	return r.frames
}
