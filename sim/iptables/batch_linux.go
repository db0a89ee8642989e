package iptables

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
)

// batch is a netlink transaction. It records the subject of each message, because the
// kernel identifies a failed one only by its sequence number.
type batch struct {
	conn  *nftables.Conn
	link  *netlink.Conn // the socket of conn
	about []string
}

// mostMessages is the maximum number of messages in a batch. The kernel answers each
// message, and each rule twice, before the first answer can be read. Each answer takes
// about 3,300 bytes of the socket's receive buffer, which for an unprivileged user is
// limited to twice net.core.rmem_max, usually 208 KiB.
const mostMessages = 96

// newBatch opens a socket in the calling thread's namespace, with buffers for a whole
// batch.
func newBatch() (*batch, error) {
	b := &batch{about: make([]string, 0, mostMessages)}
	ready := func(c *netlink.Conn) error {
		b.link = c
		err := c.SetDeadline(time.Now().Add(patience))
		const size = mostMessages * 4096
		err = errors.Join(err, c.SetWriteBuffer(size), c.SetReadBuffer(size))
		if err != nil {
			c.Close() // nftables does not do it
		}
		return err
	}
	var err error
	b.conn, err = nftables.New(nftables.AsLasting(), nftables.WithSockOptions(ready))
	if err != nil {
		return nil, err
	}
	return b, nil
}

// add records the subject of the message just passed to conn.
func (b *batch) add(about string) { b.about = append(b.about, about) }

// full reports whether the batch must be sent before more is added.
func (b *batch) full() bool { return len(b.about) >= mostMessages }

// flush sends the batch and empties it.
func (b *batch) flush() error {
	defer func() { b.about = b.about[:0] }()
	// The batch's sequence numbers follow that of this message, which the kernel
	// ignores.
	noop, err := b.link.Send(netlink.Message{Header: netlink.Header{Type: netlink.Noop, Flags: netlink.Request}})
	if err != nil {
		return err
	}
	if err := b.conn.Flush(); err != nil {
		return b.explain(err, noop.Header.Sequence+2) // +1 is the start of the batch
	}
	return nil
}

// explain adds the subject of the failed message. One bad message may cause the kernel
// to refuse many, so only the first error is returned.
func (b *batch) explain(err error, first uint32) error {
	for _, e := range flatten(err) {
		var op *netlink.OpError
		if errors.As(e, &op) && op.Sequence != 0 {
			if i := op.Sequence - first; uint64(i) < uint64(len(b.about)) {
				return fmt.Errorf("%s: %w", b.about[i], op.Err)
			}
		}
	}
	return err
}

// flatten returns the errors joined by errors.Join.
func flatten(err error) []error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if many, ok := e.(interface{ Unwrap() []error }); ok {
			return many.Unwrap()
		}
	}
	return []error{err}
}
