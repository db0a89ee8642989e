package capture

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// Run calls f for each frame, in kernel order, until Stop. It then hands over
// what is still queued and returns nil. f may keep the frame and its data: no
// two frames share bytes, but they share chunks of memory, and one frame keeps
// a chunk of 256 KiB.
//
// After a Close without Stop the error wraps os.ErrClosed.
func (s *Source) Run(f func(Frame)) error {
	for {
		frame, err := s.next(true)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f(frame)
	}
}

// Stop ends the capture: frames that come later are not queued, a waiting
// reader wakes, and readers see what is queued and then the end. Frames that
// the kernel is still carrying from one interface to the next when Stop is
// called may be missing: let the traffic end first.
//
// It can be called more than once, before Run, and from within Run's f.
func (s *Source) Stop() {
	s.stop.Do(func() {
		// A filter that accepts nothing leaves the queue as it is. Without it
		// a reader slower than the traffic would never find the queue empty.
		// Should it not attach, the end only comes later.
		_ = s.socket.Control(func(fd uintptr) {
			unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{
				Len:    1,
				Filter: &unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K},
			})
		})
		s.socket.Stop()
	})
}

// next returns the next frame, waiting for one until Stop; from then on it
// empties the queue and returns io.EOF. Without keep, the frame's data is
// valid until the next call only.
func (s *Source) next(keep bool) (Frame, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if err := s.socket.Next(); err != nil {
		return Frame{}, err
	}
	if s.receiver.err != nil {
		return Frame{}, fmt.Errorf("packet socket: receive: %w", s.receiver.err)
	}
	frame := s.receiver.frame()
	if keep {
		s.receiver.keep()
	}
	return frame, nil
}
