package packet

import (
	"bytes"
	"net"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
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

// TestQuotedSegment: errors about a SYN and about its retransmission differ in the hash, which
// translation leaves unchanged; of an error that was cut off, there is none. A segment and what an
// error quotes of it have the same digest.
func TestQuotedSegment(t *testing.T) {
	for name, addresses := range map[string][2]net.IP{
		"IPv4": {net.IP{10, 0, 0, 1}, net.IP{10, 0, 0, 9}},
		"IPv6": {net.ParseIP("fd00::1"), net.ParseIP("fd00::9")},
	} {
		sent := func(port layers.TCPPort, stamp byte) []byte {
			return framed(t, addresses[0], addresses[1], layers.IPProtocolTCP, &layers.TCP{
				SrcPort: port, DstPort: 80, Seq: 7, SYN: true, Checksum: uint16(port), Options: []layers.TCPOption{
					{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{5, 180}},
					{OptionType: layers.TCPOptionKindNop},
					{OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: []byte{0, 0, 0, stamp, 0, 0, 0, 0}},
				},
			})
		}
		about := func(to net.IP, quoted []byte) []byte { return errorAbout(t, addresses[1], to, quoted[ethernetHeader:]) }
		decoded := func(frame []byte, length int) Packet {
			p, _, err := NewDecoder().Captured(trace.LinkEthernet, frame, length)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		first, again := sent(4000, 1), sent(4000, 2)
		other := sent(5000, 1) // as it left a router that translates it
		copy(other[ethernetHeader:], translated(other[ethernetHeader:]))
		frame := about(addresses[0], first)
		a, b, c := decoded(frame, len(frame)), decoded(about(addresses[0], again), len(frame)), decoded(about(addresses[0], other), len(frame))
		if a.Key != c.Key || a.Hash != c.Hash || a.Hash == 0 {
			t.Errorf("%s: translated, the error is another packet:\n%+v\n%+v", name, a, c)
		}
		if a.Key != b.Key || a.Hash == b.Hash {
			t.Errorf("%s: errors about a SYN and its retransmission are equal:\n%+v\n%+v", name, a, b)
		}
		if x, y := decoded(first, len(first)).Content, decoded(again, len(again)).Content; a.ICMP.Quoted.Content != x || b.ICMP.Quoted.Content != y || x == y || x == 0 {
			t.Errorf("%s: digests of the segments %x and %x, quoted %x and %x", name, x, y, a.ICMP.Quoted.Content, b.ICMP.Quoted.Content)
		}
		for n := range frame {
			p, _, _ := NewDecoder().Captured(trace.LinkEthernet, frame[:n], len(frame)) // or too short
			if p.Hash != 0 || p.ICMP.Quoted != nil && p.ICMP.Quoted.Content != 0 && p.ICMP.Quoted.Content != a.ICMP.Quoted.Content {
				t.Errorf("%s: cut to %d bytes: %+v", name, n, p)
			}
		}
	}
}

// errorAbout returns the frame of an ICMP error.
func errorAbout(t *testing.T, from, to net.IP, quoted []byte) []byte {
	if from.To4() != nil {
		return framed(t, from, to, layers.IPProtocolICMPv4, &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 1)}, gopacket.Payload(quoted))
	}
	return framed(t, from, to, layers.IPProtocolICMPv6, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(1, 3)}, gopacket.Payload(append(make([]byte, 4), quoted...)))
}

// framed returns the frame of a packet.
func framed(t *testing.T, from, to net.IP, protocol layers.IPProtocol, parts ...gopacket.SerializableLayer) []byte {
	t.Helper()
	eth := &layers.Ethernet{SrcMAC: hostMAC[:], DstMAC: flaskMAC[:], EthernetType: layers.EthernetTypeIPv4}
	var ip gopacket.SerializableLayer = &layers.IPv4{Version: 4, IHL: 5, TTL: 64, Protocol: protocol, SrcIP: from, DstIP: to}
	if from.To4() == nil {
		eth.EthernetType = layers.EthernetTypeIPv6
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: from, DstIP: to}
	}
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, append([]gopacket.SerializableLayer{eth, ip}, parts...)...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// translated returns an IP packet with other addresses, and another checksum where there is one.
func translated(ip []byte) []byte {
	ip = bytes.Clone(ip)
	if ip[0]>>4 == 4 {
		ip[10], ip[15], ip[19] = ip[10]+1, ip[15]+1, ip[19]+1
	} else {
		ip[23], ip[39] = ip[23]+1, ip[39]+1
	}
	return ip
}
