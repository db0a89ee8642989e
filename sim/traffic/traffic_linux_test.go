package traffic_test

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/sim/traffic"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

var (
	local    = netip.MustParseAddr("127.0.0.1")
	resolver = netip.MustParseAddr("127.0.0.53")
)

// running fails the test if a server did not start, and closes the server at the end.
func running(t testing.TB) func(io.Closer, error) {
	t.Helper()
	return func(server io.Closer, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func port(n uint16) netip.AddrPort { return netip.AddrPortFrom(local, n) }

// names starts a DNS server that knows one name.
func names(t testing.TB, ns *netns.Namespace) {
	t.Helper()
	running(t)(traffic.ServeUDP(t.Context(), ns, netip.AddrPortFrom(resolver, 53), traffic.Names(func(host string) []netip.Addr {
		if host == "www.example.com" {
			return []netip.Addr{local}
		}
		return nil
	})))
}

// A page can be fetched by address and by name, but only within the namespace.
func TestGet(t *testing.T) {
	ns := labtest.Loopback(t)
	names(t, ns)
	running(t)(traffic.ServeHTTP(t.Context(), ns, port(80), "Hello"))
	for _, r := range []traffic.PageRequest{
		{URL: "http://127.0.0.1/"},
		{URL: "http://127.0.0.1:80/a/b?c", Socket: traffic.Socket{SourcePort: 40000}},
		{URL: "http://www.example.com/", Servers: []netip.Addr{resolver}},
	} {
		page, err := traffic.Get(t.Context(), ns, r)
		if want := (traffic.Page{Status: 200, Body: "Hello"}); err != nil || page != want {
			t.Errorf("%s: %+v, %v", r.URL, page, err)
		}
	}
	for _, c := range []struct {
		request traffic.PageRequest
		want    string
	}{
		{traffic.PageRequest{URL: "http://www.example.com/"}, "resolve www.example.com: there is no name server to ask"},
		{traffic.PageRequest{URL: "http://example.org/", Servers: []netip.Addr{resolver}}, "resolve example.org: there is no such name"},
		{traffic.PageRequest{URL: "http://127.0.0.1:81/"}, "dial tcp4 127.0.0.1:81: connect: connection refused"},
		{traffic.PageRequest{URL: "http://192.0.2.1/"}, "dial tcp4 192.0.2.1:80: connect: network is unreachable"},
	} {
		if _, err := traffic.Get(t.Context(), ns, c.request); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.request.URL, err, c.want)
		}
	}
	if _, err := traffic.Get(t.Context(), labtest.Loopback(t), traffic.PageRequest{URL: "http://127.0.0.1/"}); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("in another namespace: %v", err)
	}
}

// A datagram is answered or refused, or Exchange waits until the context ends.
func TestExchange(t *testing.T) {
	ns := labtest.Loopback(t)
	running(t)(traffic.ServeUDP(t.Context(), ns, port(7), traffic.Text("pong")))
	running(t)(traffic.ServeUDP(t.Context(), ns, port(9), func([]byte) []byte { return nil }))
	if got, _, err := traffic.Exchange(t.Context(), ns, traffic.DatagramRequest{Socket: traffic.Socket{SourcePort: 40000}, To: port(7), Payload: "ping"}); !slices.Equal(got, []string{"pong"}) || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, _, err := traffic.Exchange(t.Context(), ns, traffic.DatagramRequest{To: port(8), Payload: "ping"}); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("where nobody listens: %v", err)
	}
	// A refusal does not keep the next datagram from being sent.
	if got, sent, err := traffic.Exchange(t.Context(), ns, traffic.DatagramRequest{To: port(8), Payload: "ping", Count: 5, Interval: time.Millisecond}); len(got) > 0 || sent != 5 || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("several where nobody listens: %q, %d sent, %v", got, sent, err)
	}
	if got, sent, err := traffic.Exchange(t.Context(), ns, traffic.DatagramRequest{To: port(7), Payload: strings.Repeat("x", 65507), Count: 3}); !slices.Equal(got, []string{"pong", "pong", "pong"}) || sent != 3 || err != nil {
		t.Errorf("several: %q, %d sent, %v", got, sent, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := traffic.Exchange(ctx, ns, traffic.DatagramRequest{To: port(9), Payload: "ping"}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("without an answer: %v", err)
	}
}

// The kernel answers echo requests; none can be sent to an address without a route.
func TestPing(t *testing.T) {
	ns := labtest.Loopback(t)
	p, err := traffic.NewPinger(t.Context(), ns, traffic.Socket{}, local)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	began := time.Now()
	sent, replies, err := p.Ping(t.Context(), traffic.EchoRequest{To: local, ID: 7, Count: 3, Size: 100})
	took := time.Since(began)
	if sent != 3 || len(replies) != 3 || err != nil {
		t.Fatalf("%d sent, %d answered, %v", sent, len(replies), err)
	}
	for i, r := range replies {
		if took -= r.RoundTrip; r.RoundTrip <= 0 || took < 0 {
			t.Errorf("reply %d took %s, which leaves %s", i, r.RoundTrip, took)
		}
		r.RoundTrip = 0
		if want := (traffic.EchoReply{From: local, Sequence: uint16(i + 1), Bytes: 108, TTL: 64}); r != want {
			t.Errorf("reply %d: %+v, want %+v", i, r, want)
		}
	}
	if sent, _, err := p.Ping(t.Context(), traffic.EchoRequest{To: netip.MustParseAddr("192.0.2.1"), ID: 7, Count: 3}); sent != 0 || !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("without a route: %d sent, %v", sent, err)
	}
}

// Everything works over IPv6, too.
func TestIPv6(t *testing.T) {
	ns := labtest.Loopback(t)
	six := netip.IPv6Loopback()
	at := func(n uint16) netip.AddrPort { return netip.AddrPortFrom(six, n) }
	running(t)(traffic.ServeHTTP(t.Context(), ns, netip.AddrPortFrom(netip.IPv6Unspecified(), 80), "Hello"))
	running(t)(traffic.ServeUDP(t.Context(), ns, at(53), traffic.Names(func(string) []netip.Addr { return []netip.Addr{six} })))
	for url, servers := range map[string][]netip.Addr{"http://[::1]/": nil, "http://127.0.0.1/": nil, "http://www.example.com/": {six}} {
		page, err := traffic.Get(t.Context(), ns, traffic.PageRequest{URL: url, Servers: servers, Socket: traffic.Socket{TTL: 9}})
		if want := (traffic.Page{Status: 200, Body: "Hello"}); err != nil || page != want {
			t.Errorf("%s: %+v, %v", url, page, err)
		}
	}
	joined := make(chan [2]traffic.Ends, 3)
	note := func(client, server traffic.Ends) { joined <- [2]traffic.Ends{client, server} }
	running(t)(traffic.ServeProxy(t.Context(), ns, netip.AddrPortFrom(netip.IPv6Unspecified(), 81), port(80), note)) // from IPv6 to IPv4
	running(t)(traffic.ServeProxy(t.Context(), ns, netip.AddrPortFrom(netip.IPv4Unspecified(), 81), at(80), note))   // its port is free in IPv4
	running(t)(traffic.ServeUDP(t.Context(), ns, at(7), traffic.Text("pong")))
	running(t)(traffic.ServeUDPProxy(t.Context(), ns, at(8), at(7), true, note))
	for _, to := range []string{"http://[::1]:81/", "http://127.0.0.1:81/"} {
		if page, err := traffic.Get(t.Context(), ns, traffic.PageRequest{URL: to}); err != nil || page.Body != "Hello" {
			t.Errorf("%s: %+v, %v", to, page, err)
		}
	}
	if got, _, err := traffic.Exchange(t.Context(), ns, traffic.DatagramRequest{Socket: traffic.Socket{Source: six, SourcePort: 40000}, To: at(8), Payload: "ping"}); !slices.Equal(got, []string{"pong"}) || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, want := range [][2]netip.AddrPort{{at(81), port(80)}, {port(81), at(80)}, {at(8), at(7)}} {
		if both := <-joined; both[0][1] != want[0] || both[1][1] != want[1] {
			t.Errorf("joined %v", both)
		}
	}
	p, err := traffic.NewPinger(t.Context(), ns, traffic.Socket{}, six)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	sent, replies, err := p.Ping(t.Context(), traffic.EchoRequest{To: six, ID: 7, Count: 2, Size: 100})
	if sent != 2 || len(replies) != 2 || err != nil || replies[1].TTL != 64 || replies[1].Bytes != 108 {
		t.Errorf("%d sent, %+v, %v", sent, replies, err)
	}
}

// The proxy forwards connections and reports which belong together. If its target does
// not listen, the client's connection ends.
func TestProxy(t *testing.T) {
	ns := labtest.Loopback(t)
	running(t)(traffic.ServeHTTP(t.Context(), ns, port(5000), "Hello"))
	joined := make(chan [2]traffic.Ends, 1)
	running(t)(traffic.ServeProxy(t.Context(), ns, port(80), port(5000), func(client, server traffic.Ends) {
		joined <- [2]traffic.Ends{client, server}
	}))
	running(t)(traffic.ServeProxy(t.Context(), ns, port(81), port(5001), func(client, server traffic.Ends) {
		t.Errorf("%v joined with %v", client, server)
	}))
	page, err := traffic.Get(t.Context(), ns, traffic.PageRequest{URL: "http://127.0.0.1/", Socket: traffic.Socket{SourcePort: 40000}})
	if err != nil || page.Body != "Hello" {
		t.Fatalf("%+v, %v", page, err)
	}
	both := <-joined
	client, server := both[0], both[1]
	if client != (traffic.Ends{port(40000), port(80)}) || server[1] != port(5000) || server[0].Addr() != local {
		t.Errorf("joined %v with %v", client, server)
	}
	if page, err := traffic.Get(t.Context(), ns, traffic.PageRequest{URL: "http://127.0.0.1:81/"}); err == nil {
		t.Errorf("from nobody: %+v", page)
	}
}

// Closing a server releases its port for the next one.
func TestClose(t *testing.T) {
	ns := labtest.Loopback(t)
	for range 3 {
		for name, start := range map[string]func() (io.Closer, error){
			"http":  func() (io.Closer, error) { return traffic.ServeHTTP(t.Context(), ns, port(80), "") },
			"udp":   func() (io.Closer, error) { return traffic.ServeUDP(t.Context(), ns, port(80), traffic.Text("")) },
			"proxy": func() (io.Closer, error) { return traffic.ServeProxy(t.Context(), ns, port(80), port(1), nil) },
		} {
			server, err := start()
			if err == nil {
				err = server.Close()
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// While one client waits for an answer that never comes, others can use the namespace.
func TestWaitingBlocksNobody(t *testing.T) {
	ns := labtest.Loopback(t)
	running(t)(traffic.ServeUDP(t.Context(), ns, port(9), func([]byte) []byte { return nil }))
	running(t)(traffic.ServeHTTP(t.Context(), ns, port(80), "Hello"))
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		_, _, err := traffic.Exchange(ctx, ns, traffic.DatagramRequest{To: port(9), Payload: "ping"})
		waiting <- err
	}()
	for range 10 {
		if _, err := traffic.Get(t.Context(), ns, traffic.PageRequest{URL: "http://127.0.0.1/"}); err != nil {
			t.Error(err)
		}
	}
	select {
	case err := <-waiting:
		t.Errorf("it did not wait: %v", err)
	default:
	}
	cancel()
	if err := <-waiting; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("cancelled: %v", err)
	}
}
