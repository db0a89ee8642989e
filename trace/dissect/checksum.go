package dissect

import (
	"encoding/binary"
	"fmt"

	"github.com/google/gopacket/layers"
)

// sum adds the bytes, as 16-bit words, to a sum (RFC 1071). It is not folded:
// 64 bits have room for every frame.
func sum(start uint64, b []byte) uint64 {
	for ; len(b) >= 2; b = b[2:] {
		start += uint64(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		start += uint64(b[0]) << 8
	}
	return start
}

// fold brings the carries back, until 16 bits are left (RFC 1071).
func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// pseudo is the sum of the pseudo header, for n bytes of message (RFC 9293, 3.1;
// RFC 768; RFC 8200, 8.1). The two versions of IP order it differently, which
// does not change the sum.
func (p *datagram) pseudo(n int) uint64 {
	s := sum(sum(0, p.source.AsSlice()), p.destination.AsSlice())
	// A length may have more than 16 bits; adding it at once is the same,
	// because folding brings the upper bits down.
	return s + uint64(p.protocol) + uint64(n)
}

// checksum writes the checksum at an even place of the message that the datagram
// carries, and says whether it is right.
func (p *datagram) checksum(message []byte, place int) string {
	if p.unverified != "" {
		return fmt.Sprintf("0x%04x [not verified: %s]", binary.BigEndian.Uint16(message[place:]), p.unverified)
	}
	switch p.protocol {
	case layers.IPProtocolICMPv4, layers.IPProtocolIGMP:
		return verdict(message, place, 0, 0)
	case layers.IPProtocolUDP:
		return verdict(message, place, p.pseudo(len(message)), 0xffff)
	}
	return verdict(message, place, p.pseudo(len(message)), 0)
}

// verdict compares a checksum with what it should be. pseudo is 0 where it covers
// no pseudo header, and zero is what is written for a checksum of zero, which in
// UDP means that there is none (RFC 768).
func verdict(message []byte, place int, pseudo uint64, zero uint16) string {
	got := binary.BigEndian.Uint16(message[place:])
	s := sum(pseudo, message)
	switch {
	case fold(s) == 0xffff:
		return fmt.Sprintf("0x%04x [correct]", got)
	case pseudo != 0 && got == fold(pseudo):
		return fmt.Sprintf("0x%04x [not complete: only the pseudo header is summed, as with checksum offload]", got)
	}
	want := ^fold(s - uint64(got))
	if want == 0 {
		want = zero
	}
	return fmt.Sprintf("0x%04x [wrong, should be 0x%04x]", got, want)
}
