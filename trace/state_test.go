package trace

import (
	"net/netip"
	"testing"
)

func TestRoute(t *testing.T) {
	p, a := netip.MustParsePrefix, netip.MustParseAddr
	n := Node{Routes: []Route{
		{Destination: p("0.0.0.0/0"), Gateway: a("10.0.0.1"), Interface: "eth0"},
		{Destination: p("172.17.0.0/16"), Interface: "docker0", Source: a("172.17.0.1"), Kernel: true, Scope: ScopeLink},
		{Destination: p("172.17.5.0/24"), Gateway: a("172.17.0.9"), Interface: "docker0"},
	}}
	for to, want := range map[string]string{
		"8.8.8.8":    "default via 10.0.0.1 dev eth0",
		"172.17.0.2": "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1",
		"172.17.5.2": "172.17.5.0/24 via 172.17.0.9 dev docker0",
	} {
		if r, ok := n.Route(a(to)); !ok || r.String() != want {
			t.Errorf("%s: %s", to, r)
		}
	}
	if _, ok := (&Node{}).Route(a("8.8.8.8")); ok {
		t.Error("a route out of an empty table")
	}
}
