package nfevents

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// readBuffer is how much the kernel may queue, in bytes. An unprivileged process
// gets no more than net.core.rmem_max.
const readBuffer = 64 << 20

// Listener is a netlink socket that has joined groups of netfilter.
type Listener struct {
	conn    *netlink.Conn
	stop    sync.Once
	stopped atomic.Bool
	lost    atomic.Uint64
}

// Listen joins groups in the network namespace of the calling thread.
func Listen(groups ...uint32) (*Listener, error) { return listen(readBuffer, groups...) }

// listen is Listen with a queue for so many bytes.
func listen(buffer int, groups ...uint32) (*Listener, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, fmt.Errorf("netfilter socket: %w", err)
	}
	if err := conn.SetReadBuffer(buffer); err != nil {
		conn.Close()
		return nil, fmt.Errorf("netfilter socket: %w", err)
	}
	for _, g := range groups {
		if err := conn.JoinGroup(g); err != nil {
			conn.Close()
			return nil, fmt.Errorf("netfilter group %d: %w", g, err)
		}
	}
	return &Listener{conn: conn}, nil
}

// Run calls f for each message until [Listener.Stop], then for those that are
// queued still, and returns nil. Netfilter queues its messages while it handles
// the packet, so what belongs to a packet that has arrived before Stop is not
// lost.
func (l *Listener) Run(f func(netlink.Message)) error {
	for !l.stopped.Load() {
		if err := l.receive(f); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	// The deadline that woke the loop would hide what is queued.
	if err := l.conn.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("netfilter socket: %w", err)
	}
	for {
		queued, err := l.queued()
		if err != nil {
			return fmt.Errorf("netfilter socket: %w", err)
		}
		if !queued {
			return nil
		}
		if err := l.receive(f); err != nil {
			return err
		}
	}
}

// receive calls f for the messages of one datagram, and waits for it.
func (l *Listener) receive(f func(netlink.Message)) error {
	messages, err := l.conn.Receive()
	switch {
	case errors.Is(err, unix.ENOBUFS):
		l.lost.Add(1)
	case err != nil:
		return fmt.Errorf("netfilter socket: %w", err)
	}
	for _, m := range messages {
		f(m)
	}
	return nil
}

// queued reports whether a message or an error can be read at once.
func (l *Listener) queued() (bool, error) {
	raw, err := l.conn.SyscallConn()
	if err != nil {
		return false, err
	}
	var n int
	var polled error
	err = raw.Control(func(fd uintptr) {
		for {
			n, polled = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			if polled != unix.EINTR {
				return
			}
		}
	})
	return n > 0, errors.Join(err, polled)
}

// Stop ends Run. It may be called from any goroutine; only the first call counts.
func (l *Listener) Stop() {
	l.stop.Do(func() {
		// In this order: Run, once it sees stopped, removes the deadline.
		l.conn.SetReadDeadline(time.Unix(1, 0))
		l.stopped.Store(true)
	})
}

// Lost returns how often the queue overflowed. The kernel says that it dropped
// messages, not how many: each count stands for one or more.
func (l *Listener) Lost() uint64 { return l.lost.Load() }

// Close releases the socket.
func (l *Listener) Close() error { return l.conn.Close() }
