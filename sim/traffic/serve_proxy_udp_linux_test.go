package traffic

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// TestSessionEnds: a session without answers ends after a while, and the client's next
// datagram opens another one.
func TestSessionEnds(t *testing.T) {
	ns := labtest.Loopback(t)
	at := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port) }
	server, err := ServeUDP(t.Context(), ns, at(5353), Text("pong"))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	sessions := make(chan Ends, 2)
	p, err := serveUDPProxy(t.Context(), ns, at(53), at(5353), false, 20*time.Millisecond, func(_, server Ends) { sessions <- server })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if got, _, err := Exchange(ctx, ns, DatagramRequest{Socket: Socket{SourcePort: 40000}, To: at(53), Payload: "ping"}); len(got) != 1 || got[0] != "pong" {
			t.Errorf("%q, %v", got, err)
		}
		cancel()
		for limit := time.Now().Add(5 * time.Second); open(p) > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatal("the session does not end")
			}
		}
	}
	if a, b := <-sessions, <-sessions; a == b {
		t.Errorf("both sessions are %v", a)
	}
}

func open(p *udpProxy) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.sessions)
}

// TestKeptAddress: a client that checks where an answer comes from gets one from 127.0.0.2 only
// if the proxy keeps the address; the kernel would choose 127.0.0.1.
func TestKeptAddress(t *testing.T) {
	ns := labtest.Loopback(t)
	at := func(address string, port uint16) netip.AddrPort {
		return netip.AddrPortFrom(netip.MustParseAddr(address), port)
	}
	server, err := ServeUDP(t.Context(), ns, at("127.0.0.1", 5353), Text("pong"))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for port, keep := range map[uint16]bool{53: true, 54: false} {
		p, err := ServeUDPProxy(t.Context(), ns, at("0.0.0.0", port), at("127.0.0.1", 5353), keep, func(_, _ Ends) {})
		if err != nil {
			t.Fatal(err)
		}
		wait := 5 * time.Second
		if !keep {
			wait = 200 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		got, _, err := Exchange(ctx, ns, DatagramRequest{To: at("127.0.0.2", port), Payload: "ping"})
		cancel()
		if (len(got) == 1) != keep {
			t.Errorf("keep %t: %q, %v", keep, got, err)
		}
		p.Close()
	}
}
