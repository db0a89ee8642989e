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

// lonely is a packet that no other is equal to, of a conversation of its own.
func lonely(i int) packet.Packet {
	p := packet.Packet{Headers: trace.Headers{EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolUDP, TTL: 64}}
	p.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1000)
	p.Dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), 53)
	p.Key = packet.Key{EtherType: p.EtherType, Protocol: p.Protocol, ID: uint32(i), Rest: uint64(i)}
	return p
}

// What a Stitcher remembers does not follow the length of its input, also if no
// packet is ever seen a second time, and none is of a conversation seen before.
func TestStitcherBounded(t *testing.T) {
	walks := 0
	s := NewStitcher(func(*Track) { walks++ })
	s.Add(trace.Point{Node: "a"})
	s.Add(trace.Point{Node: "b"})
	const packets = 200_000
	for i := range packets {
		s.Sight(&join.Sighting{Point: i % 2, Time: time.Unix(1_700_000_000, int64(i)), Packet: lonely(i)})
		if s.waiting.count > maxOpen || s.joiner.Len() > maxOpen || s.conversations.count > keepConversations || len(s.conversations.known) > 4*keepConversations {
			t.Fatalf("after %d packets: %d walks, %d keys, %d conversations, %d of their ends", i, s.waiting.count, s.joiner.Len(), s.conversations.count, len(s.conversations.known))
		}
	}
	if cut := s.Stats().Cut; cut != packets-maxOpen {
		t.Errorf("%d walks were ended early", cut)
	}
	s.Flush()
	if walks != packets || s.waiting.count+s.complete.count+s.closed.count != 0 || s.joiner.Len() != 0 {
		t.Errorf("%d walks of %d packets; %d are left", walks, packets, s.waiting.count+s.complete.count+s.closed.count)
	}
}

// TestSequenceNumbers: a SYN that was held back for too long to be joined is of the same
// connection after its translation. A scanner's SYNs, which all have one sequence number, are not.
func TestSequenceNumbers(t *testing.T) {
	c := newConversations()
	segment := func(from, to string, flags trace.Flags) *trace.Headers {
		return &trace.Headers{
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, TCP: trace.TCP{Seq: 7, Ack: 8, Flags: flags},
			Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to),
		}
	}
	const lan, bridge, client, masqueraded = 0, 1, "10.0.0.1:40000", "172.17.0.1:40000"
	for i, s := range []struct {
		at       int
		from, to string
		flags    trace.Flags
		want     int
	}{
		{lan, client, "172.17.0.2:22", trace.SYN, 1}, {lan, client, "172.17.0.2:80", trace.SYN, 2}, {lan, client, "172.17.0.2:443", trace.SYN, 3},
		{lan, "172.17.0.2:80", client, trace.SYN | trace.ACK, 2}, {lan, "172.17.0.2:22", client, trace.RST | trace.ACK, 1},
		{bridge, client, "172.17.0.2:22", trace.SYN, 1}, {bridge, masqueraded, "172.17.0.2:443", trace.SYN, 3},
		{bridge, "172.17.0.2:443", masqueraded, trace.SYN | trace.ACK, 3},
	} {
		n, _ := c.of(segment(s.from, s.to, s.flags), s.at, i+1)
		if n.ID != s.want {
			t.Errorf("segment %d is in conversation %d, not %d", i+1, n.ID, s.want)
		}
	}
	if c.count != 3 {
		t.Errorf("%d conversations", c.count)
	}
}

// TestSentBack: a SYN-ACK without identification that a container sends to itself, through NAT in
// a promiscuous bridge, is one packet: the bridge sees it three times, and so do both ends of the
// cable. Only its MAC addresses, its ends or its TTL differ. Sent again later, it is another.
func TestSentBack(t *testing.T) {
	const bridge, port, container = 0, 1, 2
	own, gateway := trace.MAC{2, 0, 0, 0, 4, 11}, trace.MAC{2, 0, 0, 0, 4, 10}
	var tracks []int
	s := NewStitcher(func(k *Track) {
		tracks = append(tracks, k.Len())
		if k.Ambiguous() || k.Repeated() != (len(tracks) > 1) {
			t.Errorf("packet %d: ambiguous %v, a retransmission %v", len(tracks), k.Ambiguous(), k.Repeated())
		}
	})
	for _, name := range []string{"bridge", "port", "container"} {
		s.Add(trace.Point{Node: "host", Interface: name})
	}
	const server, client, published, inside = "172.18.0.4:80", "172.18.0.4:54756", "10.1.0.2:8001", "172.18.0.1:54756"
	now := time.Unix(1_700_000_000, 0)
	for range 2 {
		for i, o := range []struct {
			at       int
			from, to trace.MAC
			src, dst string
			ttl      uint8
			after    time.Duration
		}{
			{container, own, gateway, server, inside, 64, 0}, {port, own, gateway, server, inside, 64, 4},
			{bridge, gateway, own, server, client, 64, 9}, {port, own, own, published, client, 64, 15},
			{bridge, own, own, server, client, 64, 17}, {bridge, gateway, own, server, client, 63, 20},
			{port, gateway, own, server, client, 63, 22}, {container, own, own, published, client, 64, 24},
			{container, gateway, own, server, client, 63, 27},
		} {
			p := packet.Packet{Hash: 1, Headers: trace.Headers{
				EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, TTL: o.ttl, HasMAC: true, SrcMAC: o.from, DstMAC: o.to,
				TCP: trace.TCP{Seq: 7, Ack: 9, Flags: trace.SYN | trace.ACK}, Src: netip.MustParseAddrPort(o.src), Dst: netip.MustParseAddrPort(o.dst),
			}}
			p.Key = packet.Key{EtherType: p.EtherType, Protocol: p.Protocol, Seq: 7, Ack: 9, Flags: uint16(p.TCP.Flags)}
			s.Sight(&join.Sighting{Point: o.at, Time: now.Add(o.after * time.Microsecond), Frame: i + 1, Packet: p})
		}
		now = now.Add(time.Second)
	}
	s.Flush()
	if !slices.Equal(tracks, []int{9, 9}) {
		t.Errorf("packets with %v sightings, not two with 9", tracks)
	}
}

// A connection's ends are used again: another first packet begins another one.
func TestConversationAgain(t *testing.T) {
	c := newConversations()
	syn := func(seq uint32, flags trace.Flags) *trace.Headers {
		return &trace.Headers{EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, Src: netip.MustParseAddrPort("192.168.52.202:40000"), Dst: netip.MustParseAddrPort("192.168.52.203:80"), TCP: trace.TCP{Seq: seq, Flags: flags}}
	}
	back := syn(9, trace.SYN|trace.ACK)
	back.Src, back.Dst = back.Dst, back.Src
	first, direction := c.of(syn(1, trace.SYN), 0, 1)
	if direction != trace.Original || !first.Began {
		t.Errorf("%+v %v", first, direction)
	}
	if again, _ := c.of(syn(1, trace.SYN), 0, 2); again != first {
		t.Error("the same first packet again is of another conversation")
	}
	if answer, direction := c.of(back, 0, 3); answer != first || direction != trace.Reply {
		t.Errorf("the answer is of %+v, %v", answer, direction)
	}
	second, _ := c.of(syn(5, trace.SYN), 0, 4)
	if second == first || second.ID != first.ID+1 {
		t.Errorf("another first packet is of %+v", second)
	}
	if last, _ := c.of(syn(6, trace.ACK), 0, 5); last != second {
		t.Errorf("what follows is of %+v", last)
	}
	// Its beginning was not captured: the first direction seen counts as original.
	late := syn(7, trace.ACK)
	late.Dst = netip.AddrPortFrom(late.Dst.Addr(), 443)
	late.Src, late.Dst = late.Dst, late.Src
	if n, direction := c.of(late, 0, 6); n.Began || direction != trace.Original {
		t.Errorf("%+v, %v", n, direction)
	}
	late.Src = netip.AddrPortFrom(late.Src.Addr(), 444)
	late.TCP.Flags |= trace.SYN
	if n, direction := c.of(late, 0, 7); n.Began || direction != trace.Reply {
		t.Errorf("a SYN-ACK opens %+v, %v", n, direction)
	}
}

// TestAnswered: what directly follows a SYN is of its connection, even where only one of them is
// captured with translated ends, and although these were another connection's before.
func TestAnswered(t *testing.T) {
	c := newConversations()
	segment := func(from, to string, seq, ack uint32, flags trace.Flags) *trace.Headers {
		return &trace.Headers{
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, TCP: trace.TCP{Seq: seq, Ack: ack, Flags: flags},
			Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to),
		}
	}
	const client, server, loopback, other = "172.17.0.1:40000", "172.17.0.2:80", "127.0.0.1:40000", "172.17.0.3:80"
	old, _ := c.of(segment(loopback, server, 1, 0, trace.SYN), 0, 1)
	syn, _ := c.of(segment(client, server, 7, 0, trace.SYN), 0, 2)
	for i, a := range []struct {
		from, to string
		ack      uint32
		of       *Conversation
	}{
		{other, loopback, 8, nil}, {server, loopback, 2, old}, {server, loopback, 8, syn}, {other, client, 8, syn}, {other, client, 9, syn},
	} {
		switch n, direction := c.of(segment(a.from, a.to, 100, a.ack, trace.SYN|trace.ACK), 0, 3+i); {
		case direction != trace.Reply:
			t.Errorf("SYN-ACK %d is %v", i+1, direction)
		case a.of == nil && (n == old || n == syn), a.of != nil && n != a.of:
			t.Errorf("SYN-ACK %d is in conversation %d", i+1, n.ID)
		}
	}
	if last, _ := c.of(segment(loopback, server, 2, 101, trace.ACK), 0, 9); last != syn {
		t.Errorf("the next segment is in conversation %d", last.ID)
	}
	refused, _ := c.of(segment(client, "172.17.0.4:80", 20, 0, trace.SYN), 0, 10)
	if n, direction := c.of(segment("172.17.0.4:80", loopback, 0, 21, trace.RST|trace.ACK), 0, 11); n != refused || direction != trace.Reply {
		t.Errorf("the refusal is in conversation %d, %v", n.ID, direction)
	}
	silent, _ := c.of(segment(client, "172.17.0.5:80", 30, 0, trace.SYN), 0, 12)
	if n, direction := c.of(segment(loopback, "172.17.0.5:80", 31, 101, trace.ACK), 0, 13); n != silent || direction != trace.Original {
		t.Errorf("the third segment is in conversation %d, %v", n.ID, direction)
	}
	if len(syn.Forms) != 3 {
		t.Errorf("%+v", syn.Forms)
	}
}

// Echoes show their direction, even if both ends send requests with equal identifiers, or if a
// node sends one to itself.
func TestConversationEchoes(t *testing.T) {
	c := newConversations()
	echo := func(from, to string, kind uint8) *trace.Headers {
		return &trace.Headers{
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolICMPv4, ICMP: trace.ICMP{Type: kind, ID: 7},
			Src: netip.MustParseAddrPort(from + ":0"), Dst: netip.MustParseAddrPort(to + ":0"),
		}
	}
	const a, b = "10.0.0.1", "10.0.0.2"
	const request, reply = layers.ICMPv4TypeEchoRequest, layers.ICMPv4TypeEchoReply
	for i, e := range []struct {
		from, to  string
		kind      uint8
		direction trace.FlowDirection
		of        int
	}{
		{a, b, request, trace.Original, 1}, {b, a, request, trace.Original, 2}, {b, a, reply, trace.Reply, 1}, {a, b, reply, trace.Reply, 2},
		{a, a, request, trace.Original, 3}, {a, a, reply, trace.Reply, 3}, {a, a, request, trace.Original, 3},
	} {
		if of, direction := c.of(echo(e.from, e.to, e.kind), 0, i+1); of.ID != e.of || direction != e.direction || !of.Began {
			t.Errorf("echo %d is in conversation %d (began: %v), direction %v", i+1, of.ID, of.Began, direction)
		}
	}
}

// A flood of packets that are equal in every byte, and packets that all have the
// same time, take neither more memory nor much more time than others.
func TestStitcherFlood(t *testing.T) {
	for name, sight := range map[string]func(int) join.Sighting{
		"equal": func(i int) join.Sighting {
			return join.Sighting{Point: i % 2, Time: time.Unix(1_700_000_000, int64(i)*1000), Packet: lonely(1)}
		},
		"equal, at one point": func(i int) join.Sighting {
			return join.Sighting{Time: time.Unix(1_700_000_000, int64(i)*1000), Packet: lonely(1)}
		},
		"at one time": func(i int) join.Sighting { return join.Sighting{Point: i % 2, Packet: lonely(i / 2)} },
	} {
		walks := 0
		s := NewStitcher(func(*Track) { walks++ })
		s.Add(trace.Point{Node: "a"})
		s.Add(trace.Point{Node: "b"})
		for i := range 300_000 {
			o := sight(i)
			s.Sight(&o)
			if s.joiner.Work().Equal > maxEqual || s.waiting.count > maxOpen || s.complete.count > maxOpen || s.closed.count > maxOpen || len(s.recent) > maxOpen {
				t.Fatalf("%s: after %d: %d equal, %d waiting, %d complete, %d closed, %d recent", name, i, s.joiner.Work().Equal, s.waiting.count, s.complete.count, s.closed.count, len(s.recent))
			}
		}
		s.Flush()
		if walks == 0 {
			t.Errorf("%s: no walks", name)
		}
	}
}

// When the clock is set back, packets are joined on as before.
func TestStitcherClockSetBack(t *testing.T) {
	seen := map[int]int{}
	s := NewStitcher(func(w *Track) { seen[w.Len()]++ })
	s.Add(trace.Point{Node: "a"})
	s.Add(trace.Point{Node: "b"})
	at := time.Unix(1_700_000_000, 0)
	for i := range 3000 {
		if i == 1000 {
			at = at.Add(-time.Hour)
		}
		if i == 2000 {
			at = at.Add(2 * time.Hour)
		}
		at = at.Add(time.Millisecond)
		for point := range 2 {
			s.Sight(&join.Sighting{Point: point, Time: at.Add(time.Duration(point) * time.Microsecond), Packet: lonely(i)})
		}
	}
	s.Flush()
	if seen[2] != 3000 || len(seen) != 1 {
		t.Errorf("walks by how often they were seen: %v", seen)
	}
}
