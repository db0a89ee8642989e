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

// part is a packet with data, as seen at a point.
type part struct {
	at, seq, length int
	id              uint16
	flags           trace.Flags
}

// The points at which parts are seen.
const (
	sender = iota
	bridge
	port
	receiver
)

// stitchParts returns the segments of packets, by the packets' numbers, and the packets that
// were retransmitted.
func stitchParts(parts []part) (segments [][]int, repeated []int) {
	s := NewStitcher(func(w *Track) {
		for len(segments) < w.ID() {
			segments = append(segments, nil)
		}
		segments[w.ID()-1] = w.Journey().Outcome.Segments
		if w.Repeated() {
			repeated = append(repeated, w.ID())
		}
	})
	for _, p := range []trace.Point{{Node: "server", Interface: "eth0"}, {Node: "host", Interface: "br0"}, {Node: "host", Interface: "port1"}, {Node: "client", Interface: "eth0"}} {
		s.Add(p)
	}
	now := time.Unix(1_700_000_000, 0)
	for i, x := range parts {
		now = now.Add(5 * time.Microsecond)
		p := packet.Packet{Headers: trace.Headers{
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, TTL: 64, ID: uint32(x.id), Payload: x.length, Length: x.length + 40,
			TCP: trace.TCP{Seq: uint32(x.seq), Ack: 1, Window: 500, Flags: trace.ACK | x.flags},
			Src: netip.MustParseAddrPort("10.0.0.1:80"), Dst: netip.MustParseAddrPort("10.0.0.2:40000"),
		}}
		p.Key = packet.Key{EtherType: p.EtherType, Protocol: p.Protocol, ID: uint32(x.id), Length: uint16(x.length), Seq: uint32(x.seq), Flags: uint16(p.TCP.Flags)}
		p.Hash = uint64(x.seq)<<16 + uint64(x.length)
		s.Sight(&join.Sighting{Point: x.at, Time: now, Frame: i + 1, Packet: p})
	}
	s.Flush()
	return segments, repeated
}

// TestDivision: a packet whose bytes pass the next interface in several smaller packets was
// divided, and these are not retransmissions. Nothing is claimed about an incomplete division.
func TestDivision(t *testing.T) {
	whole := part{sender, 1000, 3000, 7, trace.PSH}
	a, b, c := part{port, 1000, 1448, 7, 0}, part{port, 2448, 1448, 8, 0}, part{port, 3896, 104, 9, trace.PSH}
	at := func(point int, p part) part { p.at = point; return p }
	again := func(p part, id uint16) part { p.id = id; return p }
	for _, x := range []struct {
		name     string
		parts    []part
		segments []int // of the first packet
		repeated []int
	}{
		{"divided", []part{whole, a, b, c, at(receiver, a), at(receiver, b), at(receiver, c)}, []int{2, 3, 4}, nil},
		{"one identification", []part{whole, a, again(b, 7), again(c, 7)}, []int{2, 3, 4}, nil},
		{"a copy went to the same machine", []part{whole, a, b, c, at(bridge, whole)}, []int{2, 3, 4}, nil},
		{"merged again", []part{whole, a, b, c, at(receiver, whole)}, nil, nil},
		{"the last one is missing", []part{whole, a, b}, nil, nil},
		{"the first one is missing", []part{whole, b, c}, nil, nil},
		{"other packets", []part{whole, again(a, 20), again(b, 21), again(c, 22)}, nil, nil},
		{"PSH too early", []part{whole, a, {port, 2448, 1448, 8, trace.PSH}, c}, nil, nil},
		{"sent again in parts", []part{whole, at(sender, again(a, 20)), at(sender, again(b, 21))}, nil, []int{2, 3}},
		{"segments sent again", []part{whole, a, b, c, at(sender, again(b, 20)), again(b, 20)}, []int{2, 3, 4}, []int{5}},
		{"divided again", []part{whole, {port, 1000, 2896, 7, 0}, c, at(receiver, a), at(receiver, b), at(receiver, c)}, []int{2, 3}, nil},
		{"merged", []part{at(sender, a), at(sender, b), at(sender, c), at(port, whole)}, nil, nil},
	} {
		outcomes, repeated := stitchParts(x.parts)
		if !slices.Equal(outcomes[0], x.segments) || !slices.Equal(repeated, x.repeated) {
			t.Errorf("%s: segments %v, retransmitted %v; want %v, %v", x.name, outcomes[0], repeated, x.segments, x.repeated)
		}
		if x.name == "divided again" && !slices.Equal(outcomes[1], []int{4, 5}) {
			t.Errorf("%s: the second packet has segments %v", x.name, outcomes[1])
		}
	}
}
