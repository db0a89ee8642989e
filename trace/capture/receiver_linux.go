package capture

import (
	"time"
	"tracer/trace"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// chunkSize is how much memory for frames is taken at once: some 170 full
	// frames of an MTU of 1500. A frame that is kept keeps its chunk.
	chunkSize = 256 << 10
	// frameLimit is the longest frame that is not cut. It is well above the
	// 65550 bytes of a loopback frame (MTU 65536 and the Ethernet header).
	frameLimit = chunkSize - tagLength
	// chunkRest is when a chunk counts as used up: when an ordinary frame
	// may not fit any more.
	chunkRest = 2048
)

// A receiver reads frames from a packet socket, one recvmsg each. The kernel's
// copy is the only one: it goes straight to where the frame stays.
//
// Before recvmsg nobody knows how long the frame will be. So it may run over
// the end of the chunk into spill, and only then is put together in a new one:
//
//	chunk  [ frames handed out ... | 4 | frame   ][ spill ... ]
//	                                 └ room for a VLAN tag
type receiver struct {
	chunk []byte // the unused part
	spill []byte

	message unix.Msghdr
	vectors [2]unix.Iovec
	name    unix.RawSockaddrLinklayer
	control []byte

	length int // of the frame on the wire
	err    error
}

func newReceiver() *receiver {
	r := &receiver{
		spill:   make([]byte, frameLimit),
		control: make([]byte, controlRoom),
	}
	r.vectors[1].Base = &r.spill[0]
	r.vectors[1].SetLen(len(r.spill))
	r.message.Name = (*byte)(unsafe.Pointer(&r.name))
	r.message.Iov = &r.vectors[0]
	r.message.SetIovlen(len(r.vectors))
	r.message.Control = &r.control[0]
	return r
}

// receive tries to read one frame and leaves the result in r.length and r.err.
// It reports false if none is queued, as syscall.RawConn wants it. The system
// call is made here because unix.Recvmsg allocates an address for each frame.
func (r *receiver) receive(fd uintptr) bool {
	if len(r.chunk) < chunkRest {
		r.chunk = make([]byte, chunkSize)
	}
	room := r.chunk[tagLength:]
	r.vectors[0].Base = &room[0]
	r.vectors[0].SetLen(len(room))
	for {
		r.message.Namelen = unix.SizeofSockaddrLinklayer
		r.message.SetControllen(len(r.control))
		n, _, errno := unix.Syscall(unix.SYS_RECVMSG, fd,
			uintptr(unsafe.Pointer(&r.message)), unix.MSG_TRUNC|unix.MSG_DONTWAIT)
		switch errno {
		case 0:
			r.length, r.err = int(n), nil
			return true
		case unix.EINTR:
		case unix.EAGAIN:
			r.length, r.err = 0, errno
			return false
		default:
			r.length, r.err = 0, errno
			return true
		}
	}
}

// frame returns the frame that receive read. Its data is good until the next
// receive, or for ever after keep.
func (r *receiver) frame() Frame {
	n := min(r.length, frameLimit)
	if room := r.chunk[tagLength:]; n > len(room) {
		chunk := make([]byte, chunkSize)
		copy(chunk[tagLength:], room)
		copy(chunk[tagLength+len(room):], r.spill[:n-len(room)])
		r.chunk = chunk
	}
	c := decodeControl(r.control[:r.message.Controllen])
	f := Frame{
		Interface: int(r.name.Ifindex),
		Direction: trace.In,
		Time:      c.time,
		Length:    r.length,
		Data:      r.chunk[tagLength : tagLength+n : tagLength+n],
	}
	if r.name.Pkttype == unix.PACKET_OUTGOING {
		f.Direction = trace.Out
	}
	if c.tagged {
		f.Data = restoreTag(r.chunk[:tagLength+n:tagLength+n], c.tpid, c.tci)
		f.Length += len(f.Data) - n
	}
	if f.Time.IsZero() {
		f.Time = time.Now()
	}
	return f
}

// keep makes the data of the frame just read permanent.
func (r *receiver) keep() {
	r.chunk = r.chunk[tagLength+min(r.length, frameLimit):]
}
