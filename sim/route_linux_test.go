package sim_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/sim"
)

// routed is a client with two paths to a server's addresses:
//
//	client              r1                server
//	eth0 10.0.1.2 ───── 10.0.1.1 10.1.1.1 ── eth0 10.1.1.2, 10.9.0.1 on br0
//	eth1 10.0.2.2 ───── r2
//	                    10.0.2.1 10.1.2.1 ── eth1 10.1.2.2
func routed() sim.Topology {
	p, a := netip.MustParsePrefix, netip.MustParseAddr
	at := func(node, name, address string) sim.Endpoint {
		return sim.Endpoint{Node: node, Interface: name, Addresses: []netip.Prefix{p(address)}}
	}
	forward := []sim.Sysctl{{Key: "net.ipv4.ip_forward", Value: "1"}}
	return sim.Topology{
		Nodes: []sim.Node{
			{Name: "client", Role: sim.RoleClient,
				Routes: []sim.Route{
					{Destination: p("0.0.0.0/0"), Gateway: a("10.0.1.1"), Source: a("10.0.1.2"), Metric: 50},
					{Destination: p("0.0.0.0/0"), Gateway: a("10.0.2.1"), Table: 100},
					{Kind: sim.Blackhole, Destination: p("10.7.0.0/16")},
					{Kind: sim.Unreachable, Destination: p("10.6.0.0/16")},
					{Kind: sim.Prohibit, Destination: p("10.5.0.0/16")},
					{Destination: p("10.4.0.0/16"), NextHops: []sim.NextHop{{Gateway: a("10.0.1.1"), Weight: 3}, {Gateway: a("10.0.2.1"), Interface: "eth1"}}},
				},
				RoutingRules: []sim.RoutingRule{
					{Priority: 40, From: p("10.0.2.2/32"), Table: 100},
					{Priority: 41, Mark: 1, Mask: 0xff, In: "eth0", To: p("10.1.0.0/16"), Table: sim.TableMain},
					{Priority: 42, To: p("10.3.0.0/16"), Kind: sim.Prohibit},
				}},
			{Name: "r1", Role: sim.RoleRouter, Sysctls: forward, Routes: []sim.Route{{Destination: p("10.9.0.0/24"), Gateway: a("10.1.1.2")}}},
			{Name: "r2", Role: sim.RoleRouter, Sysctls: forward, Routes: []sim.Route{{Destination: p("10.9.0.0/24"), Gateway: a("10.1.2.2")}}},
			{Name: "server", Role: sim.RoleServer, Bridges: []sim.Bridge{{Name: "br0", Addresses: []netip.Prefix{p("10.9.0.1/24")}}},
				Routes:   []sim.Route{{Destination: p("10.0.1.0/24"), Gateway: a("10.1.1.1")}, {Destination: p("10.0.2.0/24"), Gateway: a("10.1.2.1")}},
				Services: []sim.Service{{Port: 7, UDP: true, Body: "pong", Bind: a("10.9.0.1")}}},
		},
		Links: []sim.Link{
			{A: at("client", "eth0", "10.0.1.2/24"), B: at("r1", "eth0", "10.0.1.1/24")},
			{A: at("client", "eth1", "10.0.2.2/24"), B: at("r2", "eth0", "10.0.2.1/24")},
			{A: at("r1", "eth1", "10.1.1.1/24"), B: at("server", "eth0", "10.1.1.2/24")},
			{A: at("r2", "eth1", "10.1.2.1/24"), B: at("server", "eth1", "10.1.2.2/24")},
		},
	}
}

// TestRoutes: routes of all kinds and the rules that choose between tables do what ip(8)
// says. ip lists them as they are written.
func TestRoutes(t *testing.T) {
	lab := build(t, routed())
	for _, c := range []struct {
		request sim.Request
		want    string
	}{
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7")}, "pong"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7"), Source: netip.MustParseAddr("10.0.2.2")}, "pong"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7"), TTL: 1}, "no answer"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7"), TTL: 2}, "pong"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7"), Size: 5000}, "pong"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7"), Count: 3, Interval: time.Millisecond}, "3 of 3 answered"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:8"), Count: 3}, "connection refused"},
		{sim.Request{Ping: netip.MustParseAddr("10.9.0.1"), Source: netip.MustParseAddr("10.0.2.2"), Size: 3001, Count: 2}, "2 of 2 answered"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.9.0.1:7"), Source: netip.MustParseAddr("10.77.0.1")}, "no answer"}, // spoofed
		{sim.Request{Ping: netip.MustParseAddr("10.9.0.1"), Source: netip.MustParseAddr("10.77.0.1")}, "0 of 1 answered"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.7.0.1:7")}, "invalid argument"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.6.0.1:7")}, "no route to host"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.5.0.1:7")}, "permission denied"},
		{sim.Request{Datagram: netip.MustParseAddrPort("10.3.0.1:7")}, "permission denied"},
	} {
		c.request.From, c.request.Text, c.request.Timeout = "client", "ping", 10*time.Second
		if c.want == "no answer" || strings.HasPrefix(c.want, "0 of") {
			c.request.Timeout = 100 * time.Millisecond
		}
		if got := lab.Send(t.Context(), c.request).String(); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.request, got, c.want)
		}
	}
	listed := strings.Join(strings.Fields(output(t, lab, "client", "ip", "route", "show", "table", "all")), " ")
	for _, want := range []string{
		"default via 10.0.1.1 dev eth0 src 10.0.1.2 metric 50", "default via 10.0.2.1 dev eth1 table 100",
		"blackhole 10.7.0.0/16", "unreachable 10.6.0.0/16", "prohibit 10.5.0.0/16",
		"10.4.0.0/16 nexthop via 10.0.1.1 dev eth0 weight 3 nexthop via 10.0.2.1 dev eth1 weight 1",
	} {
		if !strings.Contains(listed, want) {
			t.Errorf("ip route lacks %q:\n%s", want, listed)
		}
	}
	var rules []string
	for line := range strings.Lines(output(t, lab, "client", "ip", "rule")) {
		rules = append(rules, strings.Join(strings.Fields(line), " "))
	}
	if want := []string{
		"0: from all lookup local", "40: from 10.0.2.2 lookup 100", "41: from all to 10.1.0.0/16 fwmark 0x1/0xff iif eth0 lookup main",
		"42: from all to 10.3.0.0/16 prohibit", "32766: from all lookup main", "32767: from all lookup default",
	}; !slices.Equal(rules, want) {
		t.Errorf("ip rule: %s", rules)
	}
}

// TestRouteStrings: a route is written as ip(8) accepts it.
func TestRouteStrings(t *testing.T) {
	topo := routed()
	n, _ := topo.Node("client")
	for i, want := range []string{
		"default via 10.0.1.1 src 10.0.1.2 metric 50", "default via 10.0.2.1 table 100", "blackhole 10.7.0.0/16", "unreachable 10.6.0.0/16",
		"prohibit 10.5.0.0/16", "10.4.0.0/16 nexthop via 10.0.1.1 weight 3 nexthop via 10.0.2.1 dev eth1",
	} {
		if got := n.Routes[i].String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for i, want := range []string{
		"from 10.0.2.2/32 lookup 100 priority 40", "from all to 10.1.0.0/16 iif eth0 fwmark 0x1/0xff lookup main priority 41",
		"from all to 10.3.0.0/16 prohibit priority 42",
	} {
		if got := n.RoutingRules[i].String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestMetric: an interface's metric is that of the route to each of its subnets.
func TestMetric(t *testing.T) {
	topo := pair()
	end := &topo.Links[0].A
	end.Metric, end.Addresses = 100, append(end.Addresses, netip.MustParsePrefix("10.0.0.3/24"), netip.MustParsePrefix("10.3.0.1/16"), netip.MustParsePrefix("10.4.0.1/32"))
	topo.Nodes[0].Routes[0].Metric = 100
	lab := build(t, topo)
	want := []string{
		"default via 10.0.0.2 dev eth0 metric 100", "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 metric 100",
		"10.3.0.0/16 dev eth0 proto kernel scope link src 10.3.0.1 metric 100",
	}
	var got []string
	for line := range strings.Lines(output(t, lab, "a", "ip", "route")) {
		got = append(got, strings.TrimSpace(line))
	}
	if !slices.Equal(got, want) {
		t.Errorf("ip route: %q, want %q", got, want)
	}
	if got := lab.Send(t.Context(), sim.Request{From: "a", Ping: netip.MustParseAddr("10.0.0.2"), Timeout: time.Second}); got.Echoed != 1 {
		t.Errorf("ping: %s", got)
	}
}
