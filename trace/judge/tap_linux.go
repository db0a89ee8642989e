package judge

import (
	"fmt"
	"net"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tap captures the frames of all interfaces of a node in a ring that the kernel copies
// them into at once. A socket's queue holds buffers that the kernel may still rewrite.
type tap struct {
	node    string
	fd      int
	ring    []byte
	names   map[int]string
	stop    chan struct{}
	reading sync.WaitGroup
	next    int

	mu   sync.Mutex // guards the fields below
	seen []Sighting
	last time.Time // when the last frame was read
}

const (
	slotSize  = 2048
	slots     = 8192
	blockSize = 1 << 16

	// struct tpacket2_hdr, and the sockaddr_ll after it (include/uapi/linux/if_packet.h)
	slotHeader = 32
)

// newTap opens a tap in the calling thread's namespace.
func newTap(node string) (*tap, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	t := &tap{node: node, fd: fd, stop: make(chan struct{}), names: map[int]string{}}
	if err := t.open(); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("packet ring: %w", err)
	}
	t.reading.Go(t.read)
	return t, nil
}

func (t *tap) open() (err error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range interfaces {
		t.names[i.Index] = i.Name
	}
	if err := unix.SetsockoptInt(t.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2); err != nil {
		return err
	}
	request := unix.TpacketReq{Block_size: blockSize, Block_nr: slots * slotSize / blockSize, Frame_size: slotSize, Frame_nr: slots}
	if err := unix.SetsockoptTpacketReq(t.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &request); err != nil {
		return err
	}
	if t.ring, err = unix.Mmap(t.fd, 0, slots*slotSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return err
	}
	const all = unix.ETH_P_ALL>>8 | unix.ETH_P_ALL&0xff<<8 // in network order
	return unix.Bind(t.fd, &unix.SockaddrLinklayer{Protocol: all})
}

// read reads until the tap is closed.
func (t *tap) read() {
	poll := []unix.PollFd{{Fd: int32(t.fd), Events: unix.POLLIN}}
	for {
		for t.take() {
		}
		select {
		case <-t.stop:
			return
		default:
		}
		_, _ = unix.Poll(poll, 20)
	}
}

// take reads one frame, if there is one.
func (t *tap) take() bool {
	slot := t.ring[t.next*slotSize:][:slotSize]
	status := (*uint32)(unsafe.Pointer(&slot[0]))
	if *status&unix.TP_STATUS_USER == 0 {
		return false
	}
	h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&slot[0]))
	from := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&slot[slotHeader]))
	s := Sighting{
		At: Port{t.node, t.names[int(from.Ifindex)]}, Out: from.Pkttype == unix.PACKET_OUTGOING,
		Time: time.Unix(int64(h.Sec), int64(h.Nsec)), Length: int(h.Len),
		Data: append([]byte(nil), slot[h.Mac:uint32(h.Mac)+h.Snaplen]...),
	}
	s.header = decode(s.Data)
	t.mu.Lock()
	t.seen, t.last = append(t.seen, s), time.Now()
	t.mu.Unlock()
	*status = 0 // the kernel's again
	t.next = (t.next + 1) % slots
	return true
}

// quiet returns for how long no frame was seen.
func (t *tap) quiet() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.last)
}

// close ends the tap and returns what it has seen, and how many frames it has lost.
func (t *tap) close() (seen []Sighting, lost uint32) {
	close(t.stop)
	t.reading.Wait()
	if stats, err := unix.GetsockoptTpacketStats(t.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		lost = stats.Drops
	}
	_ = unix.Munmap(t.ring)
	_ = unix.Close(t.fd)
	return t.seen, lost
}
