package netns

import (
	"os"
	"runtime"

	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// start starts a thread, lets it enter a namespace, and returns once it is there.
func start(enter func() (netns.NsHandle, error)) (*Namespace, error) {
	ns := &Namespace{work: make(chan func()), quit: make(chan struct{}), done: make(chan struct{})}
	ready := make(chan error)
	go ns.hold(enter, ready)
	if err := <-ready; err != nil {
		return nil, err
	}
	return ns, nil
}

// hold enters the namespace on a fresh thread and then runs its work.
func (ns *Namespace) hold(enter func() (netns.NsHandle, error), ready chan<- error) {
	runtime.LockOSThread() // and never unlock: the thread must die with us
	if unix.Gettid() == os.Getpid() {
		// The main thread outlives every goroutine, and /proc/PID shows it. Block it
		// here with this goroutine, and let another thread do the work.
		defer runtime.UnlockOSThread()
		held := make(chan struct{})
		go func() {
			defer close(held)
			ns.hold(enter, ready)
		}()
		<-held
		return
	}
	var err error
	if ns.handle, err = enter(); err != nil {
		ready <- err
		return
	}
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
