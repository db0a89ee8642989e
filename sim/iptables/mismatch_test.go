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

// TestFailsOfHeaders: conditions on single header fields.
func TestFailsOfHeaders(t *testing.T) {
	tcp := rule.Facts{
		Protocol: uint8(TCP), Ports: true, State: rule.Established, Direction: rule.Reply, MAC: [6]byte{2, 0x42, 0, 0, 0, 1},
		Source: netip.MustParseAddrPort("10.0.0.1:40000"), Destination: netip.MustParseAddrPort("10.0.0.2:80"),
		Header: &rule.Header{TTL: 63, TOS: 0xb8, Length: 60, Transport: true, TCPFlags: flagSYN | flagACK},
	}
	icmp := rule.Facts{Protocol: uint8(ICMP), Header: &rule.Header{Transport: true, ICMPType: 3, ICMPCode: 4}}
	later := rule.Facts{Protocol: uint8(TCP), Header: &rule.Header{Later: true}}
	for _, c := range []struct {
		facts          *rule.Facts
		text           string
		condition, was string
	}{
		{&tcp, "-p tcp -m multiport --dports 22,443:445", "--dports 22,443:445", "80"},
		{&tcp, "-p tcp -m multiport --dports 22,79:81", "", ""},
		{&tcp, "-p tcp -m multiport ! --ports 80", "! --ports 80", "40000, 80"},
		{&tcp, "-p tcp -m multiport --ports 40000", "", ""},
		{&tcp, "-p tcp -m multiport --sports 80", "--sports 80", "40000"},
		{&tcp, "-p tcp --syn", "--tcp-flags FIN,SYN,RST,ACK SYN", "SYN,ACK"},
		{&tcp, "-p tcp ! --syn", "", ""},
		{&tcp, "-p tcp --tcp-flags SYN SYN", "", ""},
		{&tcp, "-m ttl --ttl-lt 63", "--ttl-lt 63", "63"},
		{&tcp, "-m ttl --ttl-gt 62", "", ""},
		{&tcp, "-m ttl ! --ttl-eq 63", "! --ttl-eq 63", "63"},
		{&tcp, "-m tos --tos 0x10/0xff", "--tos 0x10/0xff", "0xb8"},
		{&tcp, "-m dscp --dscp 46", "", ""},
		{&tcp, "-m dscp ! --dscp 46", "! --dscp 0x2e", "0x2e"},
		{&tcp, "-m length --length 61:", "--length 61:65535", "60"},
		{&tcp, "-m length --length 60", "", ""},
		{&tcp, "-m iprange --src-range 10.0.0.2-10.0.0.9", "--src-range 10.0.0.2-10.0.0.9", "10.0.0.1"},
		{&tcp, "-m iprange ! --dst-range 10.0.0.2-10.0.0.9", "! --dst-range 10.0.0.2-10.0.0.9", "10.0.0.2"},
		{&tcp, "-m mac --mac-source 02:42:00:00:00:02", "--mac-source 02:42:00:00:00:02", "02:42:00:00:00:01"},
		{&tcp, "-m mac --mac-source 02:42:00:00:00:01", "", ""},
		{&tcp, "-m conntrack --ctdir ORIGINAL", "--ctdir ORIGINAL", "REPLY"},
		{&tcp, "-m conntrack --ctdir REPLY", "", ""},
		{&tcp, "-m state --state NEW", "--state NEW", "ESTABLISHED"},
		{&tcp, "-f", "-f", ""},
		{&tcp, "! -f", "", ""},
		{&later, "! -f", "! -f", ""},
		{&later, "-p tcp --syn", "", ""},
		{&later, "-p tcp -m multiport --dports 1", "", ""},
		{&icmp, "-p icmp --icmp-type echo-request", "--icmp-type 8", "3/4"},
		{&icmp, "-p icmp --icmp-type 3", "", ""},
		{&icmp, "-p icmp --icmp-type 3/3", "--icmp-type 3/3", "3/4"},
		{&icmp, "-p icmp ! --icmp-type any", "! --icmp-type any", "3/4"},
	} {
		r, err := ParseRule(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := r.Fails(c.facts); got.Condition != c.condition || got.Was != c.was || ok != (c.condition != "") {
			t.Errorf("%s: %+v, %v", c.text, got, ok)
		}
	}
	// Without facts, and for what no packet shows, no condition fails.
	for _, f := range forms() {
		r, err := ParseRule(f.args)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := r.Fails(&rule.Facts{Protocol: uint8(r.Protocol.Number)}); ok {
			t.Errorf("%s: %+v of a packet of which nothing else is known", f.args, m)
		}
	}
	for _, text := range []string{
		"-m limit", "-m statistic --mode random --probability 0", "-m recent --rcheck", "-m owner --uid-owner 1", "-m string --string x --algo bm",
		"-m mark --mark 1", "-m connmark --mark 1", "-p tcp -m tcpmss --mss 1", "-m comment --comment x", "-m pkttype --pkt-type multicast",
		"-m conntrack --ctstatus ASSURED", "-m conntrack --ctorigdst 10.0.0.9",
	} {
		r, err := ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := r.Fails(&tcp); ok {
			t.Errorf("%s: %+v", text, m)
		}
	}
}
