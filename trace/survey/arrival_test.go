package survey

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

func segment(from, to string, seq, ack uint32, flags trace.Flags, length int) *trace.Headers {
	return &trace.Headers{
		EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, DontFragment: true, Payload: length,
		Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to), TCP: trace.TCP{Seq: seq, Ack: ack, Flags: flags},
	}
}

// What proves the arrival of a segment, and what does not.
func TestArrivals(t *testing.T) {
	const client, server = "10.0.0.1:40000", "10.0.0.2:80"
	at := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		name string
		then func(c *Conversation)
		want answer
	}{
		{"nothing more", func(*Conversation) {}, pending},
		{"acknowledged", func(c *Conversation) {
			c.Sent(trace.Reply, 2, segment(server, client, 1, 200, trace.ACK, 0), 9, at)
		}, proven},
		{"the bytes before it acknowledged", func(c *Conversation) {
			c.Sent(trace.Reply, 2, segment(server, client, 1, 199, trace.ACK, 0), 9, at)
		}, pending},
		{"reset", func(c *Conversation) {
			c.Sent(trace.Reply, 2, segment(server, client, 1, 0, trace.RST, 0), 9, at)
		}, proven},
		{"sent again", func(c *Conversation) {
			c.Sent(trace.Original, 2, segment(client, server, 100, 1, trace.ACK, 100), 0, at)
		}, again},
		{"sent again, then acknowledged", func(c *Conversation) {
			c.Sent(trace.Original, 2, segment(client, server, 100, 1, trace.ACK, 100), 0, at)
			c.Sent(trace.Reply, 3, segment(server, client, 1, 200, trace.ACK, 0), 9, at)
		}, again},
		{"acknowledged, then sent again", func(c *Conversation) {
			c.Sent(trace.Reply, 2, segment(server, client, 1, 200, trace.ACK, 0), 9, at)
			c.Sent(trace.Original, 3, segment(client, server, 100, 1, trace.ACK, 100), 0, at)
		}, proven},
		{"its bytes in another segment, elsewhere", func(c *Conversation) {
			c.Sent(trace.Original, 2, segment(client, server, 150, 1, trace.ACK, 50), 4, at)
		}, proven},
		{"quoted by an ICMP error", func(c *Conversation) {
			p := &trace.Headers{Protocol: layers.IPProtocolICMPv4, ICMP: trace.ICMP{Quoted: &trace.Quote{}}}
			c.Sent(trace.Reply, 2, p, 4, at)
		}, proven},
	} {
		of := &Conversation{}
		of.Sent(trace.Original, 1, segment(client, server, 100, 1, trace.ACK, 100), 0, at)
		c.then(of)
		if got := of.answer(trace.Original, 1, stream, at); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// The path of a direction is the one that most of its packets took.
func TestWay(t *testing.T) {
	var w way
	for _, path := range [][]int{{0, 1, 2}, {0, 1, 2}, {0, 1, 2}, {0}, {0, 3}, {2}, {2}} {
		w.travel(path)
	}
	for _, c := range []struct {
		from, to, different int
		most                bool
	}{
		{1, 2, 1, true},
		{0, 3, 2, true},
		{2, 0, 0, false},
		{5, 0, 0, false},
	} {
		if to, different, most := w.from(c.from); to != c.to || different != c.different || most != c.most {
			t.Errorf("from %d: to %d, %d different, most %v", c.from, to, different, most)
		}
	}
	if at, is := w.between(0, 2); !is || at != 1 {
		t.Errorf("between 0 and 2: %d, %v", at, is)
	}
	if _, is := w.between(0, 3); is {
		t.Error("there is a point between 0 and 3")
	}
}
