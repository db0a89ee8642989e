package stitch

import (
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/join"
)

// TestTurned: if a router sends a packet back out of the interface through which it came in,
// the packet is seen there twice in a row, whatever other packets did.
//
//	r2/up ── r1/wan, and back
func TestTurned(t *testing.T) {
	const up, wan = 0, 1
	at := time.Unix(1_700_000_000, 0)
	seen := func(point int, ttl uint8, after time.Duration) join.Sighting {
		s := join.Sighting{Point: point, Time: at.Add(after)}
		s.Packet.TTL = ttl
		return s
	}
	var o precedence
	o.grow(2)
	client := membership{direction: trace.Original}
	for range 9 { // the usual path
		o.learn(&track{Sightings: []join.Sighting{seen(up, 64, 0), seen(wan, 64, 1)}, Client: client}, 1)
	}
	turned := &track{Sightings: []join.Sighting{seen(up, 64, 0), seen(wan, 64, 1), seen(up, 63, 2), seen(wan, 63, 2)}, Client: client}
	o.settle(turned)
	for i, want := range []int{up, wan, wan, up} {
		if got := turned.Sightings[i].Point; got != want {
			t.Errorf("sighting %d is at %d", i, got)
		}
	}
}

// TestStations: frames between two stations pass a port and its bridge in one order, whatever
// other stations' frames do; if no such frame was seen at both, the order is unknown.
//
//	server ── port ── bridge's address
func TestStations(t *testing.T) {
	const bridge, port = 0, 1
	server, host, other := trace.MAC{2, 1}, trace.MAC{2, 2}, trace.MAC{2, 3}
	at := time.Unix(1_700_000_000, 0)
	frame := func(point int, from, to trace.MAC, after time.Duration) join.Sighting {
		s := join.Sighting{Point: point, Time: at.Add(after)}
		s.Packet.TTL, s.Packet.HasMAC, s.Packet.SrcMAC, s.Packet.DstMAC = 64, true, from, to
		return s
	}
	client := membership{direction: trace.Original}
	var o precedence
	o.grow(2)
	for range 9 {
		o.learn(&track{Sightings: []join.Sighting{frame(bridge, host, server, 0), frame(port, host, server, 1)}, Client: client}, 1)
	}
	for _, c := range []struct {
		name      string
		from, to  trace.MAC
		first     int
		unordered bool
	}{
		{"as before", host, server, bridge, false},
		{"back", server, host, port, false},
		{"between others", server, other, bridge, true},
	} {
		w := &track{Sightings: []join.Sighting{frame(bridge, c.from, c.to, 0), frame(port, c.from, c.to, 0)}, Client: client}
		o.settle(w)
		if s := w.Sightings; s[0].Point != c.first || s[0].Unordered || s[1].Unordered != c.unordered {
			t.Errorf("%s: first at %d, unordered %v", c.name, s[0].Point, s[1].Unordered)
		}
	}
}

// TestFlooded: where a bridge floods a frame, what other packets pass first does not show which
// copy came first.
//
//	bridge ─┬─ port1
//	        └─ port2
func TestFlooded(t *testing.T) {
	const bridge, port1, port2 = 0, 1, 2
	at := time.Unix(1_700_000_000, 0)
	frame := func(point int, to trace.MAC, after time.Duration) join.Sighting {
		s := join.Sighting{Point: point, Time: at.Add(after)}
		s.Packet.TTL, s.Packet.HasMAC, s.Packet.SrcMAC, s.Packet.DstMAC = 64, true, trace.MAC{2, 2}, to
		return s
	}
	client := membership{direction: trace.Original}
	var o precedence
	o.grow(3)
	for range 9 {
		o.learn(&track{Sightings: []join.Sighting{frame(bridge, trace.MAC{2, 1}, 0), frame(port1, trace.MAC{2, 1}, 1)}, Client: client}, 1)
	}
	all := trace.MAC{0x33, 0x33}
	w := &track{Sightings: []join.Sighting{frame(bridge, all, 0), frame(port1, all, 1), frame(port2, all, 1)}, Client: client}
	o.settle(w)
	if s := w.Sightings; s[1].Unordered || !s[2].Unordered {
		t.Errorf("the order of the ports is said to be known: %v, %v", s[1].Unordered, s[2].Unordered)
	}
}
