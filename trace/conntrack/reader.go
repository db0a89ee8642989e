package conntrack

import (
	"sync/atomic"

	"github.com/mdlayher/netlink"

	"tracer/trace/internal/nfevents"
)

// The multicast groups (enum nfnetlink_groups in linux/netfilter/nfnetlink.h).
const (
	groupNew     = 1
	groupUpdate  = 2
	groupDestroy = 3
)

// Reader reads the events of one network namespace.
type Reader struct {
	listener  *nfevents.Listener
	malformed atomic.Uint64
}

// Listen begins to read the events of the calling thread's network namespace.
// It must come before the connections: since Linux 5.19 the kernel sends events
// only of entries that were made while somebody listened. The error wraps
// [errors.ErrUnsupported] on systems other than Linux.
func Listen() (*Reader, error) {
	l, err := nfevents.Listen(groupNew, groupUpdate, groupDestroy)
	if err != nil {
		return nil, err
	}
	return &Reader{listener: l}, nil
}

// Run calls f for each event until [Reader.Stop], then for those that are
// queued still, and returns nil.
func (r *Reader) Run(f func(Event)) error {
	return r.listener.Run(func(m netlink.Message) {
		e, err := Decode(m)
		if err != nil {
			r.malformed.Add(1)
			return
		}
		f(e)
	})
}

// Stop ends Run. It may be called from any goroutine, more than once.
func (r *Reader) Stop() { r.listener.Stop() }

// Lost returns how often events were lost: times that the queue overflowed,
// each standing for one or more events, and events that could not be decoded.
func (r *Reader) Lost() uint64 { return r.listener.Lost() + r.malformed.Load() }

// Close releases the socket.
func (r *Reader) Close() error { return r.listener.Close() }
