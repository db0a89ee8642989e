package packet

import (
	"net"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// TestSYNTimestamps: a retransmitted SYN-ACK is a different packet; one whose MSS a router
// lowers is the same.
func TestSYNTimestamps(t *testing.T) {
	hash := func(size, stamp byte) uint64 {
		b := gopacket.NewSerializeBuffer()
		err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true},
			&layers.Ethernet{SrcMAC: hostMAC[:], DstMAC: flaskMAC[:], EthernetType: layers.EthernetTypeIPv4},
			&layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}},
			&layers.TCP{SrcPort: 80, DstPort: 40000, Seq: 1, Ack: 2, SYN: true, ACK: true, Options: []layers.TCPOption{
				{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{5, size}},
				{OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: []byte{0, 0, 0, stamp, 0, 0, 0, 0}},
			}})
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := NewDecoder().Captured(trace.LinkEthernet, b.Bytes(), len(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		return p.Hash
	}
	if hash(180, 1) == 0 || hash(180, 1) != hash(100, 1) {
		t.Error("a different MSS makes it a different packet")
	}
	if hash(180, 1) == hash(180, 2) {
		t.Error("different timestamps do not make it a different packet")
	}
}
