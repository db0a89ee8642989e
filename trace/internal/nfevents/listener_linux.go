package nfevents

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/confine"
	"tracer/trace/internal/coalesce"
)

// largest is several times the longest datagram that the kernel multicasts
// (NLMSG_GOODSIZE).
const largest = 64 << 10

// listener is a netlink socket that has joined netfilter multicast groups.
type listener struct {
	socket     *coalesce.Socket
	buffer     []byte
	length     int   // of the last datagram
	err        error // of the last read
	overflowed atomic.Uint64
}

// listen joins groups in the network namespace of the calling thread. queue is the
// requested length of the receive queue in bytes; without root's help,
// net.core.rmem_max is the limit.
func listen(queue int, groups ...int) (*listener, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("netfilter socket: %w", err)
	}
	if err := setup(fd, queue, groups); err != nil {
		_ = unix.Close(fd) // the first error is returned
		return nil, err
	}
	l := &listener{buffer: make([]byte, largest)}
	if l.socket, err = coalesce.New(fd, "netfilter socket", l.receive); err != nil {
		return nil, err
	}
	return l, nil
}

func setup(fd, queue int, groups []int) error {
	if err := confine.SetReceiveQueue(fd, queue); err != nil {
		return fmt.Errorf("netfilter socket: receive queue: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("netfilter socket: bind: %w", err)
	}
	for _, g := range groups {
		if err := unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, g); err != nil {
			return fmt.Errorf("netfilter group %d: %w", g, err)
		}
	}
	return nil
}

// receive reads a datagram without blocking. It reports false if there is none.
func (l *listener) receive(fd uintptr) bool {
	for {
		l.length, _, l.err = unix.Recvfrom(int(fd), l.buffer, unix.MSG_DONTWAIT|unix.MSG_TRUNC)
		if !errors.Is(l.err, unix.EINTR) {
			return !errors.Is(l.err, unix.EAGAIN)
		}
	}
}

// run calls f for each message until stop. It then calls f for those still
// queued and returns nil. Netfilter queues its messages while it handles the packet,
// so everything about a packet that arrived before stop is included. f may keep a
// message.
func (l *listener) run(f func(netlink.Message)) error {
	for {
		switch err := l.socket.Next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case errors.Is(l.err, unix.ENOBUFS), l.length > len(l.buffer):
			l.overflowed.Add(1)
		case l.err != nil:
			return fmt.Errorf("netfilter socket: %w", l.err)
		default:
			if err := deliver(bytes.Clone(l.buffer[:l.length]), f); err != nil {
				return fmt.Errorf("netfilter socket: %w", err)
			}
		}
	}
}

// deliver calls f for the messages of one datagram, which they refer to.
func deliver(datagram []byte, f func(netlink.Message)) error {
	messages, err := syscall.ParseNetlinkMessage(datagram)
	for _, m := range messages {
		f(netlink.Message{
			Header: netlink.Header{
				Length: m.Header.Len, Type: netlink.HeaderType(m.Header.Type), Flags: netlink.HeaderFlags(m.Header.Flags),
				Sequence: m.Header.Seq, PID: m.Header.Pid,
			},
			Data: m.Data,
		})
	}
	return err
}

// idle returns the latest known time up to which everything queued has been handed over.
func (l *listener) idle() time.Time { return l.socket.Idle() }

// lastIdle returns when the queue was last found empty before the message that f is called
// with.
func (l *listener) lastIdle() time.Time { return l.socket.LastIdle() }

// stop ends run. It may be called from any goroutine; only the first call has an effect.
func (l *listener) stop() { l.socket.Stop() }

// overflows returns how often the queue overflowed. The kernel reports that it dropped
// messages but not how many, so each count stands for one or more.
func (l *listener) overflows() uint64 { return l.overflowed.Load() }

// close releases the socket.
func (l *listener) close() error { return l.socket.Close() }
