package nftrace

import (
	"sync/atomic"

	"github.com/mdlayher/netlink"

	"tracer/trace/internal/nfevents"
)

// groupTrace is NFNLGRP_NFTRACE (linux/netfilter/nfnetlink.h).
const groupTrace = 9

// Config changes what a [Reader] hands over. The zero value is what most
// callers want.
type Config struct {
	// IgnoreConntrack leaves out what the kernel says of the packet's
	// connection, as if it were one before 6.16.
	IgnoreConntrack bool
}

// Reader reads the rule trace of one network namespace.
type Reader struct {
	listener  *nfevents.Listener
	config    Config
	malformed atomic.Uint64
}

// Listen begins to read the rule trace of the calling thread's network
// namespace. The error wraps [errors.ErrUnsupported] on systems other than
// Linux.
func Listen(c Config) (*Reader, error) {
	l, err := nfevents.Listen(groupTrace)
	if err != nil {
		return nil, err
	}
	return &Reader{listener: l, config: c}, nil
}

// Run calls f for each message until [Reader.Stop], then for those that are
// queued still, and returns nil.
func (r *Reader) Run(f func(Message)) error {
	return r.listener.Run(func(raw netlink.Message) {
		m, err := Decode(raw.Data)
		if err != nil {
			r.malformed.Add(1)
			return
		}
		if r.config.IgnoreConntrack {
			m.Conntrack = nil
		}
		f(m)
	})
}

// Stop ends Run. It may be called from any goroutine, more than once.
func (r *Reader) Stop() { r.listener.Stop() }

// Lost returns how often messages were lost: times that the queue overflowed,
// each standing for one or more messages, and messages that could not be
// decoded.
func (r *Reader) Lost() uint64 { return r.listener.Lost() + r.malformed.Load() }

// Close releases the socket.
func (r *Reader) Close() error { return r.listener.Close() }
