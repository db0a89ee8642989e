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

// An echo request arrived if its reply shows it, whatever the version of IP.
func TestEchoesArrive(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	for name, v := range map[string]struct {
		protocol       layers.IPProtocol
		request, reply uint8
		from, to       string
	}{
		"IPv4": {layers.IPProtocolICMPv4, layers.ICMPv4TypeEchoRequest, layers.ICMPv4TypeEchoReply, "10.0.0.1:7", "10.0.0.2:7"},
		"IPv6": {layers.IPProtocolICMPv6, layers.ICMPv6TypeEchoRequest, layers.ICMPv6TypeEchoReply, "[fd00::1]:7", "[fd00::2]:7"},
	} {
		ping := func(kind uint8, seq uint16, from, to string) *trace.Headers {
			return &trace.Headers{
				Protocol: v.protocol, Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to), Length: 84,
				ICMP: trace.ICMP{Type: kind, ID: 7, Seq: seq},
			}
		}
		of, lost := &Conversation{}, ping(v.request, 2, v.from, v.to)
		of.Sent(trace.Original, 1, ping(v.request, 1, v.from, v.to), 0, at)
		of.Sent(trace.Original, 2, lost, 0, at)
		of.Sent(trace.Reply, 3, ping(v.reply, 1, v.to, v.from), 9, at)
		if got := of.answer(trace.Original, 1, protocolOf(lost), at); got != proven {
			t.Errorf("%s: the request with a reply: %d", name, got)
		}
		if got := of.answer(trace.Original, 2, protocolOf(lost), at); got != silence {
			t.Errorf("%s: the request without a reply: %d", name, got)
		}
	}
}

// What proves that a packet arrived: nothing, if it may be in fragments elsewhere.
func TestProtocols(t *testing.T) {
	const tcp, udp = layers.IPProtocolTCP, layers.IPProtocolUDP
	const from4, from6 = "10.0.0.1:40000", "[fd00::1]:40000"
	for _, c := range []struct {
		name string
		p    trace.Headers
		from string
		want protocol
	}{
		{"a small segment", trace.Headers{Protocol: tcp, Length: 576, Payload: 536}, from4, stream},
		{"a large segment", trace.Headers{Protocol: tcp, Length: 577, Payload: 537}, from4, unproven},
		{"a large segment that is not to be fragmented", trace.Headers{Protocol: tcp, Length: 1500, Payload: 1460, DontFragment: true}, from4, stream},
		{"a large segment of IPv6", trace.Headers{Protocol: tcp, Length: 1500, Payload: 1440}, from6, stream},
		{"a segment without data", trace.Headers{Protocol: tcp, Length: 60}, from6, unproven},
		{"a small datagram", trace.Headers{Protocol: udp, Length: 576}, from4, datagram},
		{"a large datagram", trace.Headers{Protocol: udp, Length: 577}, from4, unproven},
		{"a small datagram of IPv6", trace.Headers{Protocol: udp, Length: 1280}, from6, datagram},
		{"a large datagram of IPv6", trace.Headers{Protocol: udp, Length: 1281}, from6, unproven},
		{"a first fragment", trace.Headers{Protocol: udp, Length: 68, MoreFragments: true, DontFragment: true}, from4, unproven},
		{"a first fragment of IPv6", trace.Headers{Protocol: udp, Length: 1280, MoreFragments: true}, from6, unproven},
	} {
		c.p.Src = netip.MustParseAddrPort(c.from)
		if got := protocolOf(&c.p); got != c.want {
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
