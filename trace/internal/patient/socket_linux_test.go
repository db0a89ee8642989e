package patient

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair returns a Socket, what it reads into, and the other end.
func pair(t *testing.T) (s *Socket, last *byte, other int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	last = new(byte)
	s, err = New(fds[0], "test socket", longestRest, func(fd uintptr) bool {
		var b [1]byte
		n, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_DONTWAIT)
		*last = b[0]
		return n == 1 && err == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close() // some tests have closed it
		_ = unix.Close(fds[1])
	})
	return s, last, fds[1]
}

func send(t *testing.T, fd int, b byte) {
	t.Helper()
	if _, err := unix.Write(fd, []byte{b}); err != nil {
		t.Fatal(err)
	}
}

// Messages are read in their order, whether they come one by one or all at once,
// and those that are queued when Stop is called too.
func TestNext(t *testing.T) {
	s, last, other := pair(t)
	read := make(chan byte)
	ended := make(chan error, 1)
	go func() {
		for {
			if err := s.Next(); err != nil {
				ended <- err
				return
			}
			read <- *last
		}
	}()
	next := byte(0)
	expect := func(n int) {
		t.Helper()
		for range n {
			select {
			case got := <-read:
				if got != next {
					t.Fatalf("read %d, not %d", got, next)
				}
				next++
			case <-time.After(5 * time.Second):
				t.Fatalf("%d was not read", next)
			}
		}
	}
	for i := range byte(5) {
		send(t, other, i)
		expect(1)
	}
	for i := range byte(5) {
		send(t, other, 5+i)
	}
	s.Stop()
	s.Stop() // changes nothing
	expect(5)
	if err := <-ended; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if err := s.Next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// A reader that waits wakes when the socket is closed, and when it is stopped.
func TestWake(t *testing.T) {
	for name, c := range map[string]struct {
		wake func(*Socket) error
		want error
	}{
		"stop":  {func(s *Socket) error { s.Stop(); return nil }, io.EOF},
		"close": {(*Socket).Close, os.ErrClosed},
	} {
		s, _, other := pair(t)
		send(t, other, 1)
		if err := s.Next(); err != nil { // the next call rests first, and then waits
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- s.Next() }()
		time.Sleep(3 * longestRest) // either is right: that it rests still, that it waits
		if err := c.wake(s); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: the reader did not wake", name)
		}
	}
}

// The rest is short where the queue is.
func TestRest(t *testing.T) {
	for _, size := range []int{64 << 10, 64 << 20} {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fds[0])
		defer unix.Close(fds[1])
		if unix.SetsockoptInt(fds[0], unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) != nil {
			if err := unix.SetsockoptInt(fds[0], unix.SOL_SOCKET, unix.SO_RCVBUF, size); err != nil {
				t.Fatal(err)
			}
		}
		queue, err := unix.GetsockoptInt(fds[0], unix.SOL_SOCKET, unix.SO_RCVBUF)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := Rest(fds[0])
		if err != nil {
			t.Fatal(err)
		}
		if filled := rest.Seconds() * fill; rest <= 0 || rest > longestRest || filled > float64(queue)/4 {
			t.Errorf("a queue of %d bytes: a rest of %v, in which %.0f come", queue, rest, filled)
		}
	}
}
