package traffic

import "encoding/binary"

// The lengths of an echo message's header, and of the payload that ping(8) sends.
const echoHeader, echoPayload = 8, 56

// echoRequest returns an ICMP echo request (RFC 792).
func echoRequest(id, seq uint16) []byte {
	b := make([]byte, echoHeader+echoPayload)
	b[0] = 8
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], seq)
	for i := range echoPayload {
		b[echoHeader+i] = byte(i)
	}
	var sum uint32 // RFC 1071
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(b[2:], ^uint16(sum+sum>>16))
	return b
}

// isEchoReply reports whether an ICMP message answers an echo request.
func isEchoReply(b []byte, id, seq uint16) bool {
	const echoReply = 0
	return len(b) >= echoHeader && b[0] == echoReply &&
		binary.BigEndian.Uint16(b[4:]) == id && binary.BigEndian.Uint16(b[6:]) == seq
}
