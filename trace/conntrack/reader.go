package conntrack

import "tracer/trace/internal/nfevents"

// Multicast groups (enum nfnetlink_groups in linux/netfilter/nfnetlink.h).
const (
	groupNew     = 1
	groupUpdate  = 2
	groupDestroy = 3
)

// Reader reads the events of one network namespace.
type Reader = nfevents.Reader[Event]

// Listen starts reading the events of the calling thread's network namespace. Events
// are queued from then on, and handed over by [Reader.Run].
//
// Since Linux 5.19, the kernel sends events only for entries that were made while a
// listener existed (net.netfilter.nf_conntrack_events is 2). [List] returns the others; call
// it after Listen, so that none is missed. It may list some whose [New] is queued already.
//
// The error wraps [errors.ErrUnsupported] on systems other than Linux.
func Listen() (*Reader, error) {
	return nfevents.NewReader(decode, groupNew, groupUpdate, groupDestroy)
}
