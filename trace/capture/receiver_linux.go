package capture

import (
	"time"
	"unsafe"

	"github.com/google/gopacket"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

const (
	// chunkSize is how much memory is allocated for frames at a time: some 170 full
	// frames with an MTU of 1500. A frame that is kept keeps its chunk.
	chunkSize = 256 << 10
	// frameLimit is the length at which frames are cut. It is well above the 65550
	// bytes of a loopback frame (an MTU of 65536 and the Ethernet header).
	frameLimit = chunkSize - tagLength
	// leastRoom is the room for an ordinary frame. A chunk with less is used up.
	leastRoom = 2048
)

// A receiver reads frames from a packet socket with one recvmsg each. The kernel copies
// a frame to where it will stay; there is no second copy.
//
// The length of a frame is unknown before recvmsg. It may run over the end of the chunk
// into spill; only then is it moved to a new chunk:
//
//	chunk  [ frames returned ... | 4 | frame   ][ spill ... ]
//	                               └ room for a VLAN tag
type receiver struct {
	chunk []byte // the unused part
	spill []byte

	message unix.Msghdr
	vectors [2]unix.Iovec
	name    unix.RawSockaddrLinklayer
	control []byte

	length int  // of the frame on the wire
	torn   bool // the frame changed while it was copied
	err    error

	fragments *fragments

	ancillary [trace.Out + 1][]any // CaptureInfo.AncillaryData without a mark, by direction
}

func newReceiver(f *fragments) *receiver {
	r := &receiver{
		fragments: f,
		spill:     make([]byte, frameLimit),
		control:   make([]byte, controlRoom),
		ancillary: [...][]any{trace.In: {trace.In}, trace.Out: {trace.Out}},
	}
	r.vectors[1].Base = &r.spill[0]
	r.vectors[1].SetLen(len(r.spill))
	r.message.Name = (*byte)(unsafe.Pointer(&r.name))
	r.message.Iov = &r.vectors[0]
	r.message.SetIovlen(len(r.vectors))
	r.message.Control = &r.control[0]
	return r
}

// receive reads one frame without blocking and leaves the result in r.length and r.err.
// It reports false if none is queued. It makes the system call itself because
// unix.Recvmsg allocates an address for each frame.
func (r *receiver) receive(fd uintptr) bool {
	if len(r.chunk) < leastRoom {
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
		case unix.EFAULT: // the kernel has shortened the frame to forward it in fragments
			r.length, r.torn, r.err = 0, true, nil
			return true
		case unix.EAGAIN:
			r.length, r.err = 0, errno
			return false
		default:
			r.length, r.err = 0, errno
			return true
		}
	}
}

// take returns the frame that receive has read. ok is false if the kernel has changed its
// bytes meanwhile.
func (r *receiver) take() (frame []byte, info gopacket.CaptureInfo, ok bool) {
	if r.torn {
		r.torn = false
		return nil, info, false
	}
	n := min(r.length, frameLimit)
	if room := r.chunk[tagLength:]; n > len(room) {
		chunk := make([]byte, chunkSize)
		copy(chunk[tagLength:], room)
		copy(chunk[tagLength+len(room):], r.spill[:n-len(room)])
		r.chunk = chunk
	}
	c := decodeControl(r.control[:r.message.Controllen])
	data := r.chunk[tagLength : tagLength+n : tagLength+n]
	if isFragment(data) && !r.fragments.restore(passage{r.name.Ifindex, r.name.Pkttype, c.time.UnixNano(), r.length}, data) {
		return nil, info, false
	}
	length := r.length
	if c.tagged {
		data = restoreTag(r.chunk[:tagLength+n:tagLength+n], c.tpid, c.tci)
		length += len(data) - n
	}
	r.chunk = r.chunk[tagLength+n:]
	direction := trace.In
	if r.name.Pkttype == unix.PACKET_OUTGOING {
		direction = trace.Out
	}
	if c.time.IsZero() {
		c.time = time.Now()
	}
	ancillary := r.ancillary[direction]
	if c.mark != 0 {
		ancillary = []any{direction, Mark(c.mark)}
	}
	return data, gopacket.CaptureInfo{
		Timestamp: c.time, CaptureLength: len(data), Length: length,
		InterfaceIndex: int(r.name.Ifindex), AncillaryData: ancillary,
	}, true
}
