package iptables

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestValidateAccepts(t *testing.T) {
	rs := docker()
	if p := rs.Validate(); len(p) != 0 {
		t.Errorf("Docker's rules have problems: %v", p)
	}
	for _, c := range cases() {
		table := Table{Name: "nat", Chains: []Chain{{Name: "X", Rules: []Rule{c.rule}}}}
		if c.rule.Target == Drop {
			table.Name = "filter"
		}
		if p := table.Validate(); len(p) != 0 {
			t.Errorf("%s: %v", c.text, p)
		}
	}
}

func TestValidateRules(t *testing.T) {
	addr := func(s string) Address { return Address{Prefix: netip.MustParsePrefix(s)} }
	to := netip.MustParseAddr("1.2.3.4")
	tcp := Protocol{Number: TCP}
	ports := func(p Ports) Rule { p.Protocol = TCP; return Rule{Protocol: tcp, Matches: []Match{p}} }
	for _, c := range []struct {
		chain string
		rule  Rule
		want  string
	}{
		{"X", Rule{Target: Jump{"nowhere"}}, "nat.X.rules[0]: jump to unknown chain nowhere"},
		{"X", Rule{Target: Jump{"INPUT"}}, "nat.X.rules[0]: jump to base chain INPUT"},
		{"X", Rule{Target: Jump{"X"}}, "nat.X: jumps lead back to the chain"},
		{"X", Rule{Target: Drop}, "nat.X.rules[0]: nat is not for filtering: DROP cannot be used"},
		{"X", Rule{Target: Verdict(9)}, "nat.X.rules[0]: unknown verdict"},
		{"INPUT", Rule{Target: DNAT{Address: to}}, "nat.INPUT.rules[0]: DNAT does not work in INPUT"},
		{"OUTPUT", Rule{Target: Masquerade{}}, "nat.OUTPUT.rules[0]: MASQUERADE does not work in OUTPUT"},
		{"X", Rule{Target: DNAT{}}, "nat.X.rules[0]: DNAT needs --to-destination"},
		{"X", Rule{Target: DNAT{Address: to, Ports: Port(1)}}, "nat.X.rules[0]: DNAT to a port needs -p tcp, udp, sctp or dccp"},
		{"X", Rule{Protocol: tcp, Target: DNAT{Address: to, Ports: PortRange{2, 1}}}, "nat.X.rules[0]: DNAT port range 2-1 is not valid"},
		{"X", Rule{Target: DNAT{Address: netip.MustParseAddr("::1")}}, "nat.X.rules[0]: DNAT address ::1 is not an IPv4 address"},
		{"X", Rule{Target: Opaque{XtTarget, "LOG", 0}}, "nat.X.rules[0]: not understood, so it cannot be written: [target LOG rev 0]"},
		{"X", Rule{Matches: []Match{Opaque{XtMatch, "icmp", 0}}}, "nat.X.rules[0]: not understood, so it cannot be written: [match icmp rev 0]"},
		{"X", Rule{Matches: []Match{nil}}, "nat.X.rules[0]: no such match: <nil>"},
		{"X", Rule{Source: addr("::/64")}, "nat.X.rules[0]: address ::/64 is not an IPv4 prefix"},
		{"X", Rule{Source: addr("10.0.0.1/8")}, "nat.X.rules[0]: address 10.0.0.1/8 has host bits set; the prefix is 10.0.0.0/8"},
		{"X", Rule{Source: addr("0.0.0.0/0")}, "nat.X.rules[0]: address 0.0.0.0/0 matches every address; omit it"},
		{"X", Rule{Source: Address{Not: true}}, "nat.X.rules[0]: negation without an address"},
		{"X", Rule{In: Interface{Name: "abcdefghijklmnop"}}, "nat.X.rules[0]: interface name abcdefghijklmnop is longer than 15 bytes"},
		{"X", Rule{In: Interface{Name: "a b"}}, `nat.X.rules[0]: interface name "a b" contains a character that interface names cannot have`},
		{"X", Rule{In: Interface{Name: "+"}}, `nat.X.rules[0]: interface "+" matches every interface; omit it`},
		{"X", Rule{Out: Interface{Not: true}}, "nat.X.rules[0]: negation without an interface"},
		{"OUTPUT", Rule{In: Interface{Name: "lo"}}, "nat.OUTPUT.rules[0]: -i cannot be used in OUTPUT"},
		{"PREROUTING", Rule{Out: Interface{Name: "lo"}}, "nat.PREROUTING.rules[0]: -o cannot be used in PREROUTING"},
		{"X", Rule{Protocol: Protocol{Not: true}}, "nat.X.rules[0]: negation without a protocol"},
		{"X", Rule{Matches: []Match{Ports{Protocol: TCP}}}, "nat.X.rules[0]: -m tcp needs -p tcp"},
		{"X", Rule{Matches: []Match{Ports{Protocol: ICMP}}}, "nat.X.rules[0]: only tcp and udp have ports to match, not icmp"},
		{"X", ports(Ports{Source: PortRange{5, 1}}), "nat.X.rules[0]: port range 5:1 is in the wrong order"},
		{"X", ports(Ports{Source: PortRange{0, 65535}}), "nat.X.rules[0]: ports 0:65535 match every port; omit them"},
		{"X", ports(Ports{NotSource: true}), "nat.X.rules[0]: negation without ports"},
		{"X", Rule{Matches: []Match{AddrType{}}}, "nat.X.rules[0]: addrtype names neither a source nor a destination type"},
		{"X", Rule{Matches: []Match{AddrType{Source: 1 << 15}}}, "nat.X.rules[0]: addrtype has an unknown type"},
		{"X", Rule{Matches: []Match{AddrType{Source: Local, NotDestination: true}}}, "nat.X.rules[0]: negation without an address type"},
		{"X", Rule{Matches: []Match{AddrType{Source: Local, LimitIn: true, LimitOut: true}}},
			"nat.X.rules[0]: addrtype is limited to both interfaces; the kernel allows one"},
		{"OUTPUT", Rule{Matches: []Match{AddrType{Source: Local, LimitIn: true}}},
			"nat.OUTPUT.rules[0]: --limit-iface-in has no incoming interface in OUTPUT"},
		{"INPUT", Rule{Matches: []Match{AddrType{Source: Local, LimitOut: true}}},
			"nat.INPUT.rules[0]: --limit-iface-out has no outgoing interface in INPUT"},
		{"X", Rule{Matches: []Match{ConnState{}}}, "nat.X.rules[0]: conntrack names no condition"},
		{"X", Rule{Matches: []Match{ConnState{States: 1 << 4}}}, "nat.X.rules[0]: conntrack has an unknown state"},
	} {
		table := Table{Name: "nat", Chains: []Chain{{Name: c.chain, Rules: []Rule{c.rule}}}}
		if c.chain != "X" {
			table.Chains[0].Policy = Accept
		}
		got := table.Validate()
		if len(got) != 1 || got[0].String() != c.want {
			t.Errorf("got  %v\nwant %s", got, c.want)
		}
	}
}

func TestValidateChains(t *testing.T) {
	to := netip.MustParseAddr("1.2.3.4")
	rs := Ruleset{Tables: []Table{
		{Name: "broute"},
		{Name: "filter", Chains: []Chain{
			{Name: "INPUT"}, {Name: "INPUT", Policy: Drop}, {Name: "A", Policy: Accept}, {Name: ""},
			{Name: strings.Repeat("x", 29)}, {Name: "-x"}, {Name: "a b"}, {Name: "LOG"}, {Name: "F", Foreign: "no hook calls it"},
			{Name: "D", Rules: []Rule{{Target: DNAT{Address: to}}}},
			{Name: "L1", Rules: []Rule{{Target: Jump{"L2"}}}}, {Name: "L2", Rules: []Rule{{Target: Jump{"L1"}}}},
		}},
		{Name: "nat", Chains: []Chain{
			{Name: "POSTROUTING", Policy: Drop, Rules: []Rule{{Target: Jump{"D"}}}},
			{Name: "D", Rules: []Rule{{Target: DNAT{Address: to}}}},
		}},
		{Name: "nat"},
	}}
	want := lines(`
broute: no such table; the tables are raw, mangle, nat, filter, security
filter.INPUT: a base chain needs the policy ACCEPT or DROP
filter.INPUT: chain is given twice
filter.A: a user-defined chain has no policy
filter."": chain has no name
filter.xxxxxxxxxxxxxxxxxxxxxxxxxxxxx: chain name is longer than 28 bytes
filter.-x: chain name begins with -
filter.a b: chain name contains a space or control character
filter.LOG: chain name is the name of a target
filter.F: not an iptables chain: no hook calls it
filter.L1: jumps lead back to the chain
filter.L2: jumps lead back to the chain
filter.D.rules[0]: DNAT works only in table nat
nat.POSTROUTING: nat is not for filtering: the policy must be ACCEPT
nat.D.rules[0]: DNAT does not work in POSTROUTING
nat: table is given twice`)
	err := error(&InvalidError{rs.Validate()})
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s", err)
	}
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		t.Error("not an InvalidError")
	}
}

// TestValidateWays: rules that the kernel would visit too often are refused, however few
// they are; a long chain of chains is not.
func TestValidateWays(t *testing.T) {
	table := func(chains, jumps int) Table {
		t := Table{Name: "filter", Chains: []Chain{{Name: "INPUT", Policy: Accept, Rules: []Rule{{Target: Jump{"C0"}}}}}}
		for i := range chains {
			c := Chain{Name: fmt.Sprintf("C%d", i)}
			for range jumps {
				if i < chains-1 {
					c.Rules = append(c.Rules, Rule{Target: Jump{fmt.Sprintf("C%d", i+1)}})
				}
			}
			t.Chains = append(t.Chains, c)
		}
		return t
	}
	for _, c := range []struct {
		chains, jumps int
		want          string
	}{
		{5000, 1, ""}, {15, 2, ""}, {15, 3, "filter.INPUT: jumps lead through more than 1048576 rules, each counted once per path"}, {60, 60, "jumps lead through"},
	} {
		t1 := table(c.chains, c.jumps)
		got := t1.Validate()
		if (len(got) == 0) != (c.want == "") || len(got) > 0 && !strings.Contains(got[0].String(), c.want) {
			t.Errorf("%d chains with %d jumps: %v", c.chains, c.jumps, got)
		}
	}
	loop := table(3, 2)
	loop.Chains[3].Rules = []Rule{{Target: Jump{"C1"}}}
	got := loop.Validate()
	if len(got) != 2 || got[0].Path != "filter.C1" || got[1].Path != "filter.C2" || got[0].Text != "jumps lead back to the chain" {
		t.Errorf("a loop of two chains: %v", got)
	}
}
