// Package netns makes network namespaces and runs code in them. It is the only
// place where tracer does that; it wraps github.com/vishvananda/netns.
//
// On Linux, a thread is in one network namespace at a time. A socket belongs to
// the namespace of the thread that opened it, for as long as it is open and
// whichever thread uses it. /proc/sys/net and /proc/thread-self/net show a thread
// its own namespace, and a child process starts in that of the thread that forked
// it. Go, however, moves goroutines from thread to thread. So each [Namespace] has
// a thread that nothing else runs on, and code is handed to that thread:
//
//	 caller                         thread of the Namespace
//	   │                              │ unshare(CLONE_NEWNET)
//	   │ New ◀────────────────────────┤
//	   │                              │ waits
//	   │ Do(f) ──────── f ──────────▶ │
//	   │   ┆                          │ f()   opens a socket, reads /proc, forks
//	   │   ◀───────── error ───────── │
//	   │ Close ─────────────────────▶ ╳ ends, and takes the namespace with it
//	   ▼
//	uses the socket from any thread
//
// A namespace has no name and no mount, so there is nothing to clean up: the kernel
// frees it once its last thread, descriptor and socket are gone, even if the
// process was killed. That is also why a thread never returns to the namespace that
// it came from; see docs/decisions/namespaces-are-threads.md.
//
//	ns, err := netns.New()
//	if err != nil {
//		return err
//	}
//	defer ns.Close()
//	err = ns.Do(func() (err error) {
//		listener, err = net.Listen("tcp4", ":80")
//		return err
//	})
//
// Two more ways lead to a Namespace. [NewParent] makes one for others to be made in,
// with [Namespace.New], because a new namespace takes a few settings over from the
// one that its maker was in. [Namespace.Join] gives a namespace a second thread, for
// work that has to go on beside that of the first.
//
// Only Linux has network namespaces. On other systems this package is empty.
package netns
