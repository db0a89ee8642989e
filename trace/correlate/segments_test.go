package correlate

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// TestIsSegment: which packets can be segments of another one with the same mark.
func TestIsSegment(t *testing.T) {
	packet := func(protocol layers.IPProtocol, seq uint32, payload int, flags trace.Flags) *trace.Headers {
		return &trace.Headers{Protocol: protocol, Length: payload + 52, Payload: payload, TCP: trace.TCP{Seq: seq, Flags: trace.ACK | flags}}
	}
	const tcp, udp = layers.IPProtocolTCP, layers.IPProtocolUDP
	const begin = 1<<32 - 2000 // the sequence numbers wrap around within the packet
	whole := packet(tcp, begin, 3000, trace.PSH)
	for name, c := range map[string]struct {
		whole, part *trace.Headers
		want        bool
	}{
		"the first":          {whole, packet(tcp, begin, 1448, 0), true},
		"the second":         {whole, packet(tcp, begin+1448, 1448, 0), true},
		"the last":           {whole, packet(tcp, 896, 104, trace.PSH), true},
		"the whole":          {whole, whole, false},
		"a shorter text":     {whole, packet(tcp, begin, 2990, trace.PSH), false},
		"beyond the end":     {whole, packet(tcp, 896, 200, 0), false},
		"an earlier one":     {whole, packet(tcp, begin-1448, 1448, 0), false},
		"no data":            {whole, packet(tcp, begin, 0, 0), false},
		"a large datagram's": {packet(udp, 0, 3000, 0), packet(udp, 0, 1400, 0), true},
		"a shorter datagram": {packet(udp, 0, 1000, 0), packet(udp, 0, 900, 0), false},
		"another protocol":   {whole, packet(udp, 0, 900, 0), false},
	} {
		if got := isSegment(c.whole, c.part, 1500); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestFlowBehindTranslation: a packet first seen after a translation belongs to the flow that
// has the translated ends.
func TestFlowBehindTranslation(t *testing.T) {
	client, gateway, server := netip.MustParseAddrPort("10.1.0.2:4000"), netip.MustParseAddrPort("10.2.0.1:4000"), netip.MustParseAddrPort("10.2.0.2:80")
	f := newFlows(&network{graph: newGraph(&trace.State{})})
	merged := &trace.Headers{EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolTCP, Src: server, Dst: client, TCP: trace.TCP{Flags: trace.ACK}}
	f.made = 1
	f.register(f.add(1, merged, trace.Ends{Source: client, Destination: server}, trace.Ends{Source: server, Destination: gateway}), merged)
	if s := f.of(time.Time{}, []observation{{node: "client", headers: merged}}, &association{}, nil); s.flow == nil || s.ID != 1 || s.direction != trace.Reply {
		t.Errorf("flow %+v", s)
	}
	opens := *merged
	opens.TCP.Flags, opens.TCP.Seq = trace.SYN, 7
	if s := f.of(time.Time{}, []observation{{node: "client", headers: &opens}}, &association{}, nil); s.ID == 1 {
		t.Error("a SYN does not begin a new flow")
	}
}
