package nflink

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Field returns a netlink attribute: a header (struct nlattr), the value, and padding to 4
// bytes.
func Field(kind uint16, parts ...[]byte) []byte {
	b := make([]byte, unix.NLA_HDRLEN)
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.NativeEndian.PutUint16(b, uint16(len(b)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	return append(b, make([]byte, -len(b)&3)...)
}

// Group returns an attribute that holds attributes.
func Group(kind uint16, parts ...[]byte) []byte { return Field(kind|unix.NLA_F_NESTED, parts...) }

// Uint32 returns an attribute with a number.
func Uint32(kind uint16, v uint32) []byte {
	return Field(kind, binary.BigEndian.AppendUint32(nil, v))
}

// Uint64 returns an attribute with a number.
func Uint64(kind uint16, v uint64) []byte {
	return Field(kind, binary.BigEndian.AppendUint64(nil, v))
}

// Text returns an attribute with a text, which ends with a NUL.
func Text(kind uint16, s string) []byte { return Field(kind, append([]byte(s), 0)) }

// Data returns an attribute with bytes to compare with, or a mask.
func Data(kind uint16, value []byte) []byte {
	return Group(kind, Field(unix.NFTA_DATA_VALUE, value))
}
