package export

import (
	"bytes"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/explain"
)

// network is a node with routes, rules and interfaces of every form.
func network(t testing.TB) trace.Node {
	t.Helper()
	routes := func(list ...string) (out []trace.Route) {
		for _, s := range list {
			r, err := trace.ParseRoute(s)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
		return out
	}
	prefix := netip.MustParsePrefix
	return trace.Node{
		Name: "router", Role: trace.RoleRouter, Forwarding: true,
		Routes: routes("default metric 5 nexthop via 10.1.1.1 dev eth0 weight 1 nexthop via inet6 fe80::1 dev br0 weight 7 onlink dead linkdown",
			"10.1.1.0/24 dev eth0 proto kernel scope link src 10.1.1.2", "blackhole 10.2.0.0/16", "unreachable 10.3.0.0/16 metric 7", "prohibit 10.4.0.1"),
		Policy: append(trace.DefaultPolicy(false),
			trace.RoutingRule{Priority: 5, Not: true, From: prefix("10.0.0.0/8"), To: prefix("10.9.9.9/32"), In: "eth0", Out: "br0", Mark: 1, Mask: 0xff, TOS: 0x10, Table: 100, Shortest: 1},
			trace.RoutingRule{Priority: 6, Protocol: 6, SourcePorts: trace.PortRange{Last: 9}, DestinationPorts: trace.PortRange{First: 80, Last: 80}, Action: trace.PolicyGoto, Goto: 9},
			trace.RoutingRule{Priority: 9, Unknown: true, Action: trace.PolicyBlackhole}),
		Tables:       []trace.RouteTable{{ID: 100, Routes: routes("throw 10.0.0.0/8", "default via 10.1.1.9 dev eth0")}, {ID: 255, Routes: routes("local 10.1.1.2 dev eth0 proto kernel scope host src 10.1.1.2")}},
		LegacyTables: []string{"filter"}, ResolvConf: []string{"", "nameserver 127.0.0.11", "options ndots:0"},
		Interfaces: []trace.Interface{
			{Name: "eth0", Index: 2, Forwarding: true, Reception: trace.Reception{
				Down: true, NoCarrier: true, ReversePath: 2, ReverseByMark: true, AcceptLocal: true, IgnoreLinkDown: true,
				Groups: []netip.Addr{netip.MustParseAddr("224.0.0.1")}, Hairpin: true, Promiscuous: true}},
			{Name: "br0", Index: 3, Forwarding: true, Reception: trace.Reception{BridgeNetfilter: true}},
		},
		Rules: []trace.Table{
			{Name: "netdev " + strings.Repeat("x", 255), Chains: []trace.Chain{{Name: "in", Policy: "accept", Hook: trace.Ingress, Priority: -500, Type: "filter", Devices: []string{"eth0", "br0"}, Rules: []trace.Rule{{Handle: 4, Text: "ip ttl 1 drop"}}}}},
		},
	}
}

// TestNetworkRoundTrip: any configuration reads back as it was written.
func TestNetworkRoundTrip(t *testing.T) {
	want := &trace.Trace{State: trace.State{Nodes: []trace.Node{network(t)}}}
	var b bytes.Buffer
	if err := JSON(&b, want, explain.English()); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	if !reflect.DeepEqual(got.State, want.State) {
		t.Errorf("read: %+v\nwritten: %+v", got.State, want.State)
	}
}
