package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"tracer/sim/confine"
	"tracer/trace"
	"tracer/trace/internal/patient"
)

// receiveBuffer is the size asked for the socket's queue, in bytes. The kernel
// doubles it, and charges a frame with the memory it takes, which is more than
// its length: 80,000 of the smallest frames fit, or 29,000 of an MTU of 1500.
const receiveBuffer = 32 << 20

// A Source takes the frames of all interfaces of one network namespace.
//
// One goroutine reads, with Run or with the gopacket methods. Stop, Missed and
// Close are safe from any goroutine.
type Source struct {
	socket *patient.Socket

	reading   sync.Mutex // guards receiver
	receiver  *receiver
	ancillary [trace.Out + 1][]any // CaptureInfo.AncillaryData by direction

	stop sync.Once

	counting sync.Mutex // guards what follows
	missed   uint64
	closed   bool
}

// Listen opens a Source for the network namespace of the calling OS thread,
// which the caller has locked (runtime.LockOSThread) if it is not the
// process's own. Frames are queued from then on, before Run is called.
//
// It needs CAP_NET_RAW in the user namespace that owns the network namespace;
// without it the error wraps unix.EPERM, which is an os.ErrPermission. Root's queue
// holds 64 MiB, a plain user's what /proc/sys/net/core/rmem_max allows. See
// packet(7) and socket(7).
func Listen() (*Source, error) {
	return listen(receiveBuffer)
}

// listen is Listen with a queue for the given number of bytes.
func listen(buffer int) (*Source, error) {
	// Protocol 0: nothing is queued before bind, when all options are set.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	if err := setup(fd, buffer); err != nil {
		_ = unix.Close(fd) // the first error is told
		return nil, err
	}
	rest, err := patient.Rest(fd)
	if err != nil {
		_ = unix.Close(fd) // the first error is told
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	s := &Source{receiver: newReceiver()}
	if s.socket, err = patient.New(fd, "packet socket", rest, s.receiver.receive); err != nil {
		return nil, err
	}
	s.ancillary[trace.In] = []any{trace.In}
	s.ancillary[trace.Out] = []any{trace.Out}
	return s, nil
}

func setup(fd, buffer int) error {
	if err := confine.SetReceiveQueue(fd, buffer); err != nil {
		return fmt.Errorf("packet socket: receive queue: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("packet socket: time stamps: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return fmt.Errorf("packet socket: auxiliary data: %w", err)
	}
	// Interface index 0 is every interface, also those yet to come.
	all := unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL)}
	if err := unix.Bind(fd, &all); err != nil {
		return fmt.Errorf("packet socket: bind: %w", err)
	}
	return nil
}

// networkOrder returns v with its bytes as the network has them.
func networkOrder(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// Missed returns how many frames the namespace's interfaces carried since
// Listen that are not handed out, because the queue was full when they came
// (PACKET_STATISTICS, tp_drops). After Close it returns the last count.
func (s *Source) Missed() (uint64, error) {
	s.counting.Lock()
	defer s.counting.Unlock()
	err := s.count()
	return s.missed, err
}

// count adds up the drops, which the kernel sets to zero on each reading.
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
	s.missed += uint64(stats.Drops)
	return nil
}

// Close gives the socket, and what is still queued on it, back to the kernel.
// To lose nothing, Stop and wait for Run to return before. Only the first
// Close can return an error.
func (s *Source) Close() error {
	s.counting.Lock()
	defer s.counting.Unlock()
	if s.closed {
		return nil
	}
	err := s.count()
	s.closed = true
	return errors.Join(err, s.socket.Close())
}
