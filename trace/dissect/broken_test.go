package dissect

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// TestTruncated: a frame cut at any byte is read up to there, and an incomplete header is
// reported.
func TestTruncated(t *testing.T) {
	frame := frames(t)["syn"]
	for size, want := range map[int]string{
		0:  "truncated 0+0\n  Ethernet: 0 bytes, at least 14 needed @0+0\n",
		13: "truncated 0+13\n  Ethernet: 13 bytes, at least 14 needed @0+13\ndata 0+13\n  length: 13 bytes @0+13\n  preview: \\x02B\\xac\\x11\\x00\\x02\\x02B\\xac\\x11\\x00\\x01\\b @0+13\n",
		14: "truncated 14+0\n  IPv4: 0 bytes, at least 20 needed @14+0\n",
		33: "truncated 14+19\n  IPv4: 19 bytes, at least 20 needed @14+19\n",
		34: "truncated 34+0\n  TCP: 0 bytes, at least 20 needed @34+0\n",
		60: "truncated 34+26\n  TCP: 26 bytes, at least 40 needed @34+26\n",
	} {
		if got := part(Frame(frame[:size]), "truncated"); !strings.HasPrefix(got, want) {
			t.Errorf("%d bytes: got\n%s\nwant\n%s", size, got, want)
		}
	}
	for name, frame := range frames(t) {
		for size := range frame {
			if err := check(frame[:size], Frame(frame[:size])); err != nil {
				t.Errorf("%s cut to %d bytes: %v", name, size, err)
			}
		}
	}
}

// TestChanged: contradictions and missing parts are reported.
func TestChanged(t *testing.T) {
	put := func(at int, b ...byte) func([]byte) []byte {
		return func(f []byte) []byte { copy(f[at:], b); return f }
	}
	cut := func(n int) func([]byte) []byte {
		return func(f []byte) []byte { return f[:n] }
	}
	more := func(s string) func([]byte) []byte {
		return func(f []byte) []byte { return append(f, s...) }
	}
	partial := func(f []byte) []byte { // the checksum that Linux leaves to the network card
		n := len(f) - 34
		p := datagram{source: netip.AddrFrom4([4]byte(f[26:])), destination: netip.AddrFrom4([4]byte(f[30:])), protocol: 6}
		binary.BigEndian.PutUint16(f[50:], fold(p.pseudo(n)))
		return f
	}
	for _, c := range []struct {
		frame               string
		change              func([]byte) []byte
		layer, field, value string
	}{
		{"syn", put(22, 63), "IPv4", "header checksum", "0x266d [wrong, should be 0x276d]"},
		{"syn", put(50, 0, 0), "TCP", "checksum", "0x0000 [wrong, should be 0x7e4e]"},
		{"syn", partial, "TCP", "checksum", "0x1431 [partial: covers only the pseudo-header, as with checksum offload]"},
		{"urgent", cut(55), "TCP", "checksum", "0x19cb [not verified: the frame is truncated]"},
		{"urgent", cut(55), "IPv4", "total length", "43 bytes [only 41 present]"},
		{"syn", put(14, 0x65), "malformed", "IPv4", "version is 6"},
		{"syn", put(14, 0x44), "malformed", "IPv4", "header length is 16 bytes, less than 20"},
		{"syn", put(16, 0, 19), "malformed", "IPv4", "total length is 19 bytes, less than the header's 20"},
		{"syn", put(16, 0, 0), "IPv4", "total length", "0 [60 assumed, up to the end]"},
		{"syn", put(46, 0x40), "malformed", "TCP", "header length is 16 bytes, less than 20"},
		{"syn", put(55, 50), "TCP", "option", "2 [malformed: length does not fit]"},
		{"syn", put(23, 200), "data", "length", "40 bytes"},
		{"syn", put(23, 200), "IPv4", "protocol", "200"},
		{"syn", put(12, 0, 30), "Ethernet", "length", "30 bytes"},
		{"syn", put(12, 0, 30), "data", "length", "30 bytes"},
		{"tcp6", put(14, 0x45), "malformed", "IPv6", "version is 4"},
		{"tcp6", put(20, 0), "truncated", "IPv6 hop-by-hop options", "20 bytes, at least 520 needed"},
		{"udp", put(40, 0, 0), "UDP", "checksum", "0x0000 [none: the sender left it out]"},
		{"udp", put(38, 0, 7), "malformed", "UDP", "length is 7 bytes, less than the header's 8"},
		{"udp", put(38, 0, 40), "UDP", "length", "40 bytes [only 18 present]"},
		{"udp", put(38, 0, 40), "UDP", "checksum", "0x546d [not verified: the length exceeds IP's payload]"},
		{"udp", put(38, 0, 10), "UDP", "surplus", "8 bytes of IP's payload after the datagram"},
		{"udp", more("\x00\x00"), "Ethernet", "padding", "2 bytes: zeros"},
		{"syn", more("\x00mark"), "Ethernet", "trailer", `5 bytes: \x00mark`},
		{"arp", cut(41), "truncated", "ARP", "27 bytes, at least 28 needed"},
		{"arp", put(20, 0, 9), "ARP", "operation", "9"},
		{"vlan", cut(16), "truncated", "VLAN tag", "2 bytes, at least 4 needed"},
		{"error", put(42, 0x55), "malformed", "quoted IPv4", "version is 5"},
		{"error", put(34, 5, 1), "ICMP", "gateway internet address", "0.0.5.120"},
		{"error", put(34, 42, 7), "ICMP", "type", "42"},
		{"group", put(45, 3), "truncated", "group record", "0 bytes, at least 8 needed"},
		{"query", put(46, 0, 2), "truncated", "DNS question 2 of 2", "ends too early"},
		{"query", put(54, 0xc0, 12), "malformed", "DNS question 1 of 1", "compression pointer does not point backward"},
		{"query", put(54, 0x80), "malformed", "DNS question 1 of 1", "label of a reserved kind"},
		{"query", put(57, '.'), "DNS", "question", `fl\.sk.example A IN`},
		{"reply", put(98, 0x80), "DNS", "answer", "flask.example CNAME IN, TTL 300 s: 13 bytes [malformed: label of a reserved kind]"},
		{"reply", put(98, 13), "DNS", "answer", "flask.example CNAME IN, TTL 300 s: 13 bytes [malformed: ends too early]"},
		{"reply", put(98, 0x80), "DNS", "additional", ". OPT, UDP payload size 1232 bytes, 0 bytes of options"},
		{"reply", put(96, 0, 0), "DNS", "answer", "flask.example CNAME IN, TTL 300 s: 0 bytes"},
		{"reply", put(60, 200), "malformed", "DNS question 1 of 1", "compression pointer does not point backward"},
	} {
		frame := c.change(bytes.Clone(frames(t)[c.frame]))
		ls := Frame(frame)
		if got := value(ls, c.layer, c.field); got != c.value {
			t.Errorf("%s: %s %s is %q, want %q, in\n%s", c.frame, c.layer, c.field, got, c.value, text(ls))
		}
		if err := check(frame, ls); err != nil {
			t.Errorf("%s: %v", c.frame, err)
		}
	}
}

// TestPointer: a name continues where its pointer leads; the next field comes after the
// pointer.
func TestPointer(t *testing.T) {
	message := []byte("\x00\x03com\x00\x03www\x07example\xc0\x01rest")
	h := (&dissection{frame: message}).header("DNS", 0, len(message))
	h.next = 6
	if name := h.domain(); name != "www.example.com" || h.next != 20 || h.problem != (problem{}) {
		t.Errorf("%q, %d, %v", name, h.next, h.problem)
	}
	// A loop: each round adds a label.
	h = (&dissection{frame: []byte("\x01a\xc0\x00")}).header("DNS", 0, 4)
	if h.domain(); h.problem.text != "name is longer than 255 bytes" {
		t.Errorf("a loop: %v", h.problem)
	}
}

// TestZeroChecksum: UDP writes the complement of a checksum of zero (RFC 768).
func TestZeroChecksum(t *testing.T) {
	for n := range 0x10000 {
		frame := build(t, eth(layers.EthernetTypeIPv4), ip4(layers.IPProtocolUDP), udp(1, uint16(n)), gopacket.Payload("x"))
		if binary.BigEndian.Uint16(frame[40:]) != 0 {
			continue
		}
		frame[40], frame[41] = 0xff, 0xff
		if got := value(Frame(frame), "UDP", "checksum"); got != "0xffff [correct]" {
			t.Error(got)
		}
		frame[40], frame[41] = 0x12, 0x34
		if got := value(Frame(frame), "UDP", "checksum"); got != "0x1234 [wrong, should be 0xffff]" {
			t.Error(got)
		}
		return
	}
	t.Error("no port gives a checksum of zero")
}

// TestBounded: long header sections are cut, and the missing part is counted.
func TestBounded(t *testing.T) {
	head := "GET /" + strings.Repeat("a", 300) + " HTTP/1.1\r\n"
	for i := range 60 {
		head += fmt.Sprintf("X-%d: %d\r\n", i, i)
	}
	frame := build(t, eth(layers.EthernetTypeIPv4), ip4(layers.IPProtocolTCP), tcp(), gopacket.Payload(head+"\r\n"))
	ls := Frame(frame)
	if got := value(ls, "HTTP", "request line"); got != "GET /"+strings.Repeat("a", 195)+"… (114 more bytes)" {
		t.Error(got)
	}
	if got := value(ls, "HTTP", "X-38") + value(ls, "HTTP", "X-39") + " " + value(ls, "HTTP", "not shown"); got != "38none 21 more lines" {
		t.Error(got)
	}
	if err := check(frame, ls); err != nil {
		t.Error(err)
	}
}
