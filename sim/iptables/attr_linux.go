package iptables

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// errAttr is a malformed or missing netlink attribute.
var errAttr = errors.New("malformed netlink attribute")

// nextAttr splits the first attribute off b (struct nlattr: length and type in host byte
// order, then the value, padded to 4 bytes).
func nextAttr(b []byte) (kind uint16, value, rest []byte, err error) {
	if len(b) < unix.NLA_HDRLEN {
		return 0, nil, nil, errAttr
	}
	n := int(binary.NativeEndian.Uint16(b))
	if n < unix.NLA_HDRLEN || n > len(b) {
		return 0, nil, nil, errAttr
	}
	kind = binary.NativeEndian.Uint16(b[2:]) &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
	return kind, b[unix.NLA_HDRLEN:n:n], b[min((n+3)&^3, len(b)):], nil
}

// attrs holds the attributes of one level, by type. It records which have been read,
// because an attribute that no decoder looks at may change the meaning of an expression
// entirely.
type attrs struct {
	value  [12][]byte
	unread uint32 // one bit per type that is present but unread
	bad    bool   // an attribute that was read is missing or malformed
}

func parseAttrs(b []byte) (a attrs, err error) {
	for len(b) > 0 {
		kind, value, rest, err := nextAttr(b)
		if err != nil {
			return attrs{}, err
		}
		if int(kind) < len(a.value) {
			a.value[kind] = value
		}
		a.unread |= 1 << min(kind, 31)
		b = rest
	}
	return a, nil
}

// complete reports whether every attribute read was present and valid, and every
// attribute present was read.
func (a *attrs) complete() bool { return !a.bad && a.unread == 0 }

// skip marks types as read whose value does not matter.
func (a *attrs) skip(kinds ...int) {
	for _, k := range kinds {
		a.unread &^= 1 << k
	}
}

// has reports whether an attribute of this type is present.
func (a *attrs) has(kind int) bool { return a.value[kind] != nil }

// bytes returns a value of any size.
func (a *attrs) bytes(kind int) []byte {
	a.skip(kind)
	a.bad = a.bad || a.value[kind] == nil
	return a.value[kind]
}

func (a *attrs) uint32(kind int) uint32 {
	if b := a.bytes(kind); len(b) == 4 {
		return binary.BigEndian.Uint32(b)
	}
	a.bad = true
	return 0
}

func (a *attrs) uint64(kind int) uint64 {
	if b := a.bytes(kind); len(b) == 8 {
		return binary.BigEndian.Uint64(b)
	}
	a.bad = true
	return 0
}

// text returns a NUL-terminated string without the NUL, or "" if there is none.
func (a *attrs) text(kind int) string {
	a.skip(kind)
	return unix.ByteSliceToString(a.value[kind])
}

// nested returns the attributes nested in one.
func (a *attrs) nested(kind int) attrs {
	n, err := parseAttrs(a.bytes(kind))
	a.bad = a.bad || err != nil
	return n
}

// data returns the value of an NFTA_DATA_VALUE: bytes to compare with, or a mask.
func (a *attrs) data(kind int) []byte {
	n := a.nested(kind)
	b := n.bytes(unix.NFTA_DATA_VALUE)
	a.bad = a.bad || !n.complete() || len(b) == 0
	return b
}
