package patient

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Socket is read by one goroutine, with Next. The other methods are safe from any.
type Socket struct {
	file, bell *os.File        // bell is an eventfd: it rings when reading is to end
	conn, ring syscall.RawConn // of these

	try     func(fd uintptr) // reads, and notes the result in got
	got     bool
	came    bool // something was read since the last rest
	rest    time.Duration
	stopped atomic.Bool
	closed  atomic.Bool
	stop    sync.Once
}

const (
	// longestRest is how long messages wait at most for a reader that is not busy.
	longestRest = time.Millisecond
	// fill is how fast the kernel fills a queue at the very most, in bytes of its
	// memory a second. Within a rest a fourth of the queue may be filled.
	fill = 1 << 30
)

// Rest returns how long a reader of a socket may turn away, by the queue that the
// socket has.
func Rest(fd int) (time.Duration, error) {
	queue, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	return min(longestRest, time.Duration(queue/4)*time.Second/fill), err
}

// New takes over a socket, which is in blocking mode. read reads one message without
// waiting, and reports whether there was one, or an error that ends the reading.
// rest is how long the reader turns away; 0 where the kernel collects messages
// before it wakes a reader.
func New(fd int, name string, rest time.Duration, read func(fd uintptr) bool) (*Socket, error) {
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(fd) // the first error is told
		return nil, fmt.Errorf("%s: eventfd: %w", name, err)
	}
	s := &Socket{file: os.NewFile(uintptr(fd), name), bell: os.NewFile(uintptr(bell), "eventfd")}
	s.rest = rest
	s.try = func(fd uintptr) { s.got = read(fd) }
	if s.conn, err = s.file.SyscallConn(); err == nil {
		s.ring, err = s.bell.SyscallConn()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), s.Close())
	}
	return s, nil
}

// Next waits until read has something. After Stop it reads what is queued, and then
// returns io.EOF; after Close its error wraps os.ErrClosed.
func (s *Socket) Next() error {
	for {
		stopped := s.stopped.Load() // before reading: what came until then is read
		if err := s.conn.Control(s.try); err != nil {
			return fmt.Errorf("%s: %w: %w", s.file.Name(), os.ErrClosed, err)
		}
		switch {
		case s.got:
			s.came = true
			return nil
		case stopped && s.closed.Load():
			return fmt.Errorf("%s: %w", s.file.Name(), os.ErrClosed)
		case stopped:
			return io.EOF
		}
		if err := s.wait(); err != nil {
			return fmt.Errorf("%s: %w", s.file.Name(), err)
		}
	}
}

// wait waits for a message, unless one came just now, and then rests.
func (s *Socket) wait() error {
	var err error
	waiting := func(fd uintptr) {
		bell := func(bell uintptr) {
			if !s.came || s.rest == 0 {
				err = poll(-1, int32(fd), int32(bell))
			}
			if s.came = false; err == nil && s.rest > 0 {
				err = poll(s.rest, int32(bell))
			}
		}
		if s.ring.Control(bell) != nil {
			err = os.ErrClosed
		}
	}
	if s.conn.Control(waiting) != nil {
		return os.ErrClosed
	}
	return err
}

// poll waits until one of the files can be read from, or for a time, which is for
// ever if it is negative.
func poll(limit time.Duration, files ...int32) error {
	list := make([]unix.PollFd, len(files))
	for i, fd := range files {
		list[i] = unix.PollFd{Fd: fd, Events: unix.POLLIN}
	}
	var at *unix.Timespec
	if limit >= 0 {
		t := unix.NsecToTimespec(int64(limit))
		at = &t
	}
	for {
		switch _, err := unix.Ppoll(list, at, nil); {
		case err == nil || errors.Is(err, unix.EINTR) && limit >= 0:
			return nil // a rest may be shorter
		case !errors.Is(err, unix.EINTR):
			return fmt.Errorf("poll: %w", err)
		}
	}
}

// Control calls f with the socket, which stays open meanwhile.
func (s *Socket) Control(f func(fd uintptr)) error { return s.conn.Control(f) }

// Stop lets Next read what is queued, and end. Only the first call counts.
func (s *Socket) Stop() {
	s.stop.Do(func() {
		s.stopped.Store(true)
		_, _ = s.bell.Write([]byte{1, 0, 0, 0, 0, 0, 0, 0}) // fails after Close, when nobody waits
	})
}

// Close closes the socket. A reader that waits wakes.
func (s *Socket) Close() error {
	s.closed.Store(true) // before it wakes
	s.Stop()
	return errors.Join(s.file.Close(), s.bell.Close())
}
