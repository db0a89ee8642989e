package capture

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// clockStart limits how long to wait until the kernel stamps frames. It takes some 2 ms
// on an idle machine, and up to 2 s when all processors are busy.
const clockStart = 10 * time.Second

// Clock makes the kernel stamp frames.
//
// The kernel stamps frames only while some socket on the machine asks for it. When the
// first one does, stamping is switched on in the background (net_enable_timestamp in
// net/core/dev.c). A frame captured before that carries the time at which it was read, so
// "in" at one end of a cable may come before "out" at the other.
type Clock struct {
	socket int
}

// StartClock returns once frames are stamped, which lasts until Close. It tests this by
// sending datagrams to itself in its own network namespace.
func StartClock() (*Clock, error) {
	ns, err := netns.New()
	if err != nil {
		return nil, fmt.Errorf("frame timestamps: %w", err)
	}
	defer ns.Close() // the socket keeps the namespace
	var c *Clock
	if err := ns.Do(func() (err error) {
		c, err = startClock()
		return err
	}); err != nil {
		return nil, fmt.Errorf("frame timestamps: %w", err)
	}
	return c, nil
}

// startClock is StartClock in the network namespace of the calling thread.
func startClock() (*Clock, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	c := &Clock{socket: fd}
	if err := c.prepare(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for limit := time.Now().Add(clockStart); ; {
		stamped, err := c.stamped()
		switch {
		case err != nil:
			return nil, errors.Join(err, c.Close())
		case stamped:
			return c, nil
		case time.Now().After(limit):
			return nil, errors.Join(fmt.Errorf("the kernel does not stamp frames after %s", clockStart), c.Close())
		}
	}
}

// prepare brings up the loopback and connects the socket to itself.
func (c *Clock) prepare() error {
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(c.socket, unix.SIOCSIFFLAGS, lo); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(c.socket, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return err
	}
	if err := unix.Bind(c.socket, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	own, err := unix.Getsockname(c.socket)
	if err != nil {
		return err
	}
	return unix.Connect(c.socket, own)
}

// stamped sends a datagram and reads it a moment later. A stamp from before the reading
// is the kernel's.
func (c *Clock) stamped() (bool, error) {
	if _, err := unix.Write(c.socket, []byte{0}); err != nil {
		return false, err
	}
	time.Sleep(50 * time.Microsecond) // so that the two times differ
	read := time.Now()
	data, control := make([]byte, 8), make([]byte, 128)
	_, n, _, _, err := unix.Recvmsg(c.socket, data, control, 0)
	if errors.Is(err, unix.EAGAIN) {
		return false, nil // not delivered yet
	}
	if err != nil {
		return false, err
	}
	stamp := decodeControl(control[:n]).time
	return !stamp.IsZero() && stamp.Before(read), nil
}

// Close lets the kernel stop stamping, unless some other socket asks for it.
func (c *Clock) Close() error { return unix.Close(c.socket) }
