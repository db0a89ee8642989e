// Package patient reads from sockets that the kernel fills while it handles
// packets, and disturbs it as little as it can.
//
// Who waits on a socket is woken by each message, and the packet that it is about
// waits meanwhile for the processor to do so. A request to a container makes some
// fifty frames and two hundred messages of netfilter's within half a millisecond.
// A patient reader is woken by the first of them. It then turns away for a moment,
// in which nobody has to be woken, and takes what has come in at once:
//
//	kernel    m   mmmm mm  m mmm                          m
//	reader    ▲wake       rest      ▲all   rest  ▲none    ▲wake
//
// Go's own poller is not used: it stays at the socket, whether anyone reads from it
// or not (epoll, edge-triggered).
package patient
