package coalesce

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

// Socket reads messages from a socket. Next is for one goroutine; the other methods
// may be called from any.
type Socket struct {
	file, stopFD         *os.File // stopFD is an eventfd, readable once Stop was called
	fileConn, stopFDConn syscall.RawConn

	try      func(fd uintptr) // reads one message and sets got
	got      bool
	busy     bool // a message was read since the last interval
	interval time.Duration
	stopped  atomic.Bool
	stop     sync.Once
	idle     idle
}

const (
	// longestInterval limits how long a message waits for an idle reader.
	longestInterval = time.Millisecond
	// fillRate is an upper bound on how fast the kernel fills a queue, in bytes of
	// queue memory per second. At that rate an interval uses a quarter of the queue.
	fillRate = 1 << 30
)

// New takes over a socket in blocking mode. read must read one message without
// blocking and report whether there was one; an error other than EAGAIN counts as a
// message. The socket's receive queue must have its final size, which determines the
// interval.
func New(fd int, name string, read func(fd uintptr) bool) (*Socket, error) {
	interval, err := intervalFor(fd)
	if err != nil {
		_ = unix.Close(fd) // the first error is returned
		return nil, fmt.Errorf("%s: receive queue: %w", name, err)
	}
	stopFD, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(fd) // the first error is returned
		return nil, fmt.Errorf("%s: eventfd: %w", name, err)
	}
	s := &Socket{
		file: os.NewFile(uintptr(fd), name), stopFD: os.NewFile(uintptr(stopFD), "eventfd"),
		interval: interval, idle: idle{begun: time.Now()},
	}
	s.try = func(fd uintptr) { s.got = read(fd) }
	if s.fileConn, err = s.file.SyscallConn(); err == nil {
		s.stopFDConn, err = s.stopFD.SyscallConn()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), s.Close())
	}
	return s, nil
}

// intervalFor returns how long a reader can ignore a socket with this receive queue.
func intervalFor(fd int) (time.Duration, error) {
	queue, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	return min(longestInterval, time.Duration(queue/4)*time.Second/fillRate), err
}

// Next blocks until a message has been read. After Stop it reads what is queued, and
// then returns io.EOF. After Close its error wraps os.ErrClosed.
func (s *Socket) Next() error {
	for {
		stopped := s.stopped.Load() // before reading, so that nothing queued until Stop is left
		now := s.idle.now()
		if err := s.fileConn.Control(s.try); err != nil {
			return fmt.Errorf("%s: %w: %w", s.file.Name(), os.ErrClosed, err)
		}
		switch {
		case s.got:
			s.busy = true
			return nil
		case stopped:
			return io.EOF
		}
		s.idle.begin(now)
		err := s.wait()
		s.idle.end()
		if err != nil {
			return fmt.Errorf("%s: %w", s.file.Name(), err)
		}
	}
}

// wait returns an interval after the last message, or after the next if there was none
// since the last call. Stop ends it early.
func (s *Socket) wait() error {
	var err error
	waiting := func(fd uintptr) {
		stoppable := func(stopFD uintptr) {
			if !s.busy {
				err = poll(-1, int32(fd), int32(stopFD))
			}
			if s.busy = false; err == nil {
				err = poll(s.interval, int32(stopFD))
			}
		}
		if s.stopFDConn.Control(stoppable) != nil {
			err = os.ErrClosed
		}
	}
	if s.fileConn.Control(waiting) != nil {
		return os.ErrClosed
	}
	return err
}

// poll waits until one of the files is readable, but no longer than limit unless that
// is negative.
func poll(limit time.Duration, files ...int32) error {
	list := make([]unix.PollFd, len(files))
	for i, fd := range files {
		list[i] = unix.PollFd{Fd: fd, Events: unix.POLLIN}
	}
	var timeout *unix.Timespec
	if limit >= 0 {
		t := unix.NsecToTimespec(int64(limit))
		timeout = &t
	}
	for {
		switch _, err := unix.Ppoll(list, timeout, nil); {
		case err == nil || errors.Is(err, unix.EINTR) && limit >= 0:
			return nil // a signal may cut an interval short
		case !errors.Is(err, unix.EINTR):
			return fmt.Errorf("poll: %w", err)
		}
	}
}

// Control calls f with the descriptor, which stays open meanwhile.
func (s *Socket) Control(f func(fd uintptr)) error { return s.fileConn.Control(f) }

// Stop makes Next read what is queued and then end. Only the first call has an effect.
func (s *Socket) Stop() {
	s.stop.Do(func() {
		s.stopped.Store(true)
		_, _ = s.stopFD.Write([]byte{1, 0, 0, 0, 0, 0, 0, 0}) // fails only after Close, when nobody waits
	})
}

// Close closes the socket and wakes a blocked reader.
func (s *Socket) Close() error {
	err := s.file.Close() // first, so that the reader wakes to a closed socket and not to an empty one
	s.Stop()
	return errors.Join(err, s.stopFD.Close())
}
