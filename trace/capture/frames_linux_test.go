package capture

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// etherType is IEEE 802's number for local experiments: no protocol takes it.
const etherType = 0x88b5

// ethernet makes a frame of n bytes that carries a number.
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

// numbered leaves the test frames.
func numbered(frames []Frame) (out []Frame) {
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

// send sends one frame. A full backlog at the other end of a veth (ENOBUFS)
// does not count: the frame has left by then.
func (s *sender) send(frame []byte) error {
	if err := unix.Sendto(s.fd, frame, 0, &s.addr); err != nil && err != unix.ENOBUFS {
		return fmt.Errorf("send %d bytes: %w", len(frame), err)
	}
	return nil
}

// stamping makes the kernel stamp frames, and keeps it so until the test's end.
// A frame that the kernel did not stamp shows the time of reading.
func stamping(t testing.TB) {
	t.Helper()
	n := newNamespace(t)
	lo := n.up("lo", "")
	through, s := n.sender(lo), n.listen(receiveBuffer)
	zero := make([]byte, 6)
	waitFor(t, "time stamp by the kernel", func() bool {
		if err := through.send(ethernet(zero, zero, 64, 0)); err != nil {
			t.Fatal(err)
		}
		sent := time.Now()
		f, err := s.next(false)
		if err != nil {
			t.Fatal(err)
		}
		return f.Time.Before(sent)
	})
}

// A recording is a Source being run.
type recording struct {
	t      testing.TB
	source *Source
	done   chan error

	mu     sync.Mutex
	frames []Frame
}

func record(t testing.TB, s *Source) *recording {
	r := &recording{t: t, source: s, done: make(chan error, 1)}
	go func() {
		r.done <- s.Run(func(f Frame) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.frames = append(r.frames, f)
		})
	}()
	return r
}

// until waits for n frames that ok accepts, stops, and returns all frames.
func (r *recording) until(n int, ok func(Frame) bool) []Frame {
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

// end stops, waits for Run and returns all frames.
func (r *recording) end() []Frame {
	r.t.Helper()
	r.source.Stop()
	if err := <-r.done; err != nil {
		r.t.Fatalf("run: %v", err)
	}
	return r.frames
}
