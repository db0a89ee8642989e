package nfevents

import (
	"sync/atomic"
	"time"

	"github.com/mdlayher/netlink"
)

// receiveQueue is the requested length of a socket's queue in bytes.
const receiveQueue = 64 << 20

// Reader reads and decodes the messages of multicast groups. The methods other than
// Run may be called from any goroutine.
type Reader[Event any] struct {
	listener  *listener
	decode    func(netlink.Message) (Event, error)
	malformed atomic.Uint64
}

// NewReader joins groups in the network namespace of the calling thread. Messages
// are queued from then on. The error wraps [errors.ErrUnsupported] on systems other
// than Linux.
func NewReader[Event any](decode func(netlink.Message) (Event, error), groups ...int) (*Reader[Event], error) {
	l, err := listen(receiveQueue, groups...)
	if err != nil {
		return nil, err
	}
	return &Reader[Event]{listener: l, decode: decode}, nil
}

// Run calls f for each event, as it arrives, until [Reader.Stop]. It then calls f for
// those still queued and returns nil.
func (r *Reader[Event]) Run(f func(Event)) error {
	return r.listener.run(func(m netlink.Message) {
		e, err := r.decode(m)
		if err != nil {
			r.malformed.Add(1)
			return
		}
		f(e)
	})
}

// Idle returns the latest known time up to which everything queued has been handed over to
// Run's f. It may be called from any goroutine.
func (r *Reader[Event]) Idle() time.Time { return r.listener.idle() }

// LastIdle returns when the queue was last found empty. If f calls it, the event with which it
// was called happened after that. The kernel does not say when.
func (r *Reader[Event]) LastIdle() time.Time { return r.listener.lastIdle() }

// Stop ends Run. It may be called more than once.
func (r *Reader[Event]) Stop() { r.listener.stop() }

// Lost returns how often events were lost: each overflow of the queue counts as one,
// however many messages it dropped, and so does each message that cannot be decoded.
func (r *Reader[Event]) Lost() uint64 { return r.listener.overflows() + r.malformed.Load() }

// Close releases the socket.
func (r *Reader[Event]) Close() error { return r.listener.close() }
