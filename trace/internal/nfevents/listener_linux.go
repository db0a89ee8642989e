package nfevents

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// readBuffer is how much the kernel may queue, in bytes. An unprivileged
	// process gets no more than net.core.rmem_max.
	readBuffer = 64 << 20
	// drainWait is how long an empty queue is waited for after Stop. Netfilter
	// queues its messages while it handles the packet, so what belongs to a
	// packet that has arrived is there already.
	drainWait = time.Millisecond
	// drainTries is how often it must be found empty: on a busy machine the
	// wait can be over before the first look.
	drainTries = 4
)

// Listener is a netlink socket that has joined groups of netfilter.
type Listener struct {
	conn    *netlink.Conn
	stopped atomic.Bool
	lost    atomic.Uint64
}

// Listen joins groups in the network namespace of the calling thread.
func Listen(groups ...uint32) (*Listener, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, fmt.Errorf("netfilter socket: %w", err)
	}
	if err := conn.SetReadBuffer(readBuffer); err != nil {
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
// queued still, and returns nil.
func (l *Listener) Run(f func(netlink.Message)) error {
	empty := 0
	for {
		if l.stopped.Load() {
			// The deadline is set here, after stopped was seen: the one that
			// Stop sets only ends the wait.
			l.conn.SetReadDeadline(time.Now().Add(drainWait))
		}
		draining := l.stopped.Load()
		messages, err := l.conn.Receive()
		switch {
		case err == nil:
			empty = 0
			for _, m := range messages {
				f(m)
			}
		case errors.Is(err, unix.ENOBUFS):
			l.lost.Add(1)
		case errors.Is(err, os.ErrDeadlineExceeded) && l.stopped.Load():
			if draining {
				empty++
			}
			if empty == drainTries {
				return nil
			}
		default:
			return fmt.Errorf("netfilter socket: %w", err)
		}
	}
}

// Stop ends Run. It may be called from any goroutine, more than once.
func (l *Listener) Stop() {
	l.stopped.Store(true)
	l.conn.SetReadDeadline(time.Unix(1, 0))
}

// Lost returns how often the queue overflowed. The kernel says that it dropped
// messages, not how many: each count stands for one or more.
func (l *Listener) Lost() uint64 { return l.lost.Load() }

// Close releases the socket.
func (l *Listener) Close() error { return l.conn.Close() }
