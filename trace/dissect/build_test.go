package dissect

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

var (
	hostMAC  = net.HardwareAddr{2, 0x42, 0xac, 0x11, 0, 1}
	flaskMAC = net.HardwareAddr{2, 0x42, 0xac, 0x11, 0, 2}
)

func eth(t layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: hostMAC, DstMAC: flaskMAC, EthernetType: t}
}

func ip4(p layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, Id: 77, Flags: layers.IPv4DontFragment, Protocol: p, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}
}

func ip6(p layers.IPProtocol) *layers.IPv6 {
	return &layers.IPv6{Version: 6, TrafficClass: 0xb9, FlowLabel: 0x12345, HopLimit: 63, NextHeader: p, SrcIP: net.ParseIP("fd00::1"), DstIP: net.ParseIP("fd00::2")}
}

func tcp() *layers.TCP {
	return &layers.TCP{SrcPort: 40000, DstPort: 5000, Seq: 1000, Ack: 2000, ACK: true, PSH: true, Window: 502}
}

func udp(source, destination uint16) *layers.UDP {
	return &layers.UDP{SrcPort: layers.UDPPort(source), DstPort: layers.UDPPort(destination)}
}

func icmp(kind, code uint8) *layers.ICMPv4 {
	return &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(kind, code)}
}

// build serializes layers, with correct lengths and checksums. Ethernet frames do
// not contain the padding that gopacket adds.
func build(t testing.TB, parts ...gopacket.SerializableLayer) []byte {
	t.Helper()
	var network gopacket.NetworkLayer
	for _, p := range parts {
		if n, ok := p.(gopacket.NetworkLayer); ok {
			network = n
		}
		if c, ok := p.(interface {
			SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
		}); ok {
			if err := c.SetNetworkLayerForChecksum(network); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	size := 0
	for i := len(parts) - 1; i >= 0; i-- {
		if _, ok := parts[i].(*layers.Ethernet); ok {
			size = len(b.Bytes()) + 14
		}
		if err := parts[i].SerializeTo(b, options); err != nil {
			t.Fatal(err)
		}
	}
	frame := append([]byte(nil), b.Bytes()...)
	if size > 0 {
		frame = frame[:size]
	}
	return frame
}

// text formats layers completely, with one line for each field.
func text(ls []Layer) string {
	var b strings.Builder
	for _, l := range ls {
		fmt.Fprintf(&b, "%s %d+%d\n", l.Name, l.Offset, l.Length)
		for _, f := range l.Fields {
			fmt.Fprintf(&b, "  %s: %s @%d+%d\n", f.Name, f.Value, f.Offset, f.Length)
		}
	}
	return b.String()
}

// part returns the text of the layers, starting with the one called name.
func part(ls []Layer, name string) string {
	for i, l := range ls {
		if l.Name == name {
			return text(ls[i:])
		}
	}
	return "no layer " + name + " in:\n" + text(ls)
}

// value returns the value of a field, or "none" without that layer or field.
func value(ls []Layer, layer, field string) string {
	for _, l := range ls {
		for _, f := range l.Fields {
			if l.Name == layer && f.Name == field {
				return f.Value
			}
		}
	}
	return "none"
}

// same compares texts. The wanted one is indented with tabs and begins with a line break,
// to fit into source code.
func same(t *testing.T, name, got, want string) {
	t.Helper()
	want = strings.TrimPrefix(strings.ReplaceAll(want, "\t", ""), "\n")
	if got != want {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}
