package nfevents

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/confine"
	"tracer/trace/internal/patient"
)

const (
	// readBuffer is how much the kernel may queue, in bytes. A plain user gets no more
	// than net.core.rmem_max.
	readBuffer = 64 << 20
	// largest is the longest datagram that the kernel sends by itself
	// (NLMSG_GOODSIZE), several times over.
	largest = 64 << 10
)

// Listener is a netlink socket that has joined groups of netfilter.
type Listener struct {
	socket *patient.Socket
	buffer []byte
	length int   // of the datagram that was read
	err    error // that came instead
	lost   atomic.Uint64
}

// Listen joins groups in the network namespace of the calling thread.
func Listen(groups ...int) (*Listener, error) { return listen(readBuffer, groups...) }

// listen is Listen with a queue for so many bytes.
func listen(queue int, groups ...int) (*Listener, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("netfilter socket: %w", err)
	}
	if err := setup(fd, queue, groups); err != nil {
		_ = unix.Close(fd) // the first error is told
		return nil, err
	}
	rest, err := patient.Rest(fd)
	if err != nil {
		_ = unix.Close(fd) // the first error is told
		return nil, fmt.Errorf("netfilter socket: %w", err)
	}
	l := &Listener{buffer: make([]byte, largest)}
	if l.socket, err = patient.New(fd, "netfilter socket", rest, l.receive); err != nil {
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

// receive reads a datagram without waiting. It reports false if there is none.
func (l *Listener) receive(fd uintptr) bool {
	for {
		l.length, _, l.err = unix.Recvfrom(int(fd), l.buffer, unix.MSG_DONTWAIT|unix.MSG_TRUNC)
		if !errors.Is(l.err, unix.EINTR) {
			return !errors.Is(l.err, unix.EAGAIN)
		}
	}
}

// Run calls f for each message until [Listener.Stop], then for those that are
// queued still, and returns nil. Netfilter queues its messages while it handles
// the packet, so what belongs to a packet that has arrived before Stop is not
// lost. f may keep a message.
func (l *Listener) Run(f func(netlink.Message)) error {
	for {
		switch err := l.socket.Next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case errors.Is(l.err, unix.ENOBUFS), l.length > len(l.buffer):
			l.lost.Add(1)
		case l.err != nil:
			return fmt.Errorf("netfilter socket: %w", l.err)
		default:
			if err := each(bytes.Clone(l.buffer[:l.length]), f); err != nil {
				return fmt.Errorf("netfilter socket: %w", err)
			}
		}
	}
}

// each calls f for the messages of one datagram.
func each(b []byte, f func(netlink.Message)) error {
	const header, align = 16, 4
	for len(b) >= header {
		n := int(binary.NativeEndian.Uint32(b))
		if n < header || n > len(b) {
			return fmt.Errorf("message of %d bytes in %d", n, len(b))
		}
		f(netlink.Message{
			Header: netlink.Header{
				Length: uint32(n), Type: netlink.HeaderType(binary.NativeEndian.Uint16(b[4:])),
				Flags:    netlink.HeaderFlags(binary.NativeEndian.Uint16(b[6:])),
				Sequence: binary.NativeEndian.Uint32(b[8:]), PID: binary.NativeEndian.Uint32(b[12:]),
			},
			Data: b[header:n],
		})
		b = b[min(len(b), (n+align-1)&^(align-1)):]
	}
	return nil
}

// Stop ends Run. It may be called from any goroutine; only the first call counts.
func (l *Listener) Stop() { l.socket.Stop() }

// Lost returns how often the queue overflowed. The kernel says that it dropped
// messages, not how many: each count stands for one or more.
func (l *Listener) Lost() uint64 { return l.lost.Load() }

// Close releases the socket.
func (l *Listener) Close() error { return l.socket.Close() }
