package dissect

import (
	"encoding/binary"
	"fmt"

	"github.com/google/gopacket/layers"
)

// checksum adds a field with the checksum of the message that begins with the header.
func (h *header) checksum() {
	p, message, place := h.packet, h.frame[h.Offset:h.end], h.next-h.Offset
	var value string
	switch {
	case p.unverified != "":
		value = fmt.Sprintf("0x%04x [not verified: %s]", h.peek(2), p.unverified)
	case p.protocol == layers.IPProtocolICMPv4, p.protocol == layers.IPProtocolIGMP:
		value = verdict(message, place, 0, 0)
	case p.protocol == layers.IPProtocolUDP:
		value = verdict(message, place, p.pseudo(len(message)), 0xffff)
	default:
		value = verdict(message, place, p.pseudo(len(message)), 0)
	}
	h.add(2, "checksum", value)
}

// verdict formats the checksum at an even offset of a message, and says whether it is
// correct. pseudo is the sum of the pseudo-header, 0 if the checksum covers none. zero is
// what the sender writes for a checksum of zero: in UDP, zero would mean that there is no
// checksum (RFC 768).
func verdict(message []byte, place int, pseudo uint64, zero uint16) string {
	got := binary.BigEndian.Uint16(message[place:])
	s := sum(pseudo, message)
	switch {
	case fold(s) == 0xffff:
		return fmt.Sprintf("0x%04x [correct]", got)
	case pseudo != 0 && got == fold(pseudo):
		return fmt.Sprintf("0x%04x [partial: covers only the pseudo-header, as with checksum offload]", got)
	}
	want := ^fold(s - uint64(got))
	if want == 0 {
		want = zero
	}
	return fmt.Sprintf("0x%04x [wrong, should be 0x%04x]", got, want)
}

// pseudo returns the sum of the pseudo-header of a message with n bytes (RFC 9293, 3.1;
// RFC 768; RFC 8200, 8.1). The two versions of IP order it differently, but the sum is the
// same. A length of more than 16 bits does no harm, because folding adds the upper bits.
func (p *datagram) pseudo(n int) uint64 {
	s := sum(sum(0, p.source.AsSlice()), p.destination.AsSlice())
	return s + uint64(p.protocol) + uint64(n)
}

// sum adds bytes, as 16-bit words, to a sum (RFC 1071). 64 bits hold the sum of
// any frame without folding.
func sum(start uint64, b []byte) uint64 {
	for ; len(b) >= 2; b = b[2:] {
		start += uint64(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		start += uint64(b[0]) << 8
	}
	return start
}

// fold adds the carries back until 16 bits are left (RFC 1071).
func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
