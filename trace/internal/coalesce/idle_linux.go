package coalesce

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// idle is when a socket was found empty, by a clock that is never set.
type idle struct {
	begun time.Time
	last  atomic.Int64  // nanoseconds after begun
	waits atomic.Uint64 // how often waiting began or ended: odd while Next waits
}

func (i *idle) now() int64 { return int64(time.Since(i.begun)) }

// begin records that Next found the socket empty after a given time, and waits.
func (i *idle) begin(after int64) {
	i.last.Store(after)
	i.waits.Add(1)
}

func (i *idle) end() { i.waits.Add(1) }

// Idle returns the latest known time up to which everything queued has been read, and the
// caller of Next was done with it. What is read later was queued after that. For a reader
// that waits, this is now.
func (s *Socket) Idle() time.Time {
	waits, last, now := s.idle.waits.Load(), s.idle.last.Load(), s.idle.now()
	if waits%2 == 1 && s.empty() && s.idle.waits.Load() == waits && s.idle.last.CompareAndSwap(last, now) {
		last = now
	}
	return s.idle.begun.Add(time.Duration(last))
}

// LastIdle is like Idle, but only for the goroutine that calls Next: after Next, it returns
// when the socket was last found empty before.
func (s *Socket) LastIdle() time.Time { return s.idle.begun.Add(time.Duration(s.idle.last.Load())) }

// empty reports whether the socket is known to have nothing to read.
func (s *Socket) empty() (empty bool) {
	_ = s.fileConn.Control(func(fd uintptr) { // fails after Close
		list := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(list, 0)
		empty = err == nil && n == 0
	})
	return empty
}
