package rule

import (
	"net/netip"
	"testing"
)

func TestNATGives(t *testing.T) {
	a := netip.MustParseAddr
	first := Interfaces{
		In:  func(x netip.Addr) bool { return x == a("10.1.0.1") },
		Out: func(x netip.Addr) bool { return x == a("10.2.0.1") },
	}
	own := Interfaces{Out: first.Out}
	for _, c := range []struct {
		name     string
		nat      NAT
		from, to string
		at       Interfaces
		want     bool
	}{
		{"one address", NAT{Kind: DNAT, Address: a("10.2.0.2")}, "10.1.0.1:80", "10.2.0.2:80", first, true},
		{"destination keeps its port", NAT{Kind: DNAT, Address: a("10.2.0.2")}, "10.1.0.1:80", "10.2.0.2:81", first, false},
		{"source may lose its port", NAT{Kind: SNAT, Address: a("10.2.0.2")}, "10.1.0.1:80", "10.2.0.2:1024", first, true},
		{"only a port", NAT{Kind: DNAT, Ports: PortRange{8080, 8081}}, "10.1.0.1:80", "10.1.0.1:8081", first, true},
		{"only a port, other address", NAT{Kind: DNAT, Ports: PortRange{8080, 8081}}, "10.1.0.1:80", "10.1.0.2:8081", first, false},
		{"last of a range", NAT{Kind: DNAT, Address: a("10.2.0.2"), Last: a("10.2.0.9")}, "10.1.0.1:80", "10.2.0.9:80", first, true},
		{"after a range", NAT{Kind: DNAT, Address: a("10.2.0.2"), Last: a("10.2.0.9")}, "10.1.0.1:80", "10.2.0.10:80", first, false},
		{"masquerade", NAT{Kind: Masquerade}, "10.1.0.2:5000", "10.2.0.1:5000", first, true},
		{"masquerade, other interface", NAT{Kind: Masquerade}, "10.1.0.2:5000", "10.1.0.1:5000", first, false},
		{"masquerade, no interface", NAT{Kind: Masquerade}, "10.1.0.2:5000", "10.2.0.1:5000", Interfaces{}, false},
		{"redirect", NAT{Kind: Redirect, Ports: PortRange{8080, 8080}}, "10.9.0.1:80", "10.1.0.1:8080", first, true},
		{"redirect keeps the port", NAT{Kind: Redirect}, "10.9.0.1:80", "10.1.0.1:81", first, false},
		{"redirect, second address", NAT{Kind: Redirect}, "10.9.0.1:80", "10.1.0.3:80", first, false},
		{"redirect, own packet", NAT{Kind: Redirect}, "10.9.0.1:80", "127.0.0.1:80", own, true},
		{"redirect, own packet elsewhere", NAT{Kind: Redirect}, "10.9.0.1:80", "10.1.0.1:80", own, false},
		{"netmap", NAT{Kind: Netmap, Network: netip.MustParsePrefix("10.7.4.0/22")}, "192.168.1.9:80", "10.7.5.9:80", first, true},
		{"netmap, other host", NAT{Kind: Netmap, Network: netip.MustParsePrefix("10.7.4.0/22")}, "192.168.1.9:80", "10.7.4.9:80", first, false},
		{"netmap, other network", NAT{Kind: Netmap, Network: netip.MustParsePrefix("10.7.4.0/22")}, "192.168.1.9:80", "10.7.9.9:80", first, false},
		{"only the kind is known", NAT{Kind: DNAT, Unknown: true}, "10.1.0.1:80", "10.1.0.1:80", first, false},
		{"netmap of one", NAT{Kind: Netmap, Network: netip.MustParsePrefix("10.7.4.1/32")}, "192.168.1.9:80", "10.7.4.1:80", first, true},
	} {
		if got := c.nat.Gives(netip.MustParseAddrPort(c.from), netip.MustParseAddrPort(c.to), c.at); got != c.want {
			t.Errorf("%s: %s to %s: %v", c.name, c.from, c.to, got)
		}
	}
}

func TestNATDestination(t *testing.T) {
	for kind, want := range map[NATKind][2]bool{
		DNAT: {true, true}, Redirect: {true, true}, SNAT: {}, Masquerade: {}, Netmap: {true, false},
	} {
		n := NAT{Kind: kind}
		if got := [2]bool{n.Destination(true), n.Destination(false)}; got != want {
			t.Errorf("%d: %v, want %v", kind, got, want)
		}
	}
}
