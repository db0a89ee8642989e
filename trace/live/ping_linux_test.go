package live

import (
	"context"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/explain"
)

// TestPingReplies: a reply has the TTL with which it arrived, and a round-trip time that
// includes the whole way of request and reply, but not more than the ping took.
func TestPingReplies(t *testing.T) {
	s, err := scenarios.Load("egress-ping")
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	list, ping := tr.Answers[0].Replies, s.Traffic[0]
	if len(list) != ping.Count {
		t.Fatalf("%d replies: %+v", len(list), list)
	}
	var requests, replies []*trace.Journey
	for i := range tr.Journeys {
		switch j := &tr.Journeys[i]; j.Summary {
		case "ICMP echo request":
			requests = append(requests, j)
		case "ICMP echo reply":
			replies = append(replies, j)
		}
	}
	took := tr.Answers[0].Ended.Sub(tr.Answers[0].Began)
	for i, r := range list {
		last := replies[i].Hops[len(replies[i].Hops)-1]
		if way := last.Time.Sub(requests[i].Time()); r.RoundTrip < way || r.RoundTrip > took {
			t.Errorf("reply %d: %s, of which %s on the way; the ping took %s", i, r.RoundTrip, way, took)
		}
		took -= r.RoundTrip
		r.RoundTrip = 0
		if want := (trace.EchoReply{From: ping.Ping, Sequence: uint16(i + 1), Bytes: 64, TTL: last.Packet.TTL}); r != want {
			t.Errorf("reply %d: %+v, want %+v", i, r, want)
		}
	}
}

// TestPingPeer: replies are listed as ping lists them, whether they take microseconds or a
// tenth of a second. The server's kernel does not answer; the test does, after a while.
func TestPingPeer(t *testing.T) {
	path := labtest.Peer(t, "ping")
	s, err := scenarios.Parse("slow.yaml", []byte(`
name: slow
title: Slow
nodes:
  a: { role: client, interfaces: { eth0: { addresses: [10.0.0.1/24], link: b/eth0 } } }
  b: { role: server, interfaces: { eth0: { addresses: [10.0.0.2/24] } }, sysctls: { net.ipv4.icmp_echo_ignore_all: "1" } }
traffic: []
expect: [{ count: 0, packet: TCP SYN }]
`))
	if err != nil {
		t.Fatal(err)
	}
	session, err := Open(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var server net.PacketConn
	if err := session.Do("b", func() (err error) {
		server, err = new(net.ListenConfig).ListenPacket(t.Context(), "ip4:icmp", "10.0.0.2")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	delays := []time.Duration{0, 2 * time.Millisecond, 15 * time.Millisecond, 110 * time.Millisecond}
	done := make(chan struct{})
	go func() {
		defer close(done)
		respond(server, delays)
	}()
	defer func() {
		server.Close()
		<-done
	}()
	var out []byte
	if err := session.Do("a", func() (err error) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		out, err = exec.CommandContext(ctx, path, "-n", "-c", strconv.Itoa(len(delays)), "-i", "0.2", "10.0.0.2").CombinedOutput()
		return err
	}); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got trace.Answer
	var want []string
	for line := range strings.Lines(string(out)) {
		m := regexp.MustCompile(`^.* ttl=(\d+) time=(\S+) ms`).FindStringSubmatch(line)
		if m == nil {
			continue
		}
		want = append(want, strings.TrimSpace(line))
		ttl, err := strconv.ParseUint(m[1], 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		took, err := time.ParseDuration(m[2] + "ms")
		if err != nil {
			t.Fatal(err)
		}
		got.Replies = append(got.Replies, trace.EchoReply{From: s.Topology.Links[0].B.Addresses[0].Addr(), Sequence: uint16(len(want)), Bytes: 64, TTL: uint8(ttl), RoundTrip: took})
	}
	if len(want) != len(delays) {
		t.Fatalf("%d lines:\n%s", len(want), out)
	}
	for i, line := range explain.English().Replies(got, len(delays)) {
		if line != want[i] {
			t.Errorf("%q, and ping prints %q", line, want[i])
		}
	}
}

// respond answers echo requests, each after another delay, until the socket is closed.
func respond(server net.PacketConn, delays []time.Duration) {
	b := make([]byte, 1500)
	for i := 0; ; {
		n, from, err := server.ReadFrom(b)
		if err != nil {
			return
		}
		if b[0] != 8 {
			continue
		}
		time.Sleep(delays[i%len(delays)])
		i++
		b[0] = 0 // an echo reply; the checksum grows by what the type lost
		sum := uint32(b[2])<<8 + uint32(b[3]) + 8<<8
		sum = sum&0xffff + sum>>16
		b[2], b[3] = byte(sum>>8), byte(sum)
		if _, err := server.WriteTo(b[:n], from); err != nil {
			return
		}
	}
}
