// Package coalesce reads sockets that the kernel fills while it handles packets,
// and slows those packets down as little as possible.
//
// Waking a blocked reader costs processor time, and the packet that the message is
// about has to wait for it. One request to a container causes some fifty frames and
// two hundred netfilter messages within half a millisecond, so a reader that is
// woken for each of them gets in the way. A [Socket] coalesces wakeups, as network
// cards do with interrupts. The first message wakes the reader, which ignores the
// socket for a fixed interval and then reads everything that has arrived:
//
//	kernel    m   mmmm mm  m mmm                           m
//	reader    ▲ woken              ▲ reads all   ▲ none    ▲ woken
//	          └───── interval ─────┴─ interval ──┘ blocks
//
// Go's network poller does not allow this: it watches a socket from opening to closing,
// whether or not a goroutine is reading (epoll, edge-triggered). This package polls only
// while it blocks.
package coalesce
