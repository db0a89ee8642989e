package iptables

import (
	"net/netip"
	"reflect"
	"testing"

	"tracer/sim/rule"
)

func TestNeutral(t *testing.T) {
	parse := func(text string) Rule {
		r, err := ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	counted := parse("-i docker0 -j RETURN")
	counted.Handle, counted.Packets, counted.Bytes = 7, 3, 180
	rs := Ruleset{Tables: []Table{
		{Name: "nat", Chains: []Chain{
			{Name: "POSTROUTING", Policy: Accept, Rules: []Rule{
				parse("-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"),
				parse("-p udp -j SNAT --to-source 10.0.0.9:5000-5010"),
			}},
			{Name: "DOCKER", Rules: []Rule{counted, parse("-p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000")}},
		}},
		{Name: "filter", Chains: []Chain{
			{Name: "FORWARD", Policy: Drop, Rules: []Rule{
				{Protocol: Protocol{Number: ICMP}, Target: Opaque{Kind: XtTarget, Name: "REJECT"}},
				{Matches: []Match{Opaque{Kind: XtMatch, Name: "limit"}}, Target: Drop},
			}},
			{Name: "x", Policy: Accept, Foreign: "type filter hook input priority 7"},
		}},
	}}
	got := rs.Neutral()
	if len(got) != 2 || got[0].Name != "nat" || got[1].Name != "filter" {
		t.Fatalf("tables: %+v", got)
	}
	for i, want := range []rule.Chain{
		{Name: "POSTROUTING", Policy: "ACCEPT"}, {Name: "DOCKER"},
		{Name: "FORWARD", Policy: "DROP"}, {Name: "x", Policy: "ACCEPT", Foreign: "type filter hook input priority 7"},
	} {
		c := got[i/2].Chains[i%2]
		if c.Name != want.Name || c.Policy != want.Policy || c.Foreign != want.Foreign {
			t.Errorf("chain %d: %+v", i, c)
		}
	}
	docker := rule.Find(got, "nat").Chain("DOCKER")
	if r := docker.Find(7); r == nil || r.Text != counted.String() || r.Packets != 3 || r.Bytes != 180 || r.NAT != nil {
		t.Errorf("rule 7: %+v", r)
	}
	for i, want := range []struct {
		nat    *rule.NAT
		opaque bool
	}{
		{&rule.NAT{Kind: rule.Masquerade}, false},
		{&rule.NAT{Kind: rule.SNAT, Address: netip.MustParseAddr("10.0.0.9"), Ports: rule.PortRange{First: 5000, Last: 5010}}, false},
		{nil, false},
		{&rule.NAT{Kind: rule.DNAT, Address: netip.MustParseAddr("172.17.0.2"), Ports: rule.PortRange{First: 5000, Last: 5000}}, false},
		{nil, true},  // the target is opaque
		{nil, false}, // only a match is opaque
	} {
		table := i / 4
		r := got[table].Chains[i%4/2].Rules[i%2]
		if (r.NAT == nil) != (want.nat == nil) || r.NAT != nil && !reflect.DeepEqual(r.NAT, want.nat) || r.Opaque != want.opaque {
			t.Errorf("%s: %+v, opaque %v", r.Text, r.NAT, r.Opaque)
		}
	}
	// Each rule finds its own mismatch.
	facts := rule.Facts{In: "ens160", Out: "docker0", Protocol: uint8(TCP), Ports: true,
		Source: netip.MustParseAddrPort("192.0.2.1:40000"), Destination: netip.MustParseAddrPort("192.0.2.2:443")}
	for i, want := range []rule.Mismatch{{Condition: "-i docker0", Was: "ens160"}, {Condition: "--dport 80", Was: "443"}} {
		if m, ok := docker.Rules[i].Mismatch(&facts); m != want || !ok {
			t.Errorf("%s: %+v, %v", docker.Rules[i].Text, m, ok)
		}
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want bool
	}{
		{Rule{Target: Drop}, false},
		{Rule{Target: Opaque{Kind: XtTarget, Name: "TPROXY"}}, true},
		{Rule{Matches: []Match{Opaque{Kind: XtMatch, Name: "limit"}}}, false},
		{Rule{Matches: []Match{Opaque{Kind: XtMatch, Name: "mark"}}}, true},
		{Rule{Matches: []Match{Opaque{Kind: Expression, Name: "meta mark"}}}, true},
	} {
		if got := c.rule.marks(); got != c.want {
			t.Errorf("%s: %v", c.rule, got)
		}
	}
}

// TestOpaqueActions: a rule is opaque if any of its actions is, even one before its verdict.
func TestOpaqueActions(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want bool
	}{
		{Rule{Target: Drop}, false},
		{Rule{Target: Opaque{Kind: Expression, Name: "reject"}}, true},
		{Rule{Matches: []Match{Opaque{Kind: Expression, Name: "meta"}}, Target: Accept}, true},
		{Rule{Matches: []Match{Opaque{Kind: Expression, Name: "-j DNAT --to-destination 10.0.0.1"}}, Target: Accept}, true},
		{Rule{Matches: []Match{Opaque{Kind: XtTarget, Name: "CLASSIFY"}}, Target: Accept}, true},
		{Rule{Matches: []Match{Opaque{Kind: Expression, Name: "ct"}}, Target: Accept}, false},
		{Rule{Matches: []Match{Opaque{Kind: XtMatch, Name: "cpu"}}, Target: Accept}, false},
	} {
		if got := (Chain{Rules: []Rule{c.rule}}).neutral(IPv4).Rules[0].Opaque; got != c.want {
			t.Errorf("%s: %v", c.rule, got)
		}
	}
}
