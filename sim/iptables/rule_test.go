package iptables

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// understood reports whether no part of a rule is opaque.
func understood(r Rule) bool {
	isOpaque := func(m Match) bool { _, opaque := m.(Opaque); return opaque }
	_, opaque := r.Target.(Opaque)
	return !opaque && !slices.ContainsFunc(r.Matches, isOpaque)
}

func TestRuleString(t *testing.T) {
	for _, c := range cases() {
		if got := c.rule.String(); got != c.text {
			t.Errorf("got  %s\nwant %s", got, c.text)
		}
		if !understood(c.rule) {
			t.Errorf("%s: not understood", c.text)
		}
	}
}

func TestRuleSpec(t *testing.T) {
	if got := (Rule{}).Spec("X"); got != "-A X" {
		t.Errorf("empty rule: %q", got)
	}
	r := Rule{In: Interface{Name: "docker0"}, Target: Return}
	if got := r.Spec("DOCKER"); got != "-A DOCKER -i docker0 -j RETURN" {
		t.Errorf("got %q", got)
	}
}

func TestOpaqueIsShown(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{Protocol: Protocol{Number: ICMP}, Matches: []Match{Opaque{XtMatch, "icmp", 0}}, Target: Opaque{XtTarget, "LOG", 0}},
			"-p icmp [match icmp rev 0] [target LOG rev 0]"},
		{Rule{Matches: []Match{Opaque{Kind: Expression, Name: "limit"}}, Target: Accept}, "[limit] -j ACCEPT"},
		{Rule{Matches: []Match{Opaque{XtMatch, "a\x1b[2Jb\n", 7}}}, "[match a?[2Jb? rev 7]"},
		{Rule{Target: Opaque{}}, "[unknown  rev 0]"},
	} {
		if got := c.rule.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if understood(c.rule) {
			t.Errorf("%s: understood", c.want)
		}
	}
}

func TestListDocker(t *testing.T) {
	rs := docker()
	if got := rs.Table("nat").List(); !slices.Equal(got, dockerNat()) {
		t.Errorf("nat:\n%s", strings.Join(got, "\n"))
	}
	if got := rs.Table("filter").List(); !slices.Equal(got, dockerFilter()) {
		t.Errorf("filter:\n%s", strings.Join(got, "\n"))
	}
}

func TestListOrder(t *testing.T) {
	table := Table{Name: "filter", Chains: []Chain{
		{Name: "b"}, {Name: "odd", Policy: Accept, Foreign: "type filter hook input priority 7", Rules: []Rule{{Target: Drop}}},
		{Name: "a_b"}, {Name: "OUTPUT", Policy: Drop, Rules: []Rule{{}}}, {Name: "a-b", Rules: []Rule{{}}}, {Name: "B"},
	}}
	want := lines(`
-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT DROP
-N B
-N a-b
-N a_b
-N b
-A OUTPUT
-A a-b
# odd is not an iptables chain: type filter hook input priority 7
-A odd -j DROP`)
	if got := table.List(); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestZeroValuesAreUnknown(t *testing.T) {
	for _, s := range []string{Verdict(0).String(), OpaqueKind(0).String()} {
		if s != "unknown" {
			t.Errorf("zero value prints %q", s)
		}
	}
	if s := (AddrTypes(1 << 15)).String(); s != "unknown" {
		t.Errorf("address type bit 15 prints %q", s)
	}
	if s := (States(1 << 15)).String(); s != "unknown" {
		t.Errorf("state bit 15 prints %q", s)
	}
	if s := (Rule{Source: Address{Prefix: netip.Prefix{}}}).String(); s != "" {
		t.Errorf("zero address prints %q", s)
	}
}
