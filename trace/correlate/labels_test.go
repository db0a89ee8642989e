package correlate

import (
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// TestFlowLabels: a SYN-ACK and its retransmission overtake each other on a cable, which two
// processors can make happen. All that differs is their flow labels.
func TestFlowLabels(t *testing.T) {
	synAck := func(label uint32) []byte {
		ip := &layers.IPv6{Version: 6, FlowLabel: label, NextHeader: layers.IPProtocolTCP, HopLimit: 64, SrcIP: net.ParseIP("fd00::1"), DstIP: net.ParseIP("fd00::2")}
		b := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true},
			&layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv6},
			ip, &layers.TCP{SrcPort: 80, DstPort: 40000, Seq: 7, Ack: 9, SYN: true, ACK: true}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	k := fakekernel.New(routers(), labtest.Random(t))
	var journeys []trace.Journey
	c := New(Snapshot{State: &k.State}, func(j trace.Journey) { journeys = append(journeys, j) })
	at := k.Now
	index := func(node, name string) int {
		n := k.State.Nodes[slices.IndexFunc(k.State.Nodes, func(n trace.Node) bool { return n.Name == node })]
		return n.Interfaces[slices.IndexFunc(n.Interfaces, func(i trace.Interface) bool { return i.Name == name })].Index
	}
	for i, f := range []struct {
		node, iface string
		direction   trace.Direction
		label       uint32
	}{
		{"server", "eth0", trace.Out, 0xce2ae}, {"server", "eth0", trace.Out, 0x23d18},
		{"r2", "lan", trace.In, 0x23d18}, {"r2", "lan", trace.In, 0xce2ae},
	} {
		at = at.Add(time.Microsecond)
		frame := trace.Frame{Number: i + 1, Node: f.node, Direction: f.direction, Time: at, Data: synAck(f.label)}
		frame.Length = len(frame.Data)
		c.Frame(&frame, index(f.node, f.iface))
	}
	c.Flush(at.Add(time.Second))
	if len(journeys) != 2 {
		t.Fatalf("%d journeys", len(journeys))
	}
	for _, j := range journeys {
		if len(j.Hops) != 2 {
			t.Errorf("#%d has %d hops", j.ID, len(j.Hops))
		}
		for _, h := range j.Hops {
			if len(h.Changes) > 0 || h.Packet.FlowLabel != j.Hops[0].Packet.FlowLabel || len(h.Ambiguous) > 0 {
				t.Errorf("#%d at %s: flow label %#x, changes %v, may be %v", j.ID, h.Place(), h.Packet.FlowLabel, h.Changes, h.Ambiguous)
			}
		}
	}
}
