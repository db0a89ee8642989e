package packet

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/google/gopacket/layers"
)

// ipv4Header is the length of an IPv4 header without options.
const ipv4Header = 20

// Reassemble returns the frame that would have carried a whole datagram, given the frames
// of its fragments in any order (RFC 791, 3.2; RFC 8200, 4.5). ok is false if a part is missing.
func Reassemble(frames [][]byte) (whole []byte, ok bool) {
	parts := make([]part, 0, len(frames))
	for _, f := range frames {
		p, ok := partOf(f)
		if !ok {
			return nil, false
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.offset, b.offset) })
	for i := range parts {
		p := &parts[i]
		if i == 0 {
			if p.offset != 0 {
				return nil, false
			}
			whole = append(whole, p.headers...)
		}
		have := len(whole) - len(parts[0].headers)
		if p.offset > have {
			return nil, false
		}
		if end := p.offset + len(p.payload); end > have {
			whole = append(whole, p.payload[have-p.offset:]...)
		}
	}
	if len(parts) == 0 || parts[len(parts)-1].more || len(whole) > ethernetHeader+ipv6Header+0xffff {
		return nil, false
	}
	if parts[0].six {
		length := len(whole) - ethernetHeader - ipv6Header
		if length > 0xffff {
			return nil, false
		}
		binary.BigEndian.PutUint16(whole[ethernetHeader+4:], uint16(length))
		return whole, true
	}
	binary.BigEndian.PutUint16(whole[ethernetHeader+2:], uint16(len(whole)-ethernetHeader))
	binary.BigEndian.PutUint16(whole[ethernetHeader+6:], 0)
	return whole, true
}

// part is one fragment.
type part struct {
	headers, payload []byte
	offset           int // bytes
	more             bool
	six              bool
}

// partOf parses the Ethernet frame of a fragment.
func partOf(frame []byte) (p part, ok bool) {
	if len(frame) >= ethernetHeader+ipv6Header && frame[ethernetHeader]>>4 == 6 {
		return partOf6(frame)
	}
	if len(frame) < ethernetHeader+ipv4Header || frame[ethernetHeader]>>4 != 4 {
		return p, false
	}
	ip := frame[ethernetHeader:]
	header, length := int(ip[0]&0xf)*4, int(binary.BigEndian.Uint16(ip[2:]))
	if header < ipv4Header || length < header || length > len(ip) {
		return p, false
	}
	at := binary.BigEndian.Uint16(ip[6:])
	return part{frame[:ethernetHeader+header], ip[header:length], int(at&0x1fff) * 8, at&0x2000 != 0, false}, true
}

// partOf6 parses the Ethernet frame of an IPv6 fragment. Its headers lack the fragment header,
// as those of the whole datagram do.
func partOf6(frame []byte) (p part, ok bool) {
	ip := frame[ethernetHeader:]
	length := ipv6Header + int(binary.BigEndian.Uint16(ip[4:]))
	if length > len(ip) {
		return p, false
	}
	c := walk(layers.IPProtocol(ip[6]), ip[ipv6Header:length])
	if !c.fragment || c.unreadable {
		return p, false
	}
	const fragmentHeader = 8
	at := ethernetHeader + ipv6Header + c.fragmentAt
	headers := append([]byte{}, frame[:at]...)
	headers[ethernetHeader+c.nextAt] = byte(c.fragmentNext)
	return part{headers, frame[at+fragmentHeader : ethernetHeader+length], c.offset, c.more, true}, true
}
