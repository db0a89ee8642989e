package stitch

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
)

// Segments of 100 bytes, by their sequence numbers, and those that carry nothing new.
func TestRepeats(t *testing.T) {
	for _, c := range []struct{ sent, again []uint32 }{
		{[]uint32{0, 100, 200, 100}, []uint32{100}},
		{[]uint32{0, 200, 400, 100, 300}, nil}, // two gaps, filled
		{[]uint32{0, 400, 200, 200}, []uint32{200}},
		{[]uint32{0, 400, 200, 100, 300, 300, 100}, []uint32{300, 100}},
		{[]uint32{1000, 0}, []uint32{0}},
	} {
		n := &stream{}
		var again []uint32
		forgotten := 0
		for _, seq := range c.sent {
			p := trace.Headers{
				EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, Payload: 100, TCP: trace.TCP{Seq: seq, Flags: trace.ACK},
				Src: netip.MustParseAddrPort("10.0.0.1:1000"), Dst: netip.MustParseAddrPort("10.0.0.2:80"),
			}
			if n.repeats(&p, 0, &forgotten) {
				again = append(again, seq)
			}
		}
		if !slices.Equal(again, c.again) {
			t.Errorf("%v: again %v, not %v", c.sent, again, c.again)
		}
	}
}

// TestRepeatsAnother: a SYN-ACK with another sequence number does not make data of the earlier
// connection between the same ends a retransmission.
func TestRepeatsAnother(t *testing.T) {
	n, forgotten := &stream{}, 0
	for i, p := range []trace.Headers{
		{Protocol: layers.IPProtocolTCP, TCP: trace.TCP{Seq: 1000, Flags: trace.SYN | trace.ACK}},
		{Protocol: layers.IPProtocolTCP, TCP: trace.TCP{Seq: 90000, Flags: trace.SYN | trace.ACK}},
		{Protocol: layers.IPProtocolTCP, TCP: trace.TCP{Seq: 1001, Flags: trace.ACK}, Payload: 100},
	} {
		p.Src, p.Dst = netip.MustParseAddrPort("10.0.0.2:80"), netip.MustParseAddrPort("10.0.0.1:1000")
		if n.repeats(&p, 0, &forgotten) {
			t.Errorf("packet %d is called a retransmission", i)
		}
	}
}

// TestErrorBesideSolicitation: an ICMPv6 error has the addresses of a solicitation, and is not of
// its conversation.
func TestErrorBesideSolicitation(t *testing.T) {
	message := func(kind uint8) *trace.Headers {
		return &trace.Headers{
			EtherType: layers.EthernetTypeIPv6, Protocol: layers.IPProtocolICMPv6, ICMP: trace.ICMP{Type: kind},
			Src: netip.MustParseAddrPort("[fd00::1]:0"), Dst: netip.MustParseAddrPort("[fd00::2]:0"),
		}
	}
	asks, fails := message(layers.ICMPv6TypeNeighborSolicitation), message(layers.ICMPv6TypeDestinationUnreachable)
	asks.ICMP.Target = asks.Dst.Addr()
	fails.ICMP.Quoted = &trace.Quote{Protocol: layers.IPProtocolUDP, Ends: trace.Ends{
		Source: netip.MustParseAddrPort("[fd00::2]:4000"), Destination: netip.MustParseAddrPort("[fd00::1]:53"),
	}}
	c := newConversations()
	first, _ := c.of(asks, 0, 1)
	if other, _ := c.of(fails, 0, 2); other == first {
		t.Error("the solicitation began the error's conversation")
	}
	again, _ := c.of(asks, 0, 3)
	if again != first {
		t.Error("two equal solicitations are of two conversations")
	}
}

// TestAnswerAlone: if the join has missed a translation, an answer begins a conversation of its
// own, but what it answers keeps its conversation and direction.
func TestAnswerAlone(t *testing.T) {
	datagram := func(from, to string) *trace.Headers {
		return &trace.Headers{
			EtherType: layers.EthernetTypeIPv6, Protocol: layers.IPProtocolUDP,
			Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to),
		}
	}
	const client, published, server = "[fd00::1]:4000", "[fd00::2]:5300", "[fd17::3]:53"
	c := newConversations()
	asked, _ := c.of(datagram(client, published), 0, 1)
	answered, direction := c.of(datagram(server, client), 1, 2)
	c.learn(answered, datagram(published, client), direction)
	if again, d := c.of(datagram(client, published), 0, 3); again != asked || d != trace.Original {
		t.Errorf("the second datagram is in direction %v of conversation %d, not of %d", d, again.ID, asked.ID)
	}
}

// What is known of conversations stays bounded, also where they are forgotten while
// their packets are under way.
func TestForgotten(t *testing.T) {
	s := NewStitcher(func(*Track) {})
	s.Add(trace.Point{Node: "a"})
	s.Add(trace.Point{Node: "b"})
	now := time.Unix(1_700_000_000, 0)
	const underWay, packets = keepConversations + 4000, 8 * keepConversations
	var queue []packet.Packet
	for i := 1; i <= packets; i++ {
		now = now.Add(5 * time.Microsecond)
		p := packet.Packet{Headers: trace.Headers{
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, TTL: 64, TCP: trace.TCP{Seq: uint32(i), Flags: trace.SYN},
			Src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1000),
			Dst: netip.MustParseAddrPort("192.0.2.1:80"),
		}}
		p.Key = packet.Key{EtherType: p.EtherType, Protocol: p.Protocol, Seq: uint32(i), Flags: uint16(trace.SYN)}
		s.Sight(&join.Sighting{Point: 0, Time: now, Frame: i, Packet: p})
		p.TTL, p.Dst = 63, netip.MustParseAddrPort("172.17.0.2:5000")
		if queue = append(queue, p); len(queue) > underWay {
			s.Sight(&join.Sighting{Point: 1, Time: now, Frame: i, Packet: queue[0]})
			queue = queue[1:]
		}
	}
	known, opened := len(s.conversations.known), len(s.conversations.opened)
	if known > 4*keepConversations || opened > keepConversations {
		t.Errorf("%d ends and %d SYNs are known of %d conversations", known, opened, s.conversations.count)
	}
}
