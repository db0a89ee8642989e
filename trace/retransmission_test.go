package trace

import (
	"maps"
	"testing"

	"github.com/google/gopacket/layers"
)

// TestRetransmissions: a segment without a new byte repeats the packet that first carried
// its first byte, also across the wrap of sequence numbers, or with other boundaries after
// the MTU has become smaller. Acknowledgements, other directions and other flows do not count.
func TestRetransmissions(t *testing.T) {
	var tr Trace
	add := func(flow int, direction FlowDirection, protocol layers.IPProtocol, flags Flags, seq uint32, payload int) {
		tr.Journeys = append(tr.Journeys, Journey{ID: len(tr.Journeys) + 1, Flow: flow, Direction: direction, Hops: []Hop{{
			Packet: Headers{Protocol: protocol, TCP: TCP{Seq: seq, Flags: flags}, Payload: payload},
		}}})
	}
	const tcp, udp = layers.IPProtocolTCP, layers.IPProtocolUDP
	const end = 1<<32 - 1
	add(1, Original, tcp, SYN, end, 0)                                               // 1
	add(1, Original, tcp, SYN, end, 0)                                               // 2 repeats 1
	add(1, Reply, tcp, SYN|ACK, end, 0)                                              // 3
	add(1, Original, tcp, ACK, 0, 0)                                                 // 4
	add(1, Original, tcp, ACK, 0, 0)                                                 // 5: nothing to repeat
	add(1, Original, tcp, ACK, 0, 1448)                                              // 6
	add(1, Original, tcp, ACK, 1448, 1448)                                           // 7
	add(1, Original, tcp, ACK, 0, 1348)                                              // 8 repeats 6
	add(1, Original, tcp, ACK, 1348, 1348)                                           // 9 repeats 6, and the beginning of 7
	add(1, Original, tcp, ACK, 2696, 500)                                            // 10 has new bytes
	add(1, Original, tcp, FIN|ACK, 3196, 0)                                          // 11
	add(1, Original, tcp, FIN|ACK, 3196, 0)                                          // 12 repeats 11
	add(2, Original, tcp, SYN, end, 0)                                               // 13: another flow
	add(3, Original, udp, 0, 0, 5)                                                   // 14
	add(3, Original, udp, 0, 0, 5)                                                   // 15: datagrams have no sequence
	tr.Journeys = append(tr.Journeys, Journey{ID: 16, Flow: 1, Direction: Original}) // seen nowhere
	want := map[int]int{2: 1, 8: 6, 9: 6, 12: 11}
	if got := tr.Retransmissions(); !maps.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
