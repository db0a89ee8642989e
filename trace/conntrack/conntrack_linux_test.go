package conntrack

import (
	"net/netip"
	"testing"

	"github.com/mdlayher/netlink"

	"tracer/trace"
)

var published = Entry{
	ID: 7,
	Original: Tuple{
		Protocol: tcp, Source: netip.MustParseAddrPort("192.168.52.202:48702"), Destination: netip.MustParseAddrPort("192.168.52.203:80"),
	},
	Reply: Tuple{
		Protocol: tcp, Source: netip.MustParseAddrPort("172.17.0.2:5000"), Destination: netip.MustParseAddrPort("192.168.52.202:48702"),
	},
	Status: SeenReply | Assured | Confirmed | DestNAT,
	State:  trace.TimeWait,
}

func TestTranslate(t *testing.T) {
	request := Tuple{Protocol: tcp, Source: published.Original.Source, Destination: published.Reply.Source}
	answer := Tuple{Protocol: tcp, Source: published.Original.Destination, Destination: published.Original.Source}
	for _, c := range []struct {
		name string
		in   Tuple
		out  Tuple
		d    trace.FlowDirection
		ok   bool
	}{
		{"request", published.Original, request, trace.Original, true},
		{"answer", published.Reply, answer, trace.Reply, true},
		{"translated request", request, Tuple{}, 0, false},
		{"other protocol", Tuple{Protocol: udp, Source: published.Original.Source, Destination: published.Original.Destination}, Tuple{}, 0, false},
	} {
		out, d, ok := published.Translate(c.in)
		if out != c.out || d != c.d || ok != c.ok {
			t.Errorf("%s: %s, %s, %v", c.name, out, d, ok)
		}
	}
}

func TestString(t *testing.T) {
	unreplied := published
	unreplied.Status, unreplied.State = Confirmed, trace.SynSent
	echo := Entry{Original: Tuple{Protocol: icmp, Source: netip.MustParseAddrPort("10.0.0.1:9"), Destination: netip.MustParseAddrPort("10.0.0.2:9")}, Status: SeenReply}
	echo.Reply = echo.Original.Reversed()
	for _, c := range []struct {
		got  string
		want string
	}{
		{published.String(), "tcp TIME_WAIT src=192.168.52.202 dst=192.168.52.203 sport=48702 dport=80 src=172.17.0.2 dst=192.168.52.202 sport=5000 dport=48702 [ASSURED]"},
		{unreplied.String(), "tcp SYN_SENT src=192.168.52.202 dst=192.168.52.203 sport=48702 dport=80 [UNREPLIED] src=172.17.0.2 dst=192.168.52.202 sport=5000 dport=48702"},
		{echo.String(), "icmp src=10.0.0.1 dst=10.0.0.2 id=9 src=10.0.0.2 dst=10.0.0.1 id=9"},
		{published.Status.String(), "SEEN_REPLY,ASSURED,CONFIRMED,DST_NAT"},
		{New.String() + Update.String() + Destroy.String() + Known.String() + Kind(0).String(), "newupdatedestroyknownunknown"},
	} {
		if c.got != c.want {
			t.Errorf("%q, not %q", c.got, c.want)
		}
	}
}

// The seeds in testdata/fuzz/FuzzDecode are messages of a real kernel.
func FuzzDecode(f *testing.F) {
	f.Add(uint16(0x100), uint16(netlink.Create), []byte{2, 0, 0, 0})
	f.Fuzz(func(t *testing.T, typ, flags uint16, b []byte) {
		e, err := decode(netlink.Message{Header: netlink.Header{Type: netlink.HeaderType(typ), Flags: netlink.HeaderFlags(flags)}, Data: b})
		if err == nil {
			_ = e.String()
		}
	})
}
