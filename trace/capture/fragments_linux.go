package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fragments copies the beginnings of fragments at the moment they pass.
//
// Frames queued on an ordinary packet socket share their bytes with the kernel, which copies
// them before it modifies them, with one exception. A node that tracks connections
// reassembles fragments; when it forwards them, it overwrites the old headers with the new
// ones (the fast path of ip_do_fragment in net/ipv4/ip_output.c). This affects all fragments
// but the first, on every interface that they have passed so far. The first is copied, too: to
// write a fragment's header, the kernel copies that of the fragment before it and then changes
// the offset, so that a second fragment that is read meanwhile looks like a first. A ring
// (PACKET_RX_RING) has its own copy, but it cannot replace the socket, because it does not
// report marks.
//
//	frame ─┬─1─▶ filter: fragments ──▶ ring of beginnings, copied at once
//	       └─2─▶ queue of the socket ──▶ bytes to be read later, shared
//
// The kernel serves the socket that was bound last first (dev_add_pack in net/core/dev.c). The
// ring is bound last, so that the beginning of a frame that can be read from the queue is
// already in the ring.
type fragments struct {
	fd int

	mu     sync.Mutex // guards the fields below
	ring   []byte     // nil once closed
	next   int        // slot
	copied []beginning
}

// beginning is the beginning of a fragment that passed an interface.
type beginning struct {
	passage
	data []byte
}

// passage identifies a frame at an interface.
type passage struct {
	iface  int32
	packet uint8 // type: PACKET_OUTGOING and others
	time   int64 // in nanoseconds
	length int
}

// The ring's geometry. A slot has room for the kernel's own header and some 190 bytes of the
// frame, more than any header that the kernel rewrites.
const (
	slotSize  = 256
	slotCount = 4096
	blockSize = 64 << 10
)

// filterFragments accepts IPv4 fragments, and IPv6 fragments whose fragment header comes
// first: see isFragment.
var filterFragments = [...]unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: etherTypeOffset},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.ETH_P_IP, Jf: 3},
	{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: fragmentOffset},
	{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: fragmentMask, Jt: 4},
	{Code: unix.BPF_RET | unix.BPF_K},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.ETH_P_IPV6, Jf: 3},
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: nextHeaderOffset},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.IPPROTO_FRAGMENT, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K, K: slotSize},
	{Code: unix.BPF_RET | unix.BPF_K},
}

// Offsets in an Ethernet frame, in bytes.
const (
	etherTypeOffset  = 12
	fragmentOffset   = 20     // of IPv4
	fragmentMask     = 0x3fff // more fragments, and the offset
	nextHeaderOffset = 20     // of IPv6
)

// isFragment reports whether the filter accepts a frame.
func isFragment(data []byte) bool {
	if len(data) <= fragmentOffset+1 {
		return false
	}
	switch binary.BigEndian.Uint16(data[etherTypeOffset:]) {
	case unix.ETH_P_IP:
		return binary.BigEndian.Uint16(data[fragmentOffset:])&fragmentMask != 0
	case unix.ETH_P_IPV6:
		return data[nextHeaderOffset] == unix.IPPROTO_FRAGMENT
	}
	return false
}

// listenFragments starts copying in the network namespace of the calling thread. It waits
// for an RCU grace period.
func listenFragments() (*fragments, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("fragment socket: %w", err)
	}
	f := &fragments{fd: fd}
	if err := f.setup(); err != nil {
		return nil, errors.Join(fmt.Errorf("fragment socket: %w", err), f.close())
	}
	return f, nil
}

func (f *fragments) setup() (err error) {
	program := unix.SockFprog{Len: uint16(len(filterFragments)), Filter: &filterFragments[0]}
	if err := unix.SetsockoptSockFprog(f.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
		return fmt.Errorf("filter: %w", err)
	}
	if err := unix.SetsockoptInt(f.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	size := slotSize * slotCount
	if err := unix.SetsockoptTpacketReq(f.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq{
		Block_size: blockSize, Block_nr: uint32(size / blockSize), Frame_size: slotSize, Frame_nr: slotCount,
	}); err != nil {
		return fmt.Errorf("ring: %w", err)
	}
	if f.ring, err = unix.Mmap(f.fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return fmt.Errorf("ring: %w", err)
	}
	if err := unix.Bind(f.fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL)}); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

// restore puts the original beginning back into a fragment that passed p. It reports false
// if there is no copy because the ring was full.
func (f *fragments) restore(p passage, data []byte) bool {
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read()
	for i := range f.copied {
		if c := &f.copied[i]; c.passage == p {
			copy(data, c.data)
			f.copied = append(f.copied[:i], f.copied[i+1:]...)
			return true
		}
	}
	return false
}

// read empties the ring. Beginnings whose frames were lost are eventually discarded.
func (f *fragments) read() {
	for f.ring != nil {
		slot := f.ring[f.next*slotSize:][:slotSize]
		h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&slot[0]))
		if atomic.LoadUint32(&h.Status)&unix.TP_STATUS_USER == 0 {
			break
		}
		from := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&slot[unix.SizeofTpacket2Hdr]))
		f.copied = append(f.copied, beginning{
			passage{from.Ifindex, from.Pkttype, int64(h.Sec)*1e9 + int64(h.Nsec), int(h.Len)},
			append([]byte(nil), slot[h.Mac:][:h.Snaplen]...),
		})
		atomic.StoreUint32(&h.Status, unix.TP_STATUS_KERNEL)
		f.next = (f.next + 1) % slotCount
	}
	if over := len(f.copied) - 2*slotCount; over > 0 {
		f.copied = append(f.copied[:0], f.copied[over:]...)
	}
}

func (f *fragments) close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	if f.ring != nil {
		err = unix.Munmap(f.ring)
		f.ring = nil
	}
	return errors.Join(err, os.NewSyscallError("close", unix.Close(f.fd)))
}
