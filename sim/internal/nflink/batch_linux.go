package nflink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Batch is a netlink transaction: messages that the kernel applies all or none.
type Batch struct {
	link     *netlink.Conn
	messages []netlink.Message
	about    []string // the subject of each message, for errors
}

// patience is how long the kernel may take to answer. It usually takes milliseconds, and
// up to a second for a batch of thousands of rules.
const patience = 30 * time.Second

// mostMessages is the maximum number of messages in a batch. The kernel answers each
// message before the first answer can be read. An error's answer holds the message, and an
// answer takes at least about 800 bytes of the socket's receive buffer, which for an
// unprivileged user is limited to twice net.core.rmem_max, usually 208 KiB.
const mostMessages = 96

// NewBatch opens a socket in the calling thread's namespace, with buffers for a whole
// batch.
func NewBatch() (*Batch, error) {
	link, err := Dial()
	if err != nil {
		return nil, err
	}
	const size = mostMessages * 4096
	if err := errors.Join(link.SetWriteBuffer(size), link.SetReadBuffer(size)); err != nil {
		return nil, errors.Join(err, link.Close())
	}
	return &Batch{link: link}, nil
}

// Close closes the socket.
func (b *Batch) Close() { b.link.Close() }

// Add adds a message about objects of a family, and its subject.
func (b *Batch) Add(family byte, kind netlink.HeaderType, flags netlink.HeaderFlags, about string, attributes ...[]byte) {
	b.about = append(b.about, about)
	b.messages = append(b.messages, newMessage(unix.NFNL_SUBSYS_NFTABLES<<8|kind, flags|netlink.Acknowledge, family, 0, attributes...))
}

// newMessage returns a message with a struct nfgenmsg and attributes.
func newMessage(kind netlink.HeaderType, flags netlink.HeaderFlags, family byte, resource uint16, attributes ...[]byte) netlink.Message {
	data := binary.BigEndian.AppendUint16([]byte{family, unix.NFNETLINK_V0}, resource)
	for _, a := range attributes {
		data = append(data, a...)
	}
	return netlink.Message{Header: netlink.Header{Type: kind, Flags: netlink.Request | flags}, Data: data}
}

// Link returns the batch's socket, for requests.
func (b *Batch) Link() *netlink.Conn { return b.link }

// Full reports whether the batch must be sent before more is added.
func (b *Batch) Full() bool { return len(b.about) >= mostMessages }

// Flush sends the batch and empties it. One bad message may cause the kernel to refuse
// many, so only the first error is returned.
func (b *Batch) Flush() error {
	about := b.about
	all := []netlink.Message{newMessage(unix.NFNL_MSG_BATCH_BEGIN, 0, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES)}
	all = append(all, b.messages...)
	all = append(all, newMessage(unix.NFNL_MSG_BATCH_END, 0, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES))
	b.messages, b.about = nil, nil
	sent, err := b.link.SendMessages(all)
	if err != nil {
		return err
	}
	begin := sent[0].Header.Sequence
	var first error
	for answers := 0; answers < len(about); {
		list, err := b.link.Receive()
		answers += len(list)
		if err == nil {
			continue
		}
		var op *netlink.OpError
		if !errors.As(err, &op) || op.Sequence == 0 {
			return errors.Join(first, err)
		}
		answers++
		i := op.Sequence - begin - 1
		switch {
		case uint64(i) >= uint64(len(about)):
			return errors.Join(first, op.Err) // of the transaction as a whole
		case first == nil:
			first = fmt.Errorf("%s: %w", about[i], op.Err)
		}
	}
	return first
}
