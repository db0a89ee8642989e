package netns

import (
	"errors"
	"sync"

	"github.com/vishvananda/netns"
)

// ErrClosed is returned by [Namespace.Do] when the thread has ended.
var ErrClosed = errors.New("the network namespace is closed")

// Namespace is a network namespace and a thread in it. Close ends the thread, and with
// it the namespace, unless another Namespace or a socket keeps it alive.
type Namespace struct {
	handle netns.NsHandle
	work   chan func()
	quit   chan struct{}
	done   chan struct{}
	close  sync.Once
}

// New creates an empty network namespace. The error is the kernel's: EPERM without
// CAP_SYS_ADMIN.
func New() (*Namespace, error) {
	return start(netns.New)
}

// New creates an empty network namespace from within ns.
func (ns *Namespace) New() (*Namespace, error) {
	return start(func() (netns.NsHandle, error) {
		if err := netns.Set(ns.handle); err != nil {
			return netns.None(), err
		}
		return netns.New()
	})
}

// Join starts another thread in the namespace. It serves the returned Namespace,
// concurrently with the thread of ns, and is closed separately.
func (ns *Namespace) Join() (*Namespace, error) {
	return start(func() (netns.NsHandle, error) {
		if err := netns.Set(ns.handle); err != nil {
			return netns.None(), err
		}
		return netns.Get()
	})
}

// Fd returns a descriptor of the namespace, for IFLA_NET_NS_FD. It is valid until Close.
func (ns *Namespace) Fd() int { return int(ns.handle) }

// Do runs f on the namespace's thread and returns f's error, or [ErrClosed]. Calls run
// one at a time; f must not call Do or Close of the same Namespace. Sockets that f opens
// stay in the namespace, whichever thread uses them.
func (ns *Namespace) Do(f func() error) error {
	result := make(chan error, 1)
	run := func() {
		err := ErrClosed // if f ends its goroutine and thus the thread, as t.FailNow does
		defer func() { result <- err }()
		err = f()
	}
	select {
	case ns.work <- run:
		return <-result
	case <-ns.done:
		return ErrClosed
	}
}

// Close ends the thread and waits until it has released the namespace. It may be called
// twice.
func (ns *Namespace) Close() {
	ns.close.Do(func() { close(ns.quit) })
	<-ns.done
}
