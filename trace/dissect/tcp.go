package dissect

import (
	"fmt"
	"strings"
)

const (
	tcpLength    = 20 // of the header without options (RFC 9293, 3.1)
	quotedLength = 8  // of the payload, which an ICMP error quotes at least (RFC 792)
)

// tcp reads a segment (RFC 9293).
func (d *dissection) tcp(p datagram) {
	at, n := p.at, p.end-p.at
	size := tcpLength
	if n >= tcpLength {
		size = 4 * int(d.u8(at+12)>>4)
	}
	switch {
	case size < tcpLength:
		d.malformed("TCP", at, p.end, "a header of %d bytes, less than %d", size, tcpLength)
		return
	case n < size && d.quoting && n >= quotedLength:
		l := Layer{Name: "TCP", Offset: at, Length: quotedLength}
		d.tcpStart(&l)
		d.append(l)
		d.data(at+quotedLength, p.end)
		return
	case n < size:
		d.truncated("TCP", at, p.end, size)
		return
	}
	flags := d.u8(at + 13)
	l := Layer{Name: "TCP", Offset: at, Length: size}
	d.tcpStart(&l)
	acknowledgment := fmt.Sprint(d.u32(at + 8))
	if flags&0x10 == 0 {
		acknowledgment += " [no ACK flag: it says nothing]"
	}
	l.add(at+8, 4, "acknowledgment number", "%s", acknowledgment)
	l.add(at+12, 1, "data offset", "%d bytes", size)
	if reserved := d.u8(at+12) & 15; reserved != 0 {
		l.add(at+12, 1, "reserved", "0x%x", reserved)
	}
	l.add(at+13, 1, "flags", "%s", tcpFlags(flags))
	window := count(int(d.u16(at+14)), "byte")
	if flags&0x02 == 0 { // that of a SYN is never scaled (RFC 7323, 2.2)
		window = fmt.Sprintf("%d [before any window scale]", d.u16(at+14))
	}
	l.add(at+14, 2, "window", "%s", window)
	l.add(at+16, 2, "checksum", "%s", p.checksum(d.frame[at:p.end], 16))
	if flags&0x20 != 0 {
		l.add(at+18, 2, "urgent pointer", "%d", d.u16(at+18))
	}
	d.tcpOptions(&l, at+tcpLength, at+size)
	d.append(l)
	d.segment(at+size, p.end)
}

// tcpStart reads the fields that every ICMP error quotes.
func (d *dissection) tcpStart(l *Layer) {
	at := l.Offset
	l.add(at, 2, "source port", "%d", d.u16(at))
	l.add(at+2, 2, "destination port", "%d", d.u16(at+2))
	l.add(at+4, 4, "sequence number", "%d", d.u32(at+4))
}

// tcpFlags names the set flags, the best known first (RFC 9293, 3.1).
func tcpFlags(flags uint8) string {
	var names []string
	for _, f := range []struct {
		bit  uint8
		name string
	}{{0x02, "SYN"}, {0x01, "FIN"}, {0x04, "RST"}, {0x08, "PSH"}, {0x10, "ACK"}, {0x20, "URG"}, {0x40, "ECE"}, {0x80, "CWR"}} {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// segment reads the data of a segment: HTTP, if it begins like it.
func (d *dissection) segment(at, end int) {
	if !d.quoting && startsHTTP(d.frame[at:end]) {
		d.http(at, end)
		return
	}
	d.data(at, end)
}
