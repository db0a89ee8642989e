package judge

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Tag says who sent a piece of payload: the request, its direction, and the number of the
// datagram, or for a TCP stream the block. It is repeated every 16 bytes, so each fragment,
// each segment and each quotation in an ICMP error has it.
type Tag struct {
	Request int
	Answer  bool
	Number  int
}

// String returns "request 3, answer 7".
func (t Tag) String() string {
	kind := "datagram"
	if t.Answer {
		kind = "answer"
	}
	return fmt.Sprintf("request %d, %s %d", t.Request, kind, t.Number)
}

const (
	tagLength = 16
	tagMagic  = "tRaCeTaG"
)

// bytes returns a tag's encoding: the magic, the request, and the number.
func (t Tag) bytes() []byte {
	b := append([]byte(tagMagic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.BigEndian.PutUint16(b[8:], uint16(t.Request))
	if t.Answer {
		b[10] = 1
	}
	binary.BigEndian.PutUint32(b[12:], uint32(t.Number))
	return b
}

// fill returns a datagram's payload: the tag, again and again.
func (t Tag) fill(size int) []byte {
	return bytes.Repeat(t.bytes(), size/tagLength+1)[:size]
}

// stream fills a piece of a TCP stream, each of whose blocks has a number of its own.
func (t Tag) stream(offset, size int) []byte {
	var out []byte
	for n := offset / tagLength; len(out) < size+tagLength; n++ {
		t.Number = n
		out = append(out, t.bytes()...)
	}
	return out[offset%tagLength:][:size]
}

// findTag returns the first whole tag in a payload, and where it begins.
func findTag(payload []byte) (t Tag, at int, ok bool) {
	// A fragment may begin within a tag: the second half, then a whole one.
	at = bytes.Index(payload, []byte(tagMagic))
	if at < 0 || len(payload) < at+tagLength {
		return t, 0, false
	}
	b := payload[at:]
	return Tag{int(binary.BigEndian.Uint16(b[8:])), b[10] == 1, int(binary.BigEndian.Uint32(b[12:]))}, at, true
}
