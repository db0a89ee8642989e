package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/gopacket"
	"golang.org/x/sys/unix"

	"tracer/sim/confine"
	"tracer/trace/internal/coalesce"
)

// receiveQueue is the requested length of the socket's queue in bytes. The kernel
// doubles it, and charges a frame with the memory it occupies, which is more than its
// length: 80,000 of the shortest frames fit, or 29,000 with an MTU of 1500.
const receiveQueue = 32 << 20

// A Source reads the frames of all interfaces of one network namespace.
//
// ReadPacketData is for one goroutine; the other methods may be called from any.
type Source struct {
	socket    *coalesce.Socket
	receiver  *receiver
	fragments *fragments
	marks     bool
	stop      sync.Once

	counting sync.Mutex // guards what follows
	lost     uint64
	closed   bool
}

// Listen opens a Source for the network namespace of the calling OS thread. The caller
// must have locked the thread (runtime.LockOSThread) if that is not the namespace of the
// process. Frames are queued from then on.
//
// It needs CAP_NET_RAW in the user namespace that owns the network namespace; without
// it, the error wraps [os.ErrPermission]. With root's help the queue holds 64 MiB,
// otherwise what /proc/sys/net/core/rmem_max allows. See packet(7) and socket(7).
//
// It waits some 20 ms for the kernel (an RCU grace period), as does Close twice:
// see [ListenUnfragmented].
func Listen() (*Source, error) { return listen(receiveQueue, true) }

// ListenUnfragmented is like [Listen], for namespaces that no fragments pass through. It does
// not wait. Fragments count as lost, since their bytes may be wrong by the time they are
// read.
func ListenUnfragmented() (*Source, error) { return listen(receiveQueue, false) }

// listen opens a Source with a queue of the given length in bytes.
func listen(queue int, fragmented bool) (*Source, error) {
	// Protocol 0: nothing is queued before bind, when all options are set.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	s := &Source{}
	if err := s.setup(fd, queue); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	if fragmented {
		if s.fragments, err = listenFragments(); err != nil {
			return nil, errors.Join(err, unix.Close(fd))
		}
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0); err != nil {
		return nil, errors.Join(fmt.Errorf("packet socket: %w", err), s.fragments.close(), unix.Close(fd))
	}
	s.receiver = newReceiver(s.fragments)
	if s.socket, err = coalesce.New(fd, "packet socket", s.receiver.receive); err != nil {
		return nil, errors.Join(err, s.fragments.close())
	}
	return s, nil
}

// setup binds the socket behind a filter that accepts nothing.
func (s *Source) setup(fd, queue int) error {
	if err := confine.SetReceiveQueue(fd, queue); err != nil {
		return fmt.Errorf("packet socket: receive queue: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("packet socket: timestamps: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return fmt.Errorf("packet socket: auxiliary data: %w", err)
	}
	s.marks = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVMARK, 1) == nil
	if err := rejectAll(fd); err != nil {
		return fmt.Errorf("packet socket: filter: %w", err)
	}
	// Interface index 0 stands for every interface, including those created later.
	all := unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL)}
	if err := unix.Bind(fd, &all); err != nil {
		return fmt.Errorf("packet socket: bind: %w", err)
	}
	return nil
}

// rejectAll attaches a filter that accepts nothing. What is queued stays.
func rejectAll(fd int) error {
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{
		Len:    1,
		Filter: &unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K},
	})
}

// networkOrder converts v to network byte order.
func networkOrder(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// Marks reports whether frames come with their marks (SO_RCVMARK, Linux 5.19).
func (s *Source) Marks() bool { return s.marks }

// ReadPacketData returns the next frame in the kernel's order, blocking until there is
// one. After Stop it returns what is still queued and then io.EOF; after Close its error
// wraps [os.ErrClosed].
//
// The caller may keep data: no two frames share bytes. They do share chunks of memory,
// so one frame keeps a chunk of 256 KiB. info.AncillaryData holds the frame's direction and
// mark, and must not be changed.
func (s *Source) ReadPacketData() (data []byte, info gopacket.CaptureInfo, err error) {
	for {
		if err := s.socket.Next(); err != nil {
			return nil, info, err
		}
		if s.receiver.err != nil {
			return nil, info, fmt.Errorf("packet socket: receive: %w", s.receiver.err)
		}
		if data, info, ok := s.receiver.take(); ok {
			return data, info, nil
		}
		s.counting.Lock()
		s.lost++
		s.counting.Unlock()
	}
}

// Idle returns the latest time up to which all frames are known to have been read, and
// processed by the caller of ReadPacketData.
func (s *Source) Idle() time.Time { return s.socket.Idle() }

// Stop ends the capture: later frames are not queued, a blocked reader wakes, and
// ReadPacketData returns what is queued and then io.EOF. Frames that are still on their
// way from one interface to the next may be missing, so let the traffic end first.
//
// Only the first call has an effect.
func (s *Source) Stop() {
	s.stop.Do(func() {
		// Without the filter, a reader slower than the traffic would never find the queue
		// empty. If it cannot be attached, the capture merely ends later.
		_ = s.socket.Control(func(fd uintptr) { _ = rejectAll(int(fd)) })
		s.socket.Stop()
	})
}

// Lost returns how many frames since Listen found the queue full and were dropped
// (PACKET_STATISTICS, tp_drops), including fragments that were not copied in time. After
// Close it returns the last count.
func (s *Source) Lost() (uint64, error) {
	s.counting.Lock()
	defer s.counting.Unlock()
	err := s.count()
	return s.lost, err
}

// count adds up the drops, which the kernel resets on each reading.
func (s *Source) count() error {
	if s.closed {
		return nil
	}
	var stats *unix.TpacketStats
	var err error
	if e := s.socket.Control(func(fd uintptr) {
		stats, err = unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS)
	}); e != nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("packet socket: statistics: %w", err)
	}
	s.lost += uint64(stats.Drops)
	return nil
}

// Close releases the socket, and with it what is still queued. To lose nothing, call Stop
// and read until io.EOF first. Only the first call can return an error.
func (s *Source) Close() error {
	s.counting.Lock()
	defer s.counting.Unlock()
	if s.closed {
		return nil
	}
	err := s.count()
	s.closed = true
	return errors.Join(err, s.closeSockets())
}

// closeSockets closes both sockets at the same time: each waits for RCU grace periods,
// which they then share.
func (s *Source) closeSockets() error {
	var other error
	var closing sync.WaitGroup
	closing.Go(func() { other = s.fragments.close() })
	err := s.socket.Close()
	closing.Wait()
	return errors.Join(err, other)
}
