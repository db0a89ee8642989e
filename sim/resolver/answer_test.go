package resolver

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// two is the directory of db, which is on both networks:
//
//	web ── mynet ── db ── other
func two() *Directory {
	at := func(list ...string) (addresses []netip.Addr) {
		for _, a := range list {
			addresses = append(addresses, netip.MustParseAddr(a))
		}
		return addresses
	}
	return &Directory{Networks: []Network{
		{Name: "mynet", Hosts: []Host{
			{Name: "web", Aliases: []string{"www", "frontend", "b00db8f582d7"}, Addresses: at("172.28.0.2", "fd00::2")},
			{Name: "db", Aliases: []string{"www"}, Addresses: at("172.28.0.3")},
		}},
		{Name: "other", Hosts: []Host{{Name: "db", Aliases: []string{"second", "a.b"}, Addresses: at("172.18.0.2")}}},
	}}
}

// ask returns a query.
func ask(t testing.TB, name string, of dnsmessage.Type, more ...dnsmessage.Resource) []byte {
	t.Helper()
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 77, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name + "."), Type: of, Class: dnsmessage.ClassINET}}, Additionals: more,
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unshuffled(int, func(i, j int)) {}

// print shows the addresses and names of a reply.
func print(t *testing.T, r Result) string {
	t.Helper()
	if r.Forward || r.Reply == nil {
		return fmt.Sprintf("forward %v", r.Forward)
	}
	var m dnsmessage.Message
	if err := m.Unpack(r.Reply); err != nil {
		t.Fatal(err)
	}
	if !m.Response || !m.RecursionAvailable || m.ID != 77 || m.Authoritative || len(m.Questions) != 1 {
		t.Errorf("%+v", m)
	}
	var list []string
	for _, a := range m.Answers {
		if a.Header.TTL != ttl || a.Header.Name != m.Questions[0].Name {
			t.Errorf("%+v", a)
		}
		switch body := a.Body.(type) {
		case *dnsmessage.AResource:
			list = append(list, netip.AddrFrom4(body.A).String())
		case *dnsmessage.AAAAResource:
			list = append(list, netip.AddrFrom16(body.AAAA).String())
		case *dnsmessage.PTRResource:
			list = append(list, body.PTR.String())
		}
	}
	return strings.Join(list, " ")
}

// TestAnswer: the answers are those of Engines 20.10.24 and 29.7.2, which were asked the same.
func TestAnswer(t *testing.T) {
	const a, aaaa, ptr = dnsmessage.TypeA, dnsmessage.TypeAAAA, dnsmessage.TypePTR
	for _, c := range []struct {
		name string
		of   dnsmessage.Type
		want string
	}{
		{"web", a, "172.28.0.2"},
		{"WEB", a, "172.28.0.2"},
		{"frontend", a, "172.28.0.2"},
		{"b00db8f582d7", a, "172.28.0.2"},
		{"www", a, "172.28.0.2 172.28.0.3"},
		{"web.mynet", a, "172.28.0.2"},
		{"web.MYNET", a, "forward true"},
		{"web.other", a, "forward true"},
		{"db", a, "172.28.0.3"}, // the first network decides
		{"db.other", a, "172.18.0.2"},
		{"second", a, "172.18.0.2"},
		{"second.mynet", a, "forward true"},
		{"a.b", a, "172.18.0.2"},
		{"a.b.other", a, "172.18.0.2"},
		{"b.other", a, "forward true"},
		{"mynet", a, "forward true"},
		{"www.example.com", a, "forward true"},
		{"web", aaaa, "fd00::2"},
		{"db", aaaa, ""},
		{"nosuch", aaaa, "forward true"},
		{"web", dnsmessage.TypeMX, ""},
		{"nosuch", dnsmessage.TypeMX, "forward true"},
		{"web", dnsmessage.TypeTXT, "forward true"},
		{"2.0.28.172.in-addr.arpa", ptr, "web.mynet."},
		{"2.0.18.172.in-addr.arpa", ptr, "db.other."},
		{"1.0.28.172.in-addr.arpa", ptr, "forward true"},
		{"02.0.28.172.in-addr.arpa", ptr, "forward true"},
		{"web", ptr, "forward true"},
		{strings.TrimSuffix(Pointer(netip.MustParseAddr("fd00::2")), "."), ptr, "web.mynet."},
		{"2.0.ip6.arpa", ptr, "forward true"},
	} {
		if got := print(t, two().Answer(ask(t, c.name, c.of), UDP, unshuffled)); got != c.want {
			t.Errorf("%s %s: %q, not %q", c.name, c.of, got, c.want)
		}
	}
}

// TestBytes: the flags and the length are the engine's, byte by byte.
func TestBytes(t *testing.T) {
	want := "\x00\x4d\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03web\x00\x00\x01\x00\x01\x03web\x00\x00\x01\x00\x01\x00\x00\x02X\x00\x04\xac\x1c\x00\x02"
	if got := two().Answer(ask(t, "web", dnsmessage.TypeA), UDP, unshuffled).Reply; string(got) != want {
		t.Errorf("%q", got)
	}
	want = "\x00\x4d\x81\x02\x00\x01\x00\x00\x00\x00\x00\x00\x06nosuch\x00\x00\x01\x00\x01"
	if got := Failure(ask(t, "nosuch", dnsmessage.TypeA)); string(got) != want {
		t.Errorf("%q", got)
	}
}

// TestShuffle: the order of several addresses is left to the caller.
func TestShuffle(t *testing.T) {
	swap := func(n int, swap func(i, j int)) { swap(0, n-1) }
	if got := print(t, two().Answer(ask(t, "www", dnsmessage.TypeA), UDP, swap)); got != "172.28.0.3 172.28.0.2" {
		t.Errorf("%q", got)
	}
}

// TestTruncated: what does not fit into a datagram is left out, and the reply says so. A client
// that accepts more, or that uses TCP, gets all.
func TestTruncated(t *testing.T) {
	d := &Directory{Networks: []Network{{Name: "many"}}}
	for i := range 100 {
		d.Networks[0].Hosts = append(d.Networks[0].Hosts, Host{Name: "all", Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})}})
	}
	edns := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName("."), Type: dnsmessage.TypeOPT, Class: 1232}, Body: &dnsmessage.OPTResource{}}
	other := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName("."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}, Body: &dnsmessage.AResource{}}
	for _, c := range []struct {
		query []byte
		by    Transport
		count int
	}{
		{ask(t, "all", dnsmessage.TypeA), UDP, 25},
		{ask(t, "all", dnsmessage.TypeA, other, edns), UDP, 63},
		{ask(t, "all", dnsmessage.TypeA), TCP, 100},
	} {
		var m dnsmessage.Message
		if err := m.Unpack(d.Answer(c.query, c.by, unshuffled).Reply); err != nil {
			t.Fatal(err)
		}
		if len(m.Answers) != c.count || m.Truncated != (c.count < 100) {
			t.Errorf("%d answers, truncated %v; want %d", len(m.Answers), m.Truncated, c.count)
		}
	}
}

// TestNoQuery: what is not a query with one question gets no reply.
func TestNoQuery(t *testing.T) {
	response := ask(t, "web", dnsmessage.TypeA)
	response[2] |= 0x80
	update := ask(t, "web", dnsmessage.TypeA)
	update[2] |= 0x28
	none := bytes.Clone(response[:12])
	none[2], none[5] = 1, 0
	for _, m := range [][]byte{nil, []byte("hello"), response, update, none, ask(t, "web", dnsmessage.TypeA)[:14]} {
		if r := two().Answer(m, UDP, unshuffled); r.Forward || r.Reply != nil {
			t.Errorf("%q: %+v", m, r)
		}
		if r := Failure(m); r != nil {
			t.Errorf("%q: %q", m, r)
		}
	}
}

// FuzzAnswer: no message makes the server fail, and every reply is one to the query.
func FuzzAnswer(f *testing.F) {
	for _, name := range []string{"web", "www.mynet", "a.b.other", "2.0.28.172.in-addr.arpa", "2.0.ip6.arpa"} {
		for _, of := range []dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA, dnsmessage.TypeMX, dnsmessage.TypePTR} {
			f.Add(ask(f, name, of))
		}
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		r := two().Answer(message, UDP, unshuffled)
		if r.Reply == nil {
			return
		}
		var q dnsmessage.Parser
		asked, err := q.Start(message)
		if err != nil {
			t.Fatalf("a reply to no message: %q", r.Reply)
		}
		question, _ := q.Question()
		var m dnsmessage.Message
		if err := m.Unpack(r.Reply); err != nil || m.ID != asked.ID || len(m.Questions) != 1 || m.Questions[0] != question || r.Forward {
			t.Errorf("%q: %q, %v", message, r.Reply, err)
		}
	})
}
