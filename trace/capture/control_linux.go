package capture

import (
	"encoding/binary"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// control is what the kernel reports about a frame in the control messages (cmsg(3)) of
// recvmsg.
type control struct {
	time      time.Time // zero if not reported
	tagged    bool      // a VLAN tag was removed from the frame
	tpid, tci uint16    // that tag
	mark      uint32    // of the packet; 0 if not reported
}

// Layout of struct tpacket_auxdata (include/uapi/linux/if_packet.h), in bytes.
const (
	auxStatus = 0
	auxTCI    = 16
	auxTPID   = 18
	auxLength = 20
)

// markLength is the length of a mark in bytes.
const markLength = 4

// controlRoom is the size of a buffer for all control messages that a Source asks for.
var controlRoom = unix.CmsgSpace(auxLength) + unix.CmsgSpace(int(unsafe.Sizeof(unix.Timespec{}))) + unix.CmsgSpace(markLength)

// decodeControl decodes the control messages in b. It skips unknown ones, and stops at a
// malformed one; the frame itself remains valid.
func decodeControl(b []byte) (c control) {
	for len(b) >= unix.CmsgLen(0) {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return c
		}
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPNS:
			c.time = timespec(data)
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_MARK && len(data) >= markLength:
			c.mark = binary.NativeEndian.Uint32(data)
		case h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_AUXDATA && len(data) >= auxLength:
			status := binary.NativeEndian.Uint32(data[auxStatus:])
			c.tagged = status&unix.TP_STATUS_VLAN_VALID != 0
			c.tci = binary.NativeEndian.Uint16(data[auxTCI:])
			c.tpid = unix.ETH_P_8021Q // the only type before the kernel reported it (Linux 3.14)
			if status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
				c.tpid = binary.NativeEndian.Uint16(data[auxTPID:])
			}
		}
		b = rest
	}
	return c
}

// timespec decodes a struct timespec, whose fields have the machine's word size. It
// returns the zero Time for anything else.
func timespec(b []byte) time.Time {
	switch len(b) {
	case 16:
		return time.Unix(int64(binary.NativeEndian.Uint64(b)), int64(binary.NativeEndian.Uint64(b[8:])))
	case 8:
		return time.Unix(int64(int32(binary.NativeEndian.Uint32(b))), int64(int32(binary.NativeEndian.Uint32(b[4:]))))
	}
	return time.Time{}
}
