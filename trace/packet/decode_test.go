package packet

import (
	"net"
	"reflect"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

var (
	hostMAC  = trace.MAC{2, 0, 0, 0, 0, 1}
	flaskMAC = trace.MAC{2, 0x42, 172, 17, 0, 2}
)

// packets are frames of every kind that is decoded, by name.
func packets(t testing.TB) map[string][]byte {
	eth := func(e layers.EthernetType) *layers.Ethernet {
		return &layers.Ethernet{SrcMAC: hostMAC[:], DstMAC: flaskMAC[:], EthernetType: e}
	}
	ip := func(p layers.IPProtocol) *layers.IPv4 {
		return &layers.IPv4{Version: 4, TTL: 64, Id: 77, Protocol: p, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}
	}
	ip6 := func(p layers.IPProtocol) *layers.IPv6 {
		return &layers.IPv6{Version: 6, HopLimit: 1, NextHeader: p, SrcIP: net.ParseIP("fe80::1"), DstIP: net.ParseIP("ff02::16")}
	}
	build := func(parts ...gopacket.SerializableLayer) []byte {
		b := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, parts...); err != nil {
			t.Fatal(err)
		}
		return append([]byte(nil), b.Bytes()...)
	}
	segment := func(t layers.TCP, payload string) []byte {
		t.SrcPort, t.DstPort, t.Seq, t.Window = 5000, 80, 1, 64240
		t.Options = []layers.TCPOption{{OptionType: layers.TCPOptionKindNop}, {OptionType: layers.TCPOptionKindNop},
			{OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: make([]byte, 8)}}
		from := ip(layers.IPProtocolTCP)
		from.SrcIP, from.DstIP = net.IP{172, 17, 0, 2}, net.IP{192, 168, 52, 203}
		return build(eth(layers.EthernetTypeIPv4), from, &t, gopacket.Payload(payload))
	}
	quoted := build(ip(layers.IPProtocolUDP), gopacket.Payload("12345678"))
	fragment := ip(layers.IPProtocolUDP)
	fragment.FragOffset = 185
	return map[string][]byte{
		"syn":    segment(layers.TCP{SYN: true}, ""),
		"data":   segment(layers.TCP{PSH: true, ACK: true, Ack: 2}, "hello"),
		"udp":    build(eth(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), &layers.UDP{SrcPort: 5353, DstPort: 53, Length: 27}, gopacket.Payload("a question of dns..")),
		"short":  build(eth(layers.EthernetTypeIPv4), ip(layers.IPProtocolUDP), &layers.UDP{SrcPort: 5353, DstPort: 53, Length: 10}, gopacket.Payload("ab")),
		"echo":   build(eth(layers.EthernetTypeIPv4), ip(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(8, 0), Id: 9, Seq: 3}, gopacket.Payload("abcdefghijklmnopqrstuvwx")),
		"error":  build(eth(layers.EthernetTypeIPv4), ip(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 3)}, gopacket.Payload(quoted)),
		"vlan":   build(eth(layers.EthernetTypeDot1Q), &layers.Dot1Q{VLANIdentifier: 10, Type: layers.EthernetTypeIPv4}, ip(layers.IPProtocolUDP), &layers.UDP{SrcPort: 1, DstPort: 2, Length: 8}),
		"piece":  build(eth(layers.EthernetTypeIPv4), fragment, gopacket.Payload("the middle of a datagram")),
		"arp":    build(eth(layers.EthernetTypeARP), &layers.ARP{AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: 1, SourceHwAddress: hostMAC[:], SourceProtAddress: []byte{172, 17, 0, 1}, DstHwAddress: make([]byte, 6), DstProtAddress: []byte{172, 17, 0, 2}}),
		"report": build(eth(layers.EthernetTypeIPv6), ip6(layers.IPProtocolICMPv6), &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(143, 0)}, gopacket.Payload("0123456789")),
		"other":  build(eth(0x88cc), gopacket.Payload("link layer discovery")),
	}
}

func TestDecodeFrame(t *testing.T) {
	for name, want := range map[string]struct {
		summary, source, destination string
		ttl                          uint8
		payload                      int
		housekeeping                 bool
	}{
		"syn":    {"TCP SYN", "172.17.0.2:5000", "192.168.52.203:80", 64, 0, false},
		"data":   {"TCP data (5 bytes)", "172.17.0.2:5000", "192.168.52.203:80", 64, 5, false},
		"udp":    {"UDP (19 bytes)", "10.0.0.1:5353", "10.0.0.2:53", 64, 19, false},
		"echo":   {"ICMP echo request", "10.0.0.1", "10.0.0.2", 64, 24, false},
		"error":  {"ICMP port unreachable", "10.0.0.1", "10.0.0.2", 64, 28, false},
		"vlan":   {"UDP (0 bytes)", "10.0.0.1:1", "10.0.0.2:2", 64, 0, false},
		"arp":    {"ARP request", "172.17.0.1", "172.17.0.2", 0, 0, false},
		"report": {"ICMPv6 multicast listener report", "fe80::1", "ff02::16", 1, 10, true},
		"other":  {"LinkLayerDiscovery", hostMAC.String(), flaskMAC.String(), 0, 0, false},
	} {
		p, err := NewDecoder().Frame(packets(t)[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Summary() != want.summary || p.Source() != want.source || p.Destination() != want.destination ||
			p.TTL != want.ttl || p.Payload != want.payload || p.Background() != want.housekeeping {
			t.Errorf("%s: %s, %s => %s, ttl %d, %d bytes, housekeeping %v", name, p.Summary(), p.Source(), p.Destination(), p.TTL, p.Payload, p.Background())
		}
		if p.SrcMAC != hostMAC || p.DstMAC != flaskMAC {
			t.Errorf("%s: %s => %s", name, p.SrcMAC, p.DstMAC)
		}
	}
}

// TestSameKey: the whole frame and the few bytes that netfilter reports give
// the same fingerprint, or else nothing could be joined.
func TestSameKey(t *testing.T) {
	for _, name := range []string{"syn", "data", "udp", "short", "echo", "error", "piece"} {
		frame := packets(t)[name]
		whole, err := NewDecoder().Frame(frame)
		if err != nil {
			t.Fatal(err)
		}
		network := frame[14:min(len(frame), 54)]
		part, err := NewDecoder().Headers(frame[:14], network, frame[34:min(len(frame), 54)])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if whole.Key != part.Key {
			t.Errorf("%s: of the frame %+v, of the headers %+v", name, whole.Key, part.Key)
		}
		if whole.Ends() != part.Ends() || whole.TTL != part.TTL || whole.SrcMAC != part.SrcMAC {
			t.Errorf("%s: %+v, %+v", name, whole, part)
		}
	}
}

// TestKeysDiffer: what NAT and forwarding change does not change the key, and
// anything else does.
func TestKeysDiffer(t *testing.T) {
	type segment struct {
		ip      layers.IPv4
		tcp     layers.TCP
		eth     layers.Ethernet
		payload string
	}
	base := segment{
		ip:  layers.IPv4{Version: 4, TTL: 64, Id: 5, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{172, 17, 0, 2}, DstIP: net.IP{192, 168, 52, 203}},
		tcp: layers.TCP{SrcPort: 5000, DstPort: 80, Seq: 1, Ack: 2, ACK: true, Window: 64240},
		eth: layers.Ethernet{SrcMAC: hostMAC[:], DstMAC: flaskMAC[:], EthernetType: layers.EthernetTypeIPv4}, payload: "x",
	}
	key := func(s segment) Key {
		b := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, &s.eth, &s.ip, &s.tcp, gopacket.Payload(s.payload)); err != nil {
			t.Fatal(err)
		}
		p, err := NewDecoder().Frame(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return p.Key
	}
	same := base
	same.ip.SrcIP, same.ip.DstIP, same.ip.TTL = net.IP{192, 168, 52, 203}, net.IP{192, 168, 52, 202}, 63
	same.tcp.SrcPort, same.tcp.DstPort = 80, 1
	same.eth.SrcMAC, same.eth.DstMAC = flaskMAC[:], hostMAC[:]
	if key(same) != key(base) {
		t.Error("NAT and forwarding changed the key")
	}
	for i, change := range []func(*segment){
		func(s *segment) { s.ip.Id++ }, func(s *segment) { s.tcp.Seq++ }, func(s *segment) { s.tcp.Ack++ },
		func(s *segment) { s.tcp.FIN = true }, func(s *segment) { s.payload = "xy" },
	} {
		other := base
		change(&other)
		if key(other) == key(base) {
			t.Errorf("change %d left the key as it was", i)
		}
	}
}

// TestTruncated: a frame cut anywhere is decoded as far as it goes.
func TestTruncated(t *testing.T) {
	for name, frame := range packets(t) {
		for n := range frame {
			d := NewDecoder()
			if _, err := d.Frame(frame[:n]); (err == nil) != (n >= 14) {
				t.Errorf("%s cut to %d bytes: %v", name, n, err)
			}
		}
	}
}

func FuzzFrame(f *testing.F) {
	for _, frame := range packets(f) {
		f.Add(frame)
	}
	d := NewDecoder()
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := d.Frame(b)
		if err == nil {
			_, _, _ = p.Summary(), p.Source(), p.Destination()
		}
		again, _ := NewDecoder().Frame(b)
		if !reflect.DeepEqual(p, again) {
			t.Errorf("a used decoder gives %+v, a new one %+v", p, again)
		}
	})
}

func FuzzHeaders(f *testing.F) {
	for _, frame := range packets(f) {
		if len(frame) >= 54 {
			f.Add(frame[:14], frame[14:54], frame[34:54])
		}
	}
	f.Add([]byte{}, []byte{0x45}, []byte{})
	d := NewDecoder()
	f.Fuzz(func(t *testing.T, link, network, transport []byte) {
		p, err := d.Headers(link, network, transport)
		again, err2 := NewDecoder().Headers(link, network, transport)
		if (err == nil) != (err2 == nil) || err == nil && !reflect.DeepEqual(p, again) {
			t.Errorf("a used decoder gives %+v, a new one %+v", p, again)
		}
	})
}

func BenchmarkFrame(b *testing.B) {
	frame := packets(b)["data"]
	d := NewDecoder()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Frame(frame); err != nil {
			b.Fatal(err)
		}
	}
}

// TestForwardedFragments: a fragment has no ports, and is followed all the same.
func TestForwardedFragments(t *testing.T) {
	a, err := NewDecoder().Frame(packets(t)["piece"])
	if err != nil {
		t.Fatal(err)
	}
	frame := append([]byte(nil), packets(t)["piece"]...)
	frame[14+8]-- // the TTL
	b, err := NewDecoder().Frame(frame)
	if err != nil || a.Hash != b.Hash || a.Key != b.Key {
		t.Errorf("%v: a fragment is another one after a hop", err)
	}
}

// TestTranslatedFragment: the first fragment of a datagram contains the ports, which NAT
// changes, and is followed nevertheless.
func TestTranslatedFragment(t *testing.T) {
	frame := append([]byte(nil), packets(t)["udp"]...)
	const ip, udp = 14, 34
	frame[ip+6] |= 0x20 // more fragments
	a, err := NewDecoder().Frame(frame)
	if err != nil {
		t.Fatal(err)
	}
	copy(frame[ip+12:], "\x0a\x01\x01\x01") // the source
	copy(frame[udp:], "\x13\x88")           // its port
	copy(frame[udp+6:], "\xaa\xbb")         // the checksum
	b, err := NewDecoder().Frame(frame)
	if err != nil || a.Hash != b.Hash || a.Key != b.Key || a.Hash == 0 {
		t.Errorf("%v: a fragment is not recognized after NAT", err)
	}
}
