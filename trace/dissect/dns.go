package dissect

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

const (
	dnsLength  = 12 // of the header (RFC 1035, 4.1.1)
	maxEntries = 40 // questions and records that are shown
)

// dns reads a DNS message (RFC 1035).
func (d *dissection) dns(at, end int) {
	if end-at < dnsLength {
		d.truncated("DNS", at, end, dnsLength)
		return
	}
	flags := d.u16(at + 2)
	l := Layer{Name: "DNS", Offset: at, Length: dnsLength}
	l.add(at, 2, "ID", "0x%04x (%d)", d.u16(at), d.u16(at))
	l.add(at+2, 2, "flags", "%s", dnsFlags(flags))
	l.add(at+2, 1, "opcode", "%s", named(uint8(flags>>11&15), dnsOpcodes[flags>>11&15]))
	l.add(at+3, 1, "RCODE", "%s", named(uint8(flags&15), dnsCodes[flags&15]))
	l.add(at+4, 2, "QDCOUNT", "%s", count(int(d.u16(at+4)), "question"))
	l.add(at+6, 2, "ANCOUNT", "%s", count(int(d.u16(at+6)), "answer record"))
	l.add(at+8, 2, "NSCOUNT", "%s", count(int(d.u16(at+8)), "authority record"))
	l.add(at+10, 2, "ARCOUNT", "%s", count(int(d.u16(at+10)), "additional record"))

	message, shown := d.frame[at:end], 0
	for i, section := range []string{"question", "answer", "authority", "additional"} {
		total := int(d.u16(at + 4 + 2*i))
		for n := range total {
			if shown == maxEntries {
				l.add(at+l.Length, end-at-l.Length, "not shown", "from %s %d of %d on", section, n+1, total)
				l.Length = end - at
				d.append(l)
				return
			}
			entry := dnsRecord
			if i == 0 {
				entry = dnsQuestion
			}
			value, next, err := entry(message, l.Length)
			if err != nil {
				d.append(l)
				name, rest := fmt.Sprintf("DNS %s %d of %d", section, n+1, total), at+l.Length
				if errors.Is(err, errShort) {
					d.unreadable("truncated", name, rest, end, "%v", err)
				} else {
					d.malformed(name, rest, end, "%v", err)
				}
				return
			}
			l.add(at+l.Length, next-l.Length, section, "%s", value)
			l.Length = next
			shown++
		}
	}
	d.append(l)
	d.data(at+l.Length, end)
}

// dnsQuestion reads a question (RFC 1035, 4.1.2) at an offset of the message.
func dnsQuestion(message []byte, at int) (value string, next int, err error) {
	name, at, err := dnsName(message, at)
	if err != nil {
		return "", 0, err
	}
	if len(message) < at+4 {
		return "", 0, errShort
	}
	kind, class := binary.BigEndian.Uint16(message[at:]), binary.BigEndian.Uint16(message[at+2:])
	return fmt.Sprintf("%s %s %s", clip(name), dnsType(kind), dnsClass(class)), at + 4, nil
}

// The opcodes and response codes (IANA, "DNS Parameters").
var (
	dnsOpcodes = map[uint16]string{0: "query", 1: "inverse query", 2: "status", 4: "notify", 5: "update"}
	dnsCodes   = map[uint16]string{
		0: "no error", 1: "format error", 2: "server failure", 3: "name error: no such name", 4: "not implemented", 5: "refused",
		6: "name exists when it should not", 7: "record exists when it should not", 8: "record that should exist does not",
		9: "not authoritative", 10: "name not in zone",
	}
)

// dnsFlags names the bits (RFC 1035, 4.1.1; RFC 4035, 3.1.6).
func dnsFlags(flags uint16) string {
	names := []string{"query"}
	if flags&0x8000 != 0 {
		names[0] = "response"
	}
	for _, f := range []struct {
		bit  uint16
		name string
	}{
		{0x0400, "authoritative answer"}, {0x0200, "truncated"}, {0x0100, "recursion desired"},
		{0x0080, "recursion available"}, {0x0020, "authentic data"}, {0x0010, "checking disabled"},
	} {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	return fmt.Sprintf("0x%04x (%s)", flags, strings.Join(names, ", "))
}
