package traffic

import (
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// question packs a DNS question.
func question(t testing.TB, host string, kind dnsmessage.Type) []byte {
	t.Helper()
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 77, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(host), Type: kind, Class: dnsmessage.ClassINET}},
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// An existing name has all its addresses and none of another type. Datagrams that are
// not questions get no answer.
func TestNames(t *testing.T) {
	answer := Names(func(host string) []netip.Addr {
		if host != "db" {
			return nil
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")}
	})
	for _, c := range []struct {
		host    string
		kind    dnsmessage.Type
		code    dnsmessage.RCode
		answers int
	}{
		{"db.", dnsmessage.TypeA, dnsmessage.RCodeSuccess, 2},
		{"db.", dnsmessage.TypeAAAA, dnsmessage.RCodeSuccess, 0},
		{"web.", dnsmessage.TypeA, dnsmessage.RCodeNameError, 0},
		{".", dnsmessage.TypeA, dnsmessage.RCodeNameError, 0},
	} {
		var m dnsmessage.Message
		if err := m.Unpack(answer(question(t, c.host, c.kind))); err != nil {
			t.Fatal(err)
		}
		if m.ID != 77 || !m.Response || !m.Authoritative || m.RCode != c.code || len(m.Answers) != c.answers {
			t.Errorf("%s %s: %s", c.host, c.kind, m.GoString())
		}
	}
	reply := answer(question(t, "db.", dnsmessage.TypeA))
	if a, err := dnsAddress(reply); err != nil || a.String() != "10.0.0.1" {
		t.Errorf("%v, %v", a, err)
	}
	for _, b := range [][]byte{nil, []byte("hello"), reply, reply[:20]} {
		if got := answer(b); got != nil {
			t.Errorf("%q was answered by %q", b, got)
		}
	}
}

// An echo request has a correct checksum, and only its own reply answers it.
func TestEcho(t *testing.T) {
	b := echoRequest(false, 7, 2, echoPayload)
	for _, b := range [][]byte{b, echoRequest(false, 7, 3, 0), echoRequest(false, 7, 4, 1), echoRequest(false, 7, 5, 3001), echoRequest(false, 65535, 6, 65000)} {
		var sum uint32
		for i, octet := range b {
			sum += uint32(octet) << (8 * (1 - i%2))
		}
		for sum > 0xffff {
			sum = sum&0xffff + sum>>16
		}
		if sum != 0xffff {
			t.Errorf("%d bytes that add up to %#x", len(b), sum)
		}
	}
	if len(b) != 64 {
		t.Errorf("%d bytes", len(b))
	}
	if isEchoReply(false, b, 7, 2) {
		t.Error("a request is taken for a reply")
	}
	b[0] = 0
	if !isEchoReply(false, b, 7, 2) || isEchoReply(false, b, 7, 3) || isEchoReply(false, b, 8, 2) || isEchoReply(false, b[:7], 7, 2) {
		t.Error("identifier, number and length are not compared")
	}
}
