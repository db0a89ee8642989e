package trace

import (
	"net/netip"
	"testing"
)

// route parses a route.
func route(t *testing.T, s string) Route {
	t.Helper()
	r, err := ParseRoute(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestLookupAddresses: if only the main table and the addresses are known, as in traces of
// the first version, the local table is derived from the addresses.
func TestLookupAddresses(t *testing.T) {
	a := netip.MustParseAddr
	n := Node{
		Interfaces: []Interface{
			{Name: "lo", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}},
			{Name: "docker0", Addresses: []netip.Prefix{netip.MustParsePrefix("172.17.0.1/16")}},
		},
		Routes: []Route{
			route(t, "default via 10.0.0.1 dev eth0"), route(t, "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1"),
			route(t, "172.17.5.0/24 via 172.17.0.9 dev docker0"), route(t, "blackhole 10.9.0.0/16"),
		},
	}
	for to, want := range map[string]string{
		"8.8.8.8":    "default via 10.0.0.1 dev eth0",
		"172.17.0.2": "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1",
		"172.17.5.2": "172.17.5.0/24 via 172.17.0.9 dev docker0",
		"172.17.0.1": "local 172.17.0.1 dev docker0 proto kernel scope host src 172.17.0.1",
		"127.0.0.9":  "local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1",
		"10.9.1.1":   "blackhole 10.9.0.0/16",
	} {
		if r, ok := n.Lookup(Flowi{Destination: a(to)}); !ok || r.Route.String() != want || r.Drops() != (to == "10.9.1.1") {
			t.Errorf("%s: %s, not %s", to, r.Route, want)
		}
	}
	if _, ok := (&Node{}).Lookup(Flowi{Destination: a("8.8.8.8")}); ok {
		t.Error("a route out of empty tables")
	}
}

// TestLookupHops: a multipath route offers all its next hops, except those that the kernel
// reports as dead.
func TestLookupHops(t *testing.T) {
	n := Node{Routes: []Route{route(t, "default nexthop via 10.0.0.1 dev eth0 weight 1 nexthop via 10.0.1.1 dev eth1 weight 2 nexthop via 10.0.2.1 dev eth2 weight 1 dead")}}
	r, ok := n.Lookup(Flowi{Destination: netip.MustParseAddr("8.8.8.8")})
	if !ok || len(r.Hops) != 2 || r.Hops[0].Interface != "eth0" || r.Hops[1].Gateway.String() != "10.0.1.1" {
		t.Errorf("%+v", r)
	}
	if hops := r.Route.Through("eth1"); len(hops) != 1 || hops[0].Weight != 2 {
		t.Errorf("%+v", hops)
	}
}

// TestLookupUncertain: a rule with conditions that tracer cannot evaluate makes the result
// uncertain if its other conditions are met.
func TestLookupUncertain(t *testing.T) {
	n := Node{
		Policy: append([]RoutingRule{{Priority: 10, From: netip.MustParsePrefix("10.0.0.0/8"), Unknown: true, Table: 7}}, DefaultPolicy(false)...),
		Routes: []Route{route(t, "default via 10.0.0.1 dev eth0")},
	}
	for from, want := range map[string]bool{"10.1.1.1": true, "11.1.1.1": false} {
		r, ok := n.Lookup(Flowi{Source: netip.MustParseAddr(from), Destination: netip.MustParseAddr("8.8.8.8")})
		if !ok || r.Uncertain != want || r.Route.Interface != "eth0" {
			t.Errorf("from %s: %+v", from, r)
		}
	}
}

func TestRoutingRule(t *testing.T) {
	p := netip.MustParsePrefix
	for want, r := range map[string]RoutingRule{
		"0: from all lookup local": {Table: TableLocal},
		"5: not from 10.0.0.0/8 to 10.9.9.9 tos 0x10 fwmark 0x1/0xff iif eth0 oif br0 lookup 100 suppress_prefixlength 0": {
			Priority: 5, Not: true, From: p("10.0.0.0/8"), To: p("10.9.9.9/32"), In: "eth0", Out: "br0", Mark: 1, Mask: 0xff, TOS: 0x10, Table: 100, Shortest: 1},
		"6: from all fwmark 0x7 ipproto 6 sport 5-9 dport 80 goto 9": {Priority: 6, Mark: 7, Mask: ^uint32(0), Protocol: 6, SourcePorts: PortRange{5, 9}, DestinationPorts: PortRange{80, 80}, Action: PolicyGoto, Goto: 9},
		"9: from all [further conditions] blackhole":                 {Priority: 9, Unknown: true, Action: PolicyBlackhole},
		"32767: from all lookup default":                             {Priority: 32767, Table: TableDefault},
	} {
		if got := r.String(); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
