package packet

import (
	"net"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// TestQuoted6: errors about different datagrams of equal length differ in the hash, and NAT,
// which translates the quoted addresses and ports, leaves it unchanged.
func TestQuoted6(t *testing.T) {
	serialize := func(parts ...gopacket.SerializableLayer) []byte {
		b := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, parts...); err != nil {
			t.Fatal(err)
		}
		return append([]byte(nil), b.Bytes()...)
	}
	ip := func(from string, p layers.IPProtocol) *layers.IPv6 {
		return &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: p, SrcIP: net.ParseIP("fd00::9"), DstIP: net.ParseIP(from)}
	}
	about := func(client string, port layers.UDPPort, payload string) Packet {
		quoted := serialize(ip(client, layers.IPProtocolUDP), &layers.UDP{SrcPort: 53, DstPort: port}, gopacket.Payload(payload))
		frame := serialize(&layers.Ethernet{SrcMAC: hostMAC[:], DstMAC: flaskMAC[:], EthernetType: layers.EthernetTypeIPv6}, ip("fd00::1", layers.IPProtocolICMPv6),
			&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(1, 4)}, gopacket.Payload(append(make([]byte, 4), quoted...)))
		p, err := NewDecoder().Frame(frame)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a, translated, other := about("fd00::1", 4000, "an answer"), about("fd00::2", 5000, "an answer"), about("fd00::1", 4000, "the other")
	if a.ICMP.Quoted == nil || a.Hash == 0 {
		t.Fatalf("nothing is quoted: %+v", a)
	}
	if a.Key != translated.Key || a.Hash != translated.Hash {
		t.Errorf("translated, the error is another packet:\n%+v\n%+v", a, translated)
	}
	if a.Key != other.Key || a.Hash == other.Hash {
		t.Errorf("errors about two datagrams are equal:\n%+v\n%+v", a, other)
	}
}
