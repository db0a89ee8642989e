package capture

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// cmsg makes one control message.
func cmsg(level, kind int32, data []byte) []byte {
	b := make([]byte, unix.CmsgSpace(len(data)))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = level, kind
	h.SetLen(unix.CmsgLen(len(data)))
	copy(b[unix.CmsgLen(0):], data)
	return b
}

func auxdata(status uint32, tci, tpid uint16) []byte {
	b := make([]byte, auxLength)
	binary.NativeEndian.PutUint32(b[auxStatus:], status)
	binary.NativeEndian.PutUint16(b[auxTCI:], tci)
	binary.NativeEndian.PutUint16(b[auxTPID:], tpid)
	return cmsg(unix.SOL_PACKET, unix.PACKET_AUXDATA, b)
}

func stamp(sec, nsec uint64) []byte {
	b := binary.NativeEndian.AppendUint64(nil, sec)
	return cmsg(unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, binary.NativeEndian.AppendUint64(b, nsec))
}

func TestDecodeControl(t *testing.T) {
	const valid, tpid = unix.TP_STATUS_VLAN_VALID, unix.TP_STATUS_VLAN_TPID_VALID
	other := cmsg(unix.SOL_SOCKET, unix.SCM_RIGHTS, []byte{1, 2, 3, 4})
	mark := cmsg(unix.SOL_SOCKET, unix.SO_MARK, binary.NativeEndian.AppendUint32(nil, 0x60000007))
	join := func(parts ...[]byte) (b []byte) {
		for _, p := range parts {
			b = append(b, p...)
		}
		return b
	}
	for _, test := range []struct {
		name string
		b    []byte
		want control
	}{
		{"nothing", nil, control{}},
		{"stamp", stamp(1700000000, 123456789), control{time: time.Unix(1700000000, 123456789)}},
		{"untagged", join(stamp(1, 2), auxdata(unix.TP_STATUS_USER, 0, 0)), control{time: time.Unix(1, 2), tpid: 0x8100}},
		{"tagged", join(auxdata(valid|tpid, 0x600a, 0x88a8), stamp(1, 2)),
			control{time: time.Unix(1, 2), tagged: true, tpid: 0x88a8, tci: 0x600a}},
		{"tag without type", auxdata(valid, 10, 0), control{tagged: true, tpid: 0x8100, tci: 10}},
		{"other message before", join(other, stamp(1, 2)), control{time: time.Unix(1, 2)}},
		{"mark", join(stamp(1, 2), mark), control{time: time.Unix(1, 2), mark: 0x60000007}},
		{"short mark", join(cmsg(unix.SOL_SOCKET, unix.SO_MARK, []byte{1, 2}), stamp(1, 2)), control{time: time.Unix(1, 2)}},
		{"cut", join(stamp(1, 2), auxdata(valid, 10, 0)[:20]), control{time: time.Unix(1, 2)}},
		{"short data", cmsg(unix.SOL_PACKET, unix.PACKET_AUXDATA, make([]byte, auxLength-4)), control{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := decodeControl(test.b)
			sameTime := got.time.Equal(test.want.time)
			if got.time = test.want.time; !sameTime || got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// What comes from the kernel is read to its end, whatever it is, and left as it is.
func FuzzControl(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		decodeControl(b)
		if !bytes.Equal(b, before) {
			t.Error("the input was changed")
		}
	})
}
