package iptables

import (
	"net/netip"
	"testing"

	"tracer/sim/rule"
)

func TestFails(t *testing.T) {
	f := rule.Facts{
		In: "ens160", Out: "docker0", Protocol: uint8(TCP), Ports: true, State: rule.New,
		Source: netip.MustParseAddrPort("192.168.52.202:40000"), Destination: netip.MustParseAddrPort("172.17.0.2:5000"),
		Local: func(a netip.Addr) bool { return a.String() == "192.168.52.203" },
	}
	for text, want := range map[string][2]string{
		"-j ACCEPT":                                  {},
		"-i ens160 -o docker0 -p tcp":                {},
		"-i docker0 -j RETURN":                       {"-i docker0", "ens160"},
		"! -i ens160":                                {"! -i ens160", "ens160"},
		"-i ens+":                                    {},
		"-o eth+":                                    {"-o eth+", "docker0"},
		"-s 172.17.0.0/16 ! -o docker0":              {"-s 172.17.0.0/16", "192.168.52.202"},
		"-d 172.17.0.2/32 -p udp":                    {"-p udp", "tcp"},
		"-p tcp -m tcp --dport 80":                   {"--dport 80", "5000"},
		"-p tcp -m tcp --dport 5000":                 {},
		"-p tcp -m tcp ! --sport 1:65000":            {"! --sport 1:65000", "40000"},
		"-m addrtype --dst-type LOCAL":               {"--dst-type LOCAL", "172.17.0.2"},
		"-m addrtype ! --dst-type LOCAL":             {},
		"-m addrtype --dst-type UNICAST":             {}, // not known
		"-m conntrack --ctstate NEW":                 {},
		"-m conntrack --ctstate RELATED,ESTABLISHED": {"--ctstate RELATED,ESTABLISHED", "NEW"},
		"-m conntrack ! --ctstate NEW":               {"! --ctstate NEW", "NEW"},
		"-m conntrack --ctstate DNAT":                {}, // not known
	} {
		r, err := ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := r.Fails(&f); [2]string{got.Condition, got.Was} != want || ok != (want[0] != "") {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
	limit := Rule{Matches: []Match{Opaque{Kind: XtMatch, Name: "limit"}}, Target: Drop}
	if m, ok := limit.Fails(&f); ok {
		t.Errorf("a match that is not understood fails: %+v", m)
	}
	limit.In.Name = "eth9"
	if m, ok := limit.Fails(&f); !ok || m.Condition != "-i eth9" {
		t.Errorf("%s: %+v, %v", limit, m, ok)
	}
	f.State, f.Ports, f.In = 0, false, ""
	for text, want := range map[string][2]string{
		"-m conntrack --ctstate ESTABLISHED": {}, "-p tcp -m tcp --dport 80": {}, "-i docker0": {"-i docker0", ""}, "! -i docker0": {},
	} {
		r, err := ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Fails(&f); [2]string{got.Condition, got.Was} != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
