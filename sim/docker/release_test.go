package docker

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tracer/sim"
)

// TestTraits: what each trait changes shows in the networks that differ by it, apart from the
// rules, which TestRules compares.
func TestTraits(t *testing.T) {
	for version, want := range map[string]struct {
		index, hostIndex int
		localMAC         bool // derived from the address
		route            bool // inside an internal network
		ipv6             bool // at the loopback
	}{
		"20.10": {5, 6, true, true, false},
		"28":    {2, 5, false, false, true},
		"29":    {2, 5, false, false, true},
	} {
		topo := host()
		e := Engine{Version: version, Networks: []Network{
			DefaultBridge(), {Name: "back", Bridge: "br-back", Gateway: netip.MustParsePrefix("172.18.0.1/16"), Internal: true},
		}, Containers: []Container{{Name: "db", Network: "back"}}}
		if err := e.Install(topo, "host"); err != nil {
			t.Fatal(err)
		}
		l := topo.Links[1]
		db, _ := topo.Node("db")
		none := slices.ContainsFunc(db.Sysctls, func(s sim.Sysctl) bool { return s.Key == "net.ipv6.conf.lo.disable_ipv6" })
		if l.B.Index != want.index || l.A.Index != want.hostIndex || (l.B.MAC.String() == "02:42:ac:12:00:02") != want.localMAC ||
			len(db.Routes) > 0 != want.route || none == want.ipv6 {
			t.Errorf("%s: %+v, %+v", version, l, db)
		}
	}
}

// TestRoutedAll: of a container's networks, one is in the mode NAT and one is routed. Engine 29
// opens the published port on both.
func TestRoutedAll(t *testing.T) {
	routed := bridgeNetwork("routed", "172.28.0.1/16")
	routed.Mode = Routed
	const accept = "-A DOCKER -d 172.28.0.2/32 ! -i br-routed -o br-routed -p tcp -m tcp --dport 80 -j ACCEPT"
	for version, open := range map[string]bool{"28": false, "29": true} {
		topo := host()
		e := Engine{Version: version, Networks: []Network{DefaultBridge(), routed}, Containers: []Container{
			{Name: "web", Network: "bridge", Also: []Attachment{{Network: "routed"}}, Publish: publish(t, "80:80")},
		}}
		if err := e.Install(topo, "host"); err != nil {
			t.Fatal(err)
		}
		n, _ := topo.Node("host")
		if got := saved(n); strings.Contains(got, accept) != open || strings.Count(got, "-j DNAT") != 1 || len(n.Services) != 1 {
			t.Errorf("%s:\n%s", version, got)
		}
	}
}
