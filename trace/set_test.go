package trace

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/google/gopacket/layers"
)

// TestSet: setting the differences between two packets turns one into the other.
func TestSet(t *testing.T) {
	tcp := Headers{
		EtherType: layers.EthernetTypeIPv4, HasMAC: true, SrcMAC: MAC{1}, DstMAC: MAC{2},
		Src: netip.MustParseAddrPort("10.0.0.1:1000"), Dst: netip.MustParseAddrPort("10.0.0.2:80"),
		Protocol: layers.IPProtocolTCP, TTL: 64, TOS: 4, ID: 7, DontFragment: true, TCP: TCP{Window: 100, MSS: 1460},
	}
	nated := tcp
	nated.Src, nated.Dst = netip.MustParseAddrPort("192.0.2.1:1001"), netip.MustParseAddrPort("172.17.0.2:5000")
	nated.SrcMAC, nated.DstMAC, nated.TTL, nated.TOS, nated.ID, nated.DontFragment = MAC{3}, MAC{4}, 63, 8, 9, false
	nated.TCP.Window, nated.TCP.MSS = 50, 1400
	echo := Headers{
		EtherType: layers.EthernetTypeIPv4, Src: netip.MustParseAddrPort("10.0.0.1:5"), Dst: netip.MustParseAddrPort("10.0.0.2:5"),
		Protocol: layers.IPProtocolICMPv4, ICMP: ICMP{Type: layers.ICMPv4TypeEchoRequest, ID: 5},
	}
	other := echo
	other.Src, other.Dst, other.ICMP.ID = netip.MustParseAddrPort("192.0.2.1:6"), netip.MustParseAddrPort("10.0.0.2:6"), 6
	for _, c := range [][2]Headers{{tcp, nated}, {nated, tcp}, {echo, other}} {
		got := c[0]
		for _, change := range Differences(&c[0], &c[1], &c[0]) {
			got.Set(change.Field, change.To)
		}
		if !reflect.DeepEqual(got, c[1]) {
			t.Errorf("%+v became\n%+v, not\n%+v", c[0], got, c[1])
		}
	}
}
