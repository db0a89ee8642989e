package sim

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// namespace is an anonymous network namespace, held by one operating-system
// thread that made it and that never enters another. Work in the namespace is
// handed to that thread. When the thread ends, so does the namespace, unless a
// socket still keeps it.
type namespace struct {
	handle netns.NsHandle
	work   chan func()
	quit   chan struct{}
	done   chan struct{}
}

// newNamespace starts the thread. Where a nursery is given, the namespace is made in
// there.
func newNamespace(nursery *namespace) (*namespace, error) {
	ns := &namespace{work: make(chan func()), quit: make(chan struct{}), done: make(chan struct{})}
	ready := make(chan error)
	go ns.hold(nursery, ready)
	if err := <-ready; err != nil {
		return nil, err
	}
	return ns, nil
}

// hold makes the namespace on a fresh thread and then serves its work.
func (ns *namespace) hold(nursery *namespace, ready chan<- error) {
	runtime.LockOSThread() // and never unlock: the thread must die with us
	if unix.Gettid() == os.Getpid() {
		// The main thread outlives every goroutine and is what /proc/PID shows.
		// Keep it where it is, busy with this goroutine, while another thread
		// takes the work.
		defer runtime.UnlockOSThread()
		held := make(chan struct{})
		go func() {
			defer close(held)
			ns.hold(nursery, ready)
		}()
		<-held
		return
	}
	var err error
	if nursery != nil {
		err = netns.Set(nursery.handle)
	}
	var handle netns.NsHandle
	if err == nil {
		handle, err = netns.New()
	}
	if err != nil {
		ready <- fmt.Errorf("new network namespace: %w", privilege(err))
		return
	}
	ns.handle = handle
	ready <- nil
	defer close(ns.done)
	defer ns.handle.Close()
	for {
		select {
		case f := <-ns.work:
			f()
		case <-ns.quit:
			return
		}
	}
}

// newNursery makes a namespace for others to be made in: these get a small table of
// TCP connections. Else they share the machine's, and to list the connections of one
// namespace the kernel looks through all of it, a millisecond or more each time.
func newNursery() (*namespace, error) {
	ns, err := newNamespace(nil)
	if err != nil {
		return nil, err
	}
	err = ns.do(func() error {
		err := os.WriteFile(sysctlPath("net.ipv4.tcp_child_ehash_entries"), []byte("1024"), 0)
		if errors.Is(err, os.ErrNotExist) || err != nil && readOnly(err) {
			return nil // before Linux 6.1, or in a container: a lab is slower then, and no different
		}
		return err
	})
	if err != nil {
		ns.close()
		return nil, err
	}
	return ns, nil
}

// do runs f on the namespace's thread and returns when it has returned.
// Sockets that f opens stay in the namespace, on whatever thread they are used.
func (ns *namespace) do(f func() error) error {
	result := make(chan error, 1)
	select {
	case ns.work <- func() { result <- f() }:
		return <-result
	case <-ns.done:
		return errClosed
	}
}

// close ends the thread, and waits until it has let go.
func (ns *namespace) close() {
	close(ns.quit)
	<-ns.done
}

var errClosed = errors.New("the lab is closed")

// privilege marks the errors that mean "you may not" with ErrPrivilege.
func privilege(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("%w: %w", ErrPrivilege, err)
	}
	return err
}
