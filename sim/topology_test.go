package sim_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"tracer/sim"
	"tracer/sim/rule"
)

// pair is a small valid topology:
//
//	a (client)                  b (host), a service on port 80
//	eth0 10.0.0.1/24 ────────── eth0 10.0.0.2/24
//	eth1 ────────────────────── eth1 ─ br0 10.1.0.1/24
func pair() sim.Topology {
	p := netip.MustParsePrefix
	return sim.Topology{
		Nodes: []sim.Node{
			{Name: "a", Role: sim.RoleClient, Routes: []sim.Route{{Destination: p("0.0.0.0/0"), Gateway: netip.MustParseAddr("10.0.0.2")}}},
			{Name: "b", Role: sim.RoleHost, Bridges: []sim.Bridge{{Name: "br0", Addresses: []netip.Prefix{p("10.1.0.1/24")}}}, Services: []sim.Service{{Port: 80}}},
		},
		Links: []sim.Link{
			{A: sim.Endpoint{Node: "a", Interface: "eth0", Addresses: []netip.Prefix{p("10.0.0.1/24")}}, B: sim.Endpoint{Node: "b", Interface: "eth0", Addresses: []netip.Prefix{p("10.0.0.2/24")}}},
			{A: sim.Endpoint{Node: "a", Interface: "eth1"}, B: sim.Endpoint{Node: "b", Interface: "eth1", Bridge: "br0"}},
		},
	}
}

// wrong holds rules with a problem.
type wrong struct{ rule.Rules }

func (wrong) Validate() []rule.Problem { return []rule.Problem{{Path: "nut", Text: "no such table"}} }

func TestValidate(t *testing.T) {
	if topo := pair(); topo.Validate() != nil {
		t.Fatal(topo.Validate())
	}
	p := netip.MustParsePrefix
	for _, c := range []struct {
		name   string
		change func(*sim.Topology)
		want   []string
	}{
		{"empty", func(t *sim.Topology) { *t = sim.Topology{} }, []string{"nodes: there is none"}},
		{"no name", func(t *sim.Topology) { t.Nodes = append(t.Nodes, sim.Node{Role: sim.RoleClient}) }, []string{"nodes[2]: has no name"}},
		{"name with a slash", func(t *sim.Topology) { t.Nodes = append(t.Nodes, sim.Node{Name: "x/y", Role: sim.RoleClient}) }, []string{`nodes[2]: name "x/y" has characters other than letters`}},
		{"same name", func(t *sim.Topology) { t.Nodes = append(t.Nodes, sim.Node{Name: "a", Role: sim.RoleClient}) }, []string{`nodes[2]: name "a" is taken`}},
		{"no role", func(t *sim.Topology) { t.Nodes[0].Role = 0 }, []string{"nodes[a].role: role(0) is none of client, host, container, router, server"}},
		{"unknown node", func(t *sim.Topology) { t.Links[1].A.Node = "z" }, []string{`z/eth1: there is no node "z"`}},
		{"unknown bridge", func(t *sim.Topology) { t.Links[1].B.Bridge = "br9" }, []string{`b/eth1: node b has no bridge "br9"`}},
		{"one index", func(t *sim.Topology) { t.Links[1].A.Index = 7 }, []string{"links[1]: gives an interface index for one end only"}},
		{"no interface name", func(t *sim.Topology) { t.Links[1].A.Interface = "" }, []string{"a/: interface has no name"}},
		{"long interface name", func(t *sim.Topology) { t.Links[1].A.Interface = "sixteen-bytes-ab" }, []string{`"sixteen-bytes-ab" has 16 bytes, at most 15`}},
		{"strange interface name", func(t *sim.Topology) { t.Links[1].A.Interface = "a b" }, []string{`"a b" cannot name an interface`}},
		{"loopback", func(t *sim.Topology) { t.Links[1].A.Interface = "lo" }, []string{"lo already exists in every node"}},
		{"same interface", func(t *sim.Topology) { t.Links[1].A.Interface = "eth0" }, []string{"a/eth0: node a has two interfaces of that name"}},
		{"small mtu", func(t *sim.Topology) { t.Links[1].A.MTU = 67 }, []string{"a/eth1: mtu 67 is not between 68 and 65535"}},
		{"no destination", func(t *sim.Topology) { t.Nodes[0].Routes[0].Destination = netip.Prefix{} }, []string{"nodes[a].routes[0]: has no destination"}},
		{"host bits", func(t *sim.Topology) { t.Nodes[0].Routes[0].Destination = p("10.9.9.9/8") }, []string{"write 10.0.0.0/8"}},
		{"route nowhere", func(t *sim.Topology) { t.Nodes[0].Routes[0].Gateway = netip.Addr{} }, []string{"has neither a gateway nor an interface"}},
		{"route by nothing", func(t *sim.Topology) { t.Nodes[0].Routes[0].Interface = "eth9" }, []string{`node a has no interface "eth9"`}},
		{"far gateway", func(t *sim.Topology) { t.Nodes[0].Routes[0].Gateway = netip.MustParseAddr("10.7.0.1") }, []string{"gateway 10.7.0.1 is in no subnet of node a"}},
		{"no port", func(t *sim.Topology) { t.Nodes[1].Services[0].Port = 0 }, []string{"nodes[b].services[0]: has no port"}},
		{"two services", func(t *sim.Topology) {
			t.Nodes[1].Services[0].Body, t.Nodes[1].Services[0].Exec = "x", []string{"y"}
		}, []string{"is both a program and the built-in server"}},
		{"sysctl", func(t *sim.Topology) { t.Nodes[1].Sysctls = []sim.Sysctl{{Key: "kernel.panic"}} }, []string{`nodes[b].sysctls[0]: "kernel.panic" is not one of the parameters that can be set`}},
		{"rules", func(t *sim.Topology) {
			t.Nodes[1].Rules = wrong{}
		}, []string{"nodes[b].rules: nut: no such table"}},
		{"same address", func(t *sim.Topology) { t.Links[0].B.Addresses[0] = p("10.0.0.1/24") }, []string{"b/eth0: address 10.0.0.1 belongs to a/eth0 already"}},
		{"same address through a bridge", func(t *sim.Topology) {
			t.Links[1].A.Addresses = []netip.Prefix{p("10.1.0.1/24")}
		}, []string{"b/br0: address 10.1.0.1 belongs to a/eth1 already"}},
		{"overlap", func(t *sim.Topology) { t.Nodes[1].Bridges[0].Addresses[0] = p("10.0.0.9/16") }, []string{"b/eth0: subnet 10.0.0.0/24 overlaps 10.0.0.0/16 of br0"}},
		{"several", func(t *sim.Topology) { t.Links[1].A.MTU, t.Nodes[0].Role = 1, 0 }, []string{"mtu 1 is not", "role(0) is none"}},
	} {
		topo := pair()
		c.change(&topo)
		err := topo.Validate()
		if !errors.Is(err, sim.ErrInvalid) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q lacks %q", c.name, err, want)
			}
		}
	}
}

// TestRepeatedAddress: two networks in separate broadcast domains may use the same addresses.
func TestRepeatedAddress(t *testing.T) {
	topo := pair()
	bridge := sim.Bridge{Name: "br9", Addresses: []netip.Prefix{netip.MustParsePrefix("172.17.0.1/16")}}
	for i := range topo.Nodes {
		topo.Nodes[i].Bridges = append(topo.Nodes[i].Bridges, bridge)
	}
	if err := topo.Validate(); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	for _, name := range sim.Roles() {
		if r, ok := sim.ParseRole(name); !ok || r.String() != name {
			t.Errorf("%s: %s", name, r)
		}
	}
	if _, ok := sim.ParseRole("cleint"); ok {
		t.Error("cleint is a role")
	}
	if !sim.RoleHost.Forwards() || !sim.RoleRouter.Forwards() || sim.RoleClient.Forwards() {
		t.Error("who forwards")
	}
	m := sim.DeriveMAC("client/eth0")
	if m != sim.DeriveMAC("client/eth0") || m == sim.DeriveMAC("client/eth1") || m[0]&3 != 2 {
		t.Errorf("%s", m)
	}
	if back, err := sim.ParseMAC(m.String()); err != nil || back != m {
		t.Errorf("%s, %v", back, err)
	}
	for _, s := range []string{"", "02:42", "02:42:ac:11:00:02:00:00"} {
		if _, err := sim.ParseMAC(s); err == nil {
			t.Errorf("%q is an address", s)
		}
	}
	err := &sim.OpError{Op: "add link", Node: "host", Object: "veth1", Err: sim.ErrPrivilege}
	if err.Error() != "add link host/veth1: not permitted" || !errors.Is(err, sim.ErrPrivilege) {
		t.Error(err)
	}
}
