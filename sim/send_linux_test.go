package sim_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/sim"
)

// TestSend: a request ends with an answer, or with the reason why there is none. For the
// topology see [topology].
func TestSend(t *testing.T) {
	lab := build(t, topology(t))
	for _, c := range []struct{ from, url, want string }{
		{"client", "http://192.168.52.203/", "200 Hello"},
		{"host", "http://172.17.0.2:5000/", "200 Hello"},
		{"host", "http://192.168.52.203/", "200 Hello"},
		{"client", "http://192.168.52.203:81/", "connection refused"},
		{"nobody", "http://192.168.52.203/", "there is no such node"},
		{"client", "http://%zz/", "invalid URL"},
	} {
		if got := lab.Send(t.Context(), sim.Request{From: c.from, URL: c.url}).String(); !strings.Contains(got, c.want) {
			t.Errorf("%s from %s: %q", c.url, c.from, got)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r := lab.Send(ctx, sim.Request{From: "client", URL: "http://192.168.52.99/"})
	if !errors.Is(r.Err, sim.ErrNoAnswer) {
		t.Errorf("nobody is there: %v", r.Err)
	}
}

// TestUnansweredPing: a timeout ends a ping, and the requests sent until then count. It makes
// no difference whether the socket's deadline or the context's passes first.
func TestUnansweredPing(t *testing.T) {
	lab := build(t, topology(t))
	for range 50 {
		r := sim.Request{From: "client", Ping: netip.MustParseAddr("192.168.52.99"), Count: 3, Timeout: 5 * time.Millisecond}
		if got := lab.Send(t.Context(), r).String(); got != "0 of 1 answered" {
			t.Fatalf("%q", got)
		}
	}
}

// TestPlainFrames: a long answer arrives in frames that fit the wire.
func TestPlainFrames(t *testing.T) {
	topo := topology(t)
	for i := range topo.Nodes {
		if topo.Nodes[i].Name == "flask" {
			topo.Nodes[i].Services[0].Body = strings.Repeat("x", 300_000)
		}
	}
	lab := build(t, topo)
	if r := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}); len(r.Body) != 300_000 {
		t.Fatal(r.Err, len(r.Body))
	}
	for node, dev := range map[string]string{"client": "eth0", "host": "docker0", "flask": "eth0"} {
		got := output(t, lab, node, "ip", "-s", "link", "show", dev)
		f := strings.Fields(got[strings.Index(got, "RX:"):])
		// RX: bytes packets … then the numbers.
		i := slices.IndexFunc(f, func(s string) bool { return s[0] >= '0' && s[0] <= '9' })
		if i < 0 {
			t.Fatal(got)
		}
		if node == "client" && len(f[i+1]) < 3 {
			t.Errorf("300 kB came in %s frames", f[i+1])
		}
	}
}
