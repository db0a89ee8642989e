package dissect

import (
	"net"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

func TestTCPOptions(t *testing.T) {
	sack := []byte{0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 20, 0, 0, 0, 30}
	for _, c := range []struct {
		kind layers.TCPOptionKind
		data []byte
		want string
	}{
		{layers.TCPOptionKindSACK, sack, "SACK: 1 to 9, 20 to 30"},
		{layers.TCPOptionKindSACK, sack[:3], "SACK: 3 bytes of data, 0x000000"},
		{layers.TCPOptionKindWindowScale, []byte{0}, "window scale: 0 (multiply by 1)"},
		{layers.TCPOptionKindWindowScale, []byte{15}, "window scale: 15 [over the maximum, used as 14]"},
		{34, []byte{1, 2, 3, 4}, "fast open cookie: 4 bytes of data, 0x01020304"},
		{253, nil, "option 253"},
		{layers.TCPOptionKindEndList, nil, "end of options"},
	} {
		segment := tcp()
		segment.Options = []layers.TCPOption{{OptionType: c.kind, OptionData: c.data}}
		ls := Frame(build(t, eth(layers.EthernetTypeIPv4), ip4(layers.IPProtocolTCP), segment))
		if got := value(ls, "TCP", "option"); got != c.want {
			t.Errorf("option %d is %q, want %q", c.kind, got, c.want)
		}
	}
}

// TestSourceRoute: until the route is used up, the header contains the next destination,
// and the pseudo-header the last one.
func TestSourceRoute(t *testing.T) {
	for pointer, want := range map[byte]string{4: "0xde53 [not verified: a source route changes the destination]", 8: "0xde53 [correct]"} {
		ip := ip4(layers.IPProtocolTCP)
		ip.Options = []layers.IPv4Option{{OptionType: 131, OptionLength: 7, OptionData: []byte{pointer, 10, 0, 0, 9}}, {OptionType: 1, OptionLength: 1}}
		ls := Frame(build(t, eth(layers.EthernetTypeIPv4), ip, tcp()))
		if got := value(ls, "TCP", "checksum"); got != want {
			t.Errorf("pointer %d: %s, want %s", pointer, got, want)
		}
	}
}

// TestRoutingHeader is the same for IPv6 (RFC 8200, 8.1).
func TestRoutingHeader(t *testing.T) {
	segments := "\x06\x02\x04\x01\x00\x00\x00\x00" + string(net.ParseIP("fd00::9"))
	ls := Frame(build(t, eth(layers.EthernetTypeIPv6), ip6(layers.IPProtocolIPv6Routing), gopacket.Payload(segments), tcp()))
	if got := value(ls, "IPv6", "routing header"); got != "24 bytes, next header 6 (TCP), type 4, 1 segment left" {
		t.Error(got)
	}
	if got := value(ls, "TCP", "checksum"); got != "0xf851 [not verified: a routing header changes the destination]" {
		t.Error(got)
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[uint32]string{0: "0 (default)", 1: "1 (LE)", 8: "8 (CS1)", 10: "10 (AF11)", 38: "38 (AF43)", 46: "46 (EF)", 42: "42"} {
		if got := named(v, trace.DSCP(uint8(v<<2))); got != want {
			t.Errorf("DSCP %d is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[uint32]string{1: "A", 28: "AAAA", 65: "HTTPS", 255: "ANY", 1000: "TYPE1000"} {
		if got := dnsType(v); got != want {
			t.Errorf("DNS type %d is %q, want %q", v, got, want)
		}
	}
}
