package iptables

import (
	"net/netip"
	"reflect"
	"testing"

	"tracer/sim/rule"
)

// neutralRule returns the neutral form of a rule in a chain of its own.
func neutralRule(t *testing.T, text string) rule.Rule {
	t.Helper()
	r, err := ParseRule(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return Chain{Rules: []Rule{r}}.neutral(IPv4).Rules[0]
}

func TestTranslations(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.9")
	for text, want := range map[string]*rule.NAT{
		"-j ACCEPT": nil,
		"-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.9:80-90": {Kind: rule.DNAT, Address: a, Last: b, Ports: rule.PortRange{First: 80, Last: 90}},
		"-j DNAT --to-destination 10.0.0.1-10.0.0.1":              {Kind: rule.DNAT, Address: a},
		"-j SNAT --to-source 10.0.0.1-10.0.0.9 --random":          {Kind: rule.SNAT, Address: a, Last: b},
		"-p udp -j MASQUERADE --to-ports 1024-2047 --random":      {Kind: rule.Masquerade, Ports: rule.PortRange{First: 1024, Last: 2047}},
		"-p tcp -j REDIRECT --to-ports 8080":                      {Kind: rule.Redirect, Ports: rule.PortRange{First: 8080, Last: 8080}},
		"-j NETMAP --to 10.7.0.0/16":                              {Kind: rule.Netmap, Network: netip.MustParsePrefix("10.7.0.0/16")},
	} {
		if got := neutralRule(t, text); !reflect.DeepEqual(got.NAT, want) || got.Opaque {
			t.Errorf("%s: %+v, opaque %v", text, got.NAT, got.Opaque)
		}
	}
}

func TestRejects(t *testing.T) {
	for text, want := range map[string]*rule.Reject{
		"-j DROP":   nil,
		"-j REJECT": {Code: 3},
		"-j REJECT --reject-with icmp-net-unreachable":   {Code: 0},
		"-j REJECT --reject-with icmp-admin-prohibited":  {Code: 13},
		"-p tcp -j REJECT --reject-with tcp-reset":       {Reset: true},
		"-j REJECT --reject-with icmp-host-prohibited":   {Code: 10},
		"-j REJECT --reject-with icmp-net-prohibited":    {Code: 9},
		"-j REJECT --reject-with icmp-proto-unreachable": {Code: 2},
		"-j REJECT --reject-with icmp-host-unreachable":  {Code: 1},
	} {
		if got := neutralRule(t, text); !reflect.DeepEqual(got.Rejects, want) {
			t.Errorf("%s: %+v", text, got.Rejects)
		}
	}
}

func TestSets(t *testing.T) {
	for _, c := range []struct {
		text     string
		field    rule.Field
		from, to uint64
		want     bool
	}{
		{"-j TTL --ttl-set 64", rule.TTL, 5, 64, true},
		{"-j TTL --ttl-set 64", rule.TTL, 5, 63, false},
		{"-j TTL --ttl-inc 3", rule.TTL, 5, 8, true},
		{"-j TTL --ttl-inc 3", rule.TTL, 254, 255, true},
		{"-j TTL --ttl-dec 3", rule.TTL, 5, 2, true},
		{"-j TTL --ttl-dec 3", rule.TTL, 2, 0, true},
		{"-j TTL --ttl-dec 3", rule.TTL, 5, 4, false},
		{"-j TOS --set-tos 0x10/0xf0", rule.TOS, 0x23, 0x13, true},
		{"-j TOS --xor-tos 0x01", rule.TOS, 0x03, 0x02, true},
		{"-j TOS --and-tos 0x0f", rule.TOS, 0x23, 0x03, true},
		{"-j TOS --or-tos 0x10", rule.TOS, 0x03, 0x03, false},
		{"-j DSCP --set-dscp 46", rule.TOS, 0x03, 0xbb, true},
		{"-j DSCP --set-dscp 46", rule.TOS, 0x03, 0xb8, false},
		{"-j MARK --set-mark 5", rule.Mark, 7, 5, true},
		{"-j MARK --set-mark 5/0xf", rule.Mark, 0x77, 0x75, true},
		{"-j MARK --and-mark 5", rule.Mark, 0x77, 5, true},
		{"-j MARK --xor-mark 5", rule.Mark, 5, 5, false},
		{"-j CONNMARK --restore-mark --mask 0xf", rule.Mark, 0x7f, 0x73, true},
		{"-j CONNMARK --restore-mark --mask 0xf", rule.Mark, 0x7f, 0x83, false},
		{"-p tcp -j TCPMSS --set-mss 500", rule.MSS, 1460, 500, true},
		{"-p tcp -j TCPMSS --set-mss 500", rule.MSS, 400, 400, true},
		{"-p tcp -j TCPMSS --set-mss 500", rule.MSS, 400, 500, false},
		{"-p tcp -j TCPMSS --clamp-mss-to-pmtu", rule.MSS, 1460, 1360, true},
		{"-p tcp -j TCPMSS --clamp-mss-to-pmtu", rule.MSS, 1360, 1460, false},
	} {
		r := neutralRule(t, c.text)
		if len(r.Sets) != 1 || r.Sets[0].Field != c.field {
			t.Errorf("%s sets %+v", c.text, r.Sets)
			continue
		}
		if got := r.Sets[0].Gives(c.from, c.to); got != c.want {
			t.Errorf("%s: from %d to %d: %v", c.text, c.from, c.to, got)
		}
	}
	for _, text := range []string{"-j LOG", "-j CONNMARK --set-mark 1", "-j CONNMARK --save-mark", "-j REJECT", "-m mark --mark 1 -j DROP"} {
		if r := neutralRule(t, text); len(r.Sets) != 0 || r.NAT != nil {
			t.Errorf("%s sets %+v, %+v", text, r.Sets, r.NAT)
		}
	}
}

func TestRulesThatUseMarks(t *testing.T) {
	for text, want := range map[string]bool{
		"-j DROP": false, "-m connmark --mark 1": false, "-m mark --mark 1": true, "-j MARK --set-mark 1": true,
		"-j CONNMARK --set-mark 1": false, "-j CONNMARK --save-mark": true, "-j CONNMARK --restore-mark": true,
	} {
		if got := neutralRule(t, text).Marks; got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
