package traffic_test

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/sim/traffic"
)

// upstreams serves UDP at port 53 of loopback addresses of a namespace.
func upstreams(t *testing.T, ns *netns.Namespace, answers map[string]traffic.Answer) {
	t.Helper()
	for at, answer := range answers {
		s, err := traffic.ServeUDP(t.Context(), ns, netip.AddrPortFrom(netip.MustParseAddr(at), 53), answer)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
	}
}

// code answers with a response code.
func code(n byte) traffic.Answer {
	return func(q []byte) []byte { return append([]byte{q[0], q[1], 0x80, n}, q[4:]...) }
}

const dnsQuery = "\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"

// TestServeDNS: the server answers what it knows, and passes on what others answer. A failure
// of one of them makes it ask the next.
func TestServeDNS(t *testing.T) {
	ns := labtest.Loopback(t)
	upstreams(t, ns, map[string]traffic.Answer{
		"127.0.0.2": code(2), "127.0.0.3": code(5), "127.0.0.4": code(3), "127.0.0.5": code(0),
		"127.0.0.6": func([]byte) []byte { return []byte("short") },
		"127.0.0.7": func(q []byte) []byte { return append([]byte{q[0], q[1] + 1}, q[2:]...) }, // of another query
	})
	at := netip.MustParseAddrPort("127.0.0.1:5300")
	for _, c := range []struct {
		servers string
		forward bool
		want    string // the response code, or "none", "own", "failure"
	}{
		{"127.0.0.5", false, "own"},
		{"127.0.0.5", true, "\x00"},
		{"127.0.0.4 127.0.0.5", true, "\x03"},
		{"127.0.0.2 127.0.0.3 127.0.0.5", true, "\x00"},
		{"127.0.0.9 127.0.0.5", true, "\x00"}, // nobody listens there
		{"127.0.0.2 127.0.0.3", true, "\x05"},
		{"127.0.0.2 127.0.0.3 127.0.0.2 127.0.0.5", true, "\x02"}, // only three are asked
		{"127.0.0.9", true, "failure"},
		{"", true, "failure"},
	} {
		d := traffic.DNS{
			Answer:  func([]byte, bool) ([]byte, bool) { return []byte("own"), c.forward },
			Failure: func([]byte) []byte { return []byte("failure") },
		}
		for s := range strings.FieldsSeq(c.servers) {
			d.Servers = append(d.Servers, traffic.NameServer{From: ns, Address: netip.MustParseAddr(s)})
		}
		server, err := traffic.ServeDNS(t.Context(), ns, at, d)
		if err != nil {
			t.Fatal(err)
		}
		answers, _, err := traffic.Exchange(t.Context(), ns, traffic.DatagramRequest{To: at, Payload: dnsQuery})
		if err != nil || len(answers) != 1 || answers[0] != c.want && answers[0][3:4] != c.want {
			t.Errorf("%q: %q, %v; want %q", c.servers, answers, err, c.want)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	// A server that never replies does not delay the end.
	silent := traffic.DNS{Answer: func([]byte, bool) ([]byte, bool) { return nil, true }}
	for _, s := range []string{"127.0.0.6", "127.0.0.7"} {
		silent.Servers = append(silent.Servers, traffic.NameServer{From: ns, Address: netip.MustParseAddr(s)})
	}
	server, err := traffic.ServeDNS(t.Context(), ns, at, silent)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if answers, _, err := traffic.Exchange(ctx, ns, traffic.DatagramRequest{To: at, Payload: dnsQuery}); err == nil {
		t.Errorf("%q", answers)
	}
	began := time.Now()
	if err := server.Close(); err != nil || time.Since(began) > 3*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

// TestServeDNSStream: over TCP, a connection carries any number of queries, and the others are
// asked over TCP, too.
func TestServeDNSStream(t *testing.T) {
	ns := labtest.Loopback(t)
	serve := func(at string, d traffic.DNS) {
		s, err := traffic.ServeDNSStream(t.Context(), ns, netip.MustParseAddrPort(at), d)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	serve("127.0.0.2:53", traffic.DNS{Answer: func(q []byte, stream bool) ([]byte, bool) {
		return append(q[:3:3], 0, 'u', 'p', 0, 0, 0, 0, 0, 0, 0), false
	}})
	serve("127.0.0.1:5300", traffic.DNS{
		Answer: func(q []byte, stream bool) ([]byte, bool) {
			if !stream {
				t.Error("it came over TCP")
			}
			return []byte("own"), q[1] == 8
		},
		Servers: []traffic.NameServer{{From: ns, Address: netip.MustParseAddr("127.0.0.9")}, {From: ns, Address: netip.MustParseAddr("127.0.0.2")}},
	})
	var conn net.Conn
	labtest.Do(t, ns, func() (err error) {
		conn, err = net.Dial("tcp4", "127.0.0.1:5300")
		return err
	})
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	for _, c := range []struct{ query, want string }{
		{dnsQuery, "\x00\x03own"}, {strings.Replace(dnsQuery, "\x07", "\x08", 1), "\x00\x0d\x00\x08\x01\x00up\x00\x00\x00\x00\x00\x00\x00"},
	} {
		if _, err := conn.Write([]byte("\x00\x0c" + c.query)); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, len(c.want))
		if _, err := io.ReadFull(conn, b); err != nil || string(b) != c.want {
			t.Errorf("%q, %v; want %q", b, err, c.want)
		}
	}
}
