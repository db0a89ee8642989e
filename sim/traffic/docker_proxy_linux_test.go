package traffic_test

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/sim/traffic"
)

// TestUDPProxy: the stand-in relays as docker-proxy does.
//
//	127.0.0.1:40000 ─┐                           ┌─ a socket per client ──▶ 127.0.0.1:5353
//	127.0.0.1:40001 ─┴─▶ 127.0.0.1:53   proxy  ──┘                         echo
func TestUDPProxy(t *testing.T) {
	t.Run("stand-in", func(t *testing.T) {
		testUDPProxy(t, func(t *testing.T, ns *netns.Namespace) {
			running(t)(traffic.ServeUDPProxy(t.Context(), ns, port(53), port(5353), false, func(client, server traffic.Ends) {
				if client[1] != port(53) || server[1] != port(5353) || client[0].Port() < 40000 || server[0].Addr() != local {
					t.Errorf("joined %v with %v", client, server)
				}
			}))
		})
	})
	t.Run("docker-proxy", func(t *testing.T) { testUDPProxy(t, dockerProxy) })
}

// dockerProxy starts the real one. It reports through file descriptor 3 that it listens.
func dockerProxy(t *testing.T, ns *netns.Namespace) {
	path := labtest.Peer(t, "docker-proxy")
	ready, done, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	cmd := exec.Command(path, "-proto", "udp", "-host-ip", "127.0.0.1", "-host-port", "53", "-container-ip", "127.0.0.1", "-container-port", "5353")
	cmd.ExtraFiles = []*os.File{done}
	labtest.Do(t, ns, cmd.Start)
	done.Close()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(ready).ReadString('\n'); line != "0\n" {
		t.Fatalf("docker-proxy: %q, %v", line, err)
	}
}

// datagram is one that the echo server received.
type datagram struct {
	from netip.AddrPort
	size int
}

func testUDPProxy(t *testing.T, start func(*testing.T, *netns.Namespace)) {
	const none = 200 * time.Millisecond // to wait for an answer that does not come
	ns := labtest.Loopback(t)
	start(t, ns)
	ask := func(from uint16, text string, wait time.Duration) string {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		answers, _, _ := traffic.Exchange(ctx, ns, traffic.DatagramRequest{Socket: traffic.Socket{SourcePort: from}, To: port(53), Payload: text})
		return strings.Join(answers, "")
	}
	if got := ask(40000, "before", none); got != "" {
		t.Errorf("where nobody listens: %q", got)
	}
	var got []datagram
	for d := range echoed(t, ns, func() {
		for _, text := range []string{"one", "two", strings.Repeat("x", 20_000)} {
			if got := ask(40000, text, 10*time.Second); got != text { // the first one in spite of the refusal
				t.Errorf("%d bytes are answered with %d", len(text), len(got))
			}
		}
		ask(40000, "", none)
		ask(40001, "three", 10*time.Second)
	}) {
		got = append(got, d)
	}
	if len(got) != 4 || got[0].size != 3 || got[1].size != 3 || got[2].size != 20_000 || got[3].size != 5 {
		t.Fatalf("the server received %v", got)
	}
	if a, b, c, other := got[0].from, got[1].from, got[2].from, got[3].from; a != b || b != c || c == other {
		t.Errorf("one client's datagrams come from %v, %v and %v, the other's from %v", a, b, c, other)
	}
}

// echoed runs f while a server on port 5353 sends datagrams back, and then returns what the
// server received.
func echoed(t *testing.T, ns *netns.Namespace, f func()) <-chan datagram {
	t.Helper()
	var conn *net.UDPConn
	labtest.Do(t, ns, func() (err error) {
		conn, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(port(5353)))
		return err
	})
	received := make(chan datagram, 100)
	go func() {
		defer close(received)
		b := make([]byte, 65536)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return // it was closed
			}
			received <- datagram{from, n}
			if _, err := conn.WriteToUDPAddrPort(b[:n], from); err != nil {
				t.Error(err)
			}
		}
	}()
	f()
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	return received
}
