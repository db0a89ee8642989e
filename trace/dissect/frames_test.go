package dissect

import (
	"net"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// frames returns samples of every protocol, by name.
func frames(t testing.TB) map[string][]byte {
	v4, v6 := layers.EthernetTypeIPv4, layers.EthernetTypeIPv6
	syn := tcp()
	syn.SYN, syn.ACK, syn.PSH, syn.Ack = true, false, false, 0
	syn.Options = []layers.TCPOption{
		{OptionType: layers.TCPOptionKindMSS, OptionData: []byte{5, 0xb4}},
		{OptionType: layers.TCPOptionKindSACKPermitted},
		{OptionType: layers.TCPOptionKindTimestamps, OptionData: []byte{0, 0, 0, 9, 0, 0, 0, 0}},
		{OptionType: layers.TCPOptionKindNop},
		{OptionType: layers.TCPOptionKindWindowScale, OptionData: []byte{7}},
	}
	urgent := tcp()
	urgent.URG, urgent.Urgent = true, 3
	fragment, first := ip4(layers.IPProtocolUDP), ip4(layers.IPProtocolUDP)
	fragment.Flags, fragment.FragOffset = 0, 185
	first.Flags = layers.IPv4MoreFragments
	group := ip4(layers.IPProtocolIGMP)
	group.Options = []layers.IPv4Option{{OptionType: 148, OptionLength: 4, OptionData: []byte{0, 0}}}
	echo := icmp(8, 0)
	echo.Id, echo.Seq = 9, 3
	needed := icmp(3, 4)
	needed.Seq = 1400
	quoted := build(t, ip4(layers.IPProtocolTCP), tcp())
	question := layers.DNSQuestion{Name: []byte("flask.example"), Type: layers.DNSTypeA, Class: layers.DNSClassIN}
	answer := func(kind layers.DNSType) layers.DNSResourceRecord {
		return layers.DNSResourceRecord{
			Name: []byte("flask.example"), Type: kind, Class: layers.DNSClassIN, TTL: 300, IP: net.IP{172, 17, 0, 2},
			CNAME: []byte("web.example"), TXTs: [][]byte{[]byte("a \x1b[31mred"), []byte("text")},
			MX: layers.DNSMX{Preference: 10, Name: []byte("mail.example")},
		}
	}
	report := layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(143, 0)}
	solicit := layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(135, 0)}
	echo6 := layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(128, 0)}
	return map[string][]byte{
		"syn":     build(t, eth(v4), ip4(layers.IPProtocolTCP), syn),
		"request": build(t, eth(v4), ip4(layers.IPProtocolTCP), tcp(), gopacket.Payload("POST /a HTTP/1.1\r\nHost: flask:5000\r\nX: \x1b[2J\xff\r\n folded\r\n\r\nbody")),
		"answer":  build(t, eth(v4), ip4(layers.IPProtocolTCP), tcp(), gopacket.Payload("HTTP/1.0 404 NOT FOUND\r\nServer: W")),
		"urgent":  build(t, eth(v4), ip4(layers.IPProtocolTCP), urgent, gopacket.Payload("abc")),
		"udp":     build(t, eth(v4), ip4(layers.IPProtocolUDP), udp(5353, 9), gopacket.Payload("say \"hi\"\n\\")),
		"middle":  build(t, eth(v4), fragment, gopacket.Payload("the middle")),
		"first":   build(t, eth(v4), first, udp(1, 2), gopacket.Payload("the start")),
		"echo":    build(t, eth(v4), ip4(layers.IPProtocolICMPv4), echo, gopacket.Payload("abcd")),
		"error":   build(t, eth(v4), ip4(layers.IPProtocolICMPv4), needed, gopacket.Payload(quoted[:28])),
		"group":   build(t, eth(v4), group, gopacket.Payload("\x22\x00\xe8\xf9\x00\x00\x00\x01\x04\x00\x00\x00\xef\x01\x02\x03")),
		"query":   build(t, eth(v4), ip4(layers.IPProtocolUDP), udp(40000, 53), &layers.DNS{ID: 5, RD: true, Questions: []layers.DNSQuestion{question}}),
		"reply": build(t, eth(v4), ip4(layers.IPProtocolUDP), udp(53, 40000), &layers.DNS{
			ID: 5, QR: true, RD: true, RA: true, Questions: []layers.DNSQuestion{question},
			Answers:     []layers.DNSResourceRecord{answer(layers.DNSTypeCNAME), answer(layers.DNSTypeA), answer(layers.DNSTypeMX), answer(layers.DNSTypeTXT)},
			Additionals: []layers.DNSResourceRecord{{Type: layers.DNSTypeOPT, Class: 1232}},
		}),
		"arp": build(t, eth(layers.EthernetTypeARP), &layers.ARP{
			AddrType: layers.LinkTypeEthernet, Protocol: v4, Operation: layers.ARPReply,
			SourceHwAddress: hostMAC, SourceProtAddress: []byte{172, 17, 0, 1}, DstHwAddress: flaskMAC, DstProtAddress: []byte{172, 17, 0, 2},
		}),
		"vlan": build(t, eth(layers.EthernetTypeDot1Q), &layers.Dot1Q{VLANIdentifier: 10, Priority: 3, Type: v4},
			ip4(layers.IPProtocolUDP), udp(1, 2)),
		"tcp6":     build(t, eth(v6), ip6(layers.IPProtocolTCP), tcp()),
		"echo6":    build(t, eth(v6), ip6(layers.IPProtocolICMPv6), &echo6, gopacket.Payload("\x00\x09\x00\x03")),
		"neighbor": build(t, eth(v6), ip6(layers.IPProtocolICMPv6), &solicit, gopacket.Payload("\x00\x00\x00\x00\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x01\x01\x02\x42\xac\x11\x00\x01")),
		"report":   build(t, eth(v6), ip6(layers.IPProtocolICMPv6), &report, gopacket.Payload("\x00\x00\x00\x01\x04\x00\x00\x00\xff\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff\x00\x00\x01")),
		"piece6":   build(t, eth(v6), ip6(layers.IPProtocolIPv6Fragment), gopacket.Payload("\x11\x00\x05\xa9\x00\x00\x00\x07rest")),
		"lldp":     build(t, eth(layers.EthernetTypeLinkLayerDiscovery), gopacket.Payload("link layer discovery")),
	}
}
