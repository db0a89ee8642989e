package traffic

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// EchoReply is the answer to one ICMP echo request.
type EchoReply struct {
	From      netip.Addr
	Sequence  uint16
	Bytes     int   // of the ICMP message, as ping(8) counts them: its header and its data
	TTL       uint8 // with which it arrived
	RoundTrip time.Duration
}

// The lengths of an echo message's header, and of the data that ping(8) sends.
const echoHeader, echoPayload = 8, 56

// echoRequest returns an ICMP echo request with size bytes of data (RFC 792).
func echoRequest(six bool, id, seq uint16, size int) []byte {
	b := make([]byte, echoHeader+size, echoHeader+size+1)
	b[0] = 8
	if six {
		b[0] = 128 // RFC 4443, 4.1
	}
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], seq)
	for i := range size {
		b[echoHeader+i] = byte(i)
	}
	if six {
		return b // the kernel adds the checksum, which covers the addresses
	}
	var sum uint32 // RFC 1071: of 16-bit words, with a zero byte after an odd length
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i : i+2 : cap(b)]))
	}
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(b[2:], ^uint16(sum+sum>>16))
	return b
}

// isEchoReply reports whether an ICMP message answers an echo request.
func isEchoReply(six bool, b []byte, id, seq uint16) bool {
	echoReply := byte(0)
	if six {
		echoReply = 129
	}
	return len(b) >= echoHeader && b[0] == echoReply &&
		binary.BigEndian.Uint16(b[4:]) == id && binary.BigEndian.Uint16(b[6:]) == seq
}
