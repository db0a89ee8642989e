// Package netns creates network namespaces and runs code in them. It is the only place
// where tracer does so; it wraps github.com/vishvananda/netns.
//
// On Linux, a thread is in one network namespace at a time. A socket belongs to the
// namespace of the thread that opened it, for as long as it is open and whichever thread
// uses it. /proc/sys/net and /proc/thread-self/net show a thread its own namespace, and
// a child process starts in the namespace of the thread that forked it. Go, however,
// moves goroutines between threads. So each [Namespace] has a dedicated thread, and code
// is handed to it:
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
// frees it once its last thread, descriptor and socket are gone, even if the process is
// killed. For the same reason a thread never returns to the namespace it came from; see
// docs/decisions/namespaces-are-threads.md.
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
// There are two more ways to get a Namespace. [NewParent] creates one in which others
// are created with [Namespace.New], because a new namespace inherits a few settings from
// its creator's. [Namespace.Join] adds a second thread to a namespace, for work that
// must run alongside that of the first.
//
// Only Linux has network namespaces. On other systems this package is empty.
package netns
