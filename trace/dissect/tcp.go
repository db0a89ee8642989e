package dissect

import "fmt"

const (
	tcpLength    = 20 // of the header without options (RFC 9293, 3.1)
	quotedLength = 8  // of the payload: the minimum that an ICMP error quotes (RFC 792)

	tcpSYN, tcpACK, tcpURG = 0x02, 0x10, 0x20
)

// The flags, best known first (RFC 9293, 3.1).
var tcpFlags = []flag{
	{tcpSYN, "SYN"}, {0x01, "FIN"}, {0x04, "RST"}, {0x08, "PSH"}, {tcpACK, "ACK"}, {tcpURG, "URG"}, {0x40, "ECE"}, {0x80, "CWR"},
}

// tcp reads a segment (RFC 9293). One quoted in an ICMP error may end after the
// sequence number.
func (h *header) tcp() protocol {
	there, size := h.end-h.next, tcpLength
	if there >= tcpLength {
		size = 4 * int(h.frame[h.next+12]>>4)
	}
	switch {
	case size < tcpLength:
		return h.malformed("header length is %d bytes, less than %d", size, tcpLength)
	case !h.quoting && !h.needs(size):
		return protocol{}
	}
	h.number(2, "source port")
	h.number(2, "destination port")
	h.number(4, "sequence number")
	if there < size {
		return protocol{}
	}
	flags := h.frame[h.Offset+13]
	acknowledgment := decimal(h.peek(4))
	if flags&tcpACK == 0 {
		acknowledgment += " [unused: ACK is not set]"
	}
	h.add(4, "acknowledgment number", acknowledgment)
	h.bits(1, "data offset", count(size, "byte"))
	if reserved := h.peek(1) & 15; reserved != 0 {
		h.bits(1, "reserved", fmt.Sprintf("0x%x", reserved))
	}
	h.next++
	h.add(1, "flags", flagNames(uint32(flags), tcpFlags))
	window := count(int(h.peek(2)), "byte")
	if flags&tcpSYN == 0 { // the window of a SYN is never scaled (RFC 7323, 2.2)
		window = decimal(h.peek(2)) + " [before window scaling]"
	}
	h.add(2, "window", window)
	h.checksum()
	if flags&tcpURG != 0 {
		h.bits(2, "urgent pointer", decimal(h.peek(2)))
	}
	h.next += 2
	h.options(h.Offset+size, tcpOptions, tcpOption)
	if !h.quoting && startsHTTP(h.frame[h.next:h.end]) {
		return protocol{name: "HTTP", fields: (*header).http}
	}
	return protocol{}
}
