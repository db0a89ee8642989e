package nft

import (
	"net/netip"
	"testing"

	"tracer/sim/rule"
)

// packet is what is known about a TCP packet of a new connection, from ens160 to docker0.
func packet() *rule.Facts {
	return &rule.Facts{
		In: "ens160", Out: "docker0", Source: netip.MustParseAddrPort("192.168.52.202:40000"), Destination: netip.MustParseAddrPort("172.17.0.2:5000"),
		Protocol: protoTCP, Ports: true, State: rule.New, Header: &rule.Header{TTL: 64, Transport: true},
		Local: func(a netip.Addr) bool { return a == netip.MustParseAddr("192.168.52.203") },
	}
}

// TestFails: the first condition that the packet does not meet, and what it has instead.
func TestFails(t *testing.T) {
	const table = `table ip t {
	set closed { type inet_service; flags interval; elements = { 5000-5010 } }
	map doors { type ifname : verdict; elements = { "docker0" : jump inside, "eth0" : drop } }
	chain inside { accept
	}
	chain c {
`
	for text, want := range map[string]rule.Mismatch{
		`iifname != "docker0" tcp dport 5000 accept`:          {},
		`iifname "docker0" accept`:                            {Condition: `iifname "docker0"`, Was: "ens160"},
		`iifname "ens*" oifname != "docker0" drop`:            {Condition: `oifname != "docker0"`, Was: "docker0"},
		`udp dport 5000 accept`:                               {Condition: "udp dport 5000", Was: "tcp"},
		`tcp dport { 80, 443 } accept`:                        {Condition: "tcp dport { 80, 443 }", Was: "5000"},
		`tcp dport != @closed accept`:                         {Condition: "tcp dport != @closed", Was: "5000"},
		`tcp dport @closed tcp sport < 1024 drop`:             {Condition: "tcp sport < 1024", Was: "40000"},
		`ip saddr 10.0.0.0/8 accept`:                          {Condition: "ip saddr 10.0.0.0/8", Was: "192.168.52.202"},
		`ip saddr 192.168.0.0/16 accept`:                      {},
		`ip saddr . tcp dport { 192.168.52.202 . 80 } accept`: {Condition: "ip saddr . tcp dport { 192.168.52.202 . 80 }", Was: "192.168.52.202 . 5000"},
		`ct state established,related accept`:                 {Condition: "ct state established,related", Was: "new"},
		`ct state new accept`:                                 {},
		`fib daddr type local accept`:                         {Condition: "fib daddr type local"},
		`fib daddr type != local accept`:                      {},
		`fib daddr type multicast accept`:                     {}, // the type is not known
		`ip6 saddr ::1 accept`:                                {Condition: "ip6 saddr ::1", Was: "ipv4"},
		`meta l4proto { udp, icmp } accept`:                   {Condition: "meta l4proto { icmp, udp }", Was: "tcp"},
		`iifname vmap @doors`:                                 {Condition: "iifname vmap @doors", Was: "ens160"},
		`oifname vmap @doors`:                                 {},
		`meta mark 7 tcp dport 80 accept`:                     {Condition: "tcp dport 80", Was: "5000"}, // the mark is not known
		`ip ttl < 5 drop`:                                     {Condition: "ip ttl < 5", Was: "64"},
		`limit rate 1/second tcp dport 5000 drop`:             {},
	} {
		rs, err := Parse(table + text + "\n}\n}\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		r := rs.Neutral()[0].Chain("c").Rules[0]
		if got, failed := r.Mismatch(packet()); got != want || failed != (want != rule.Mismatch{}) {
			t.Errorf("%s: %+v, %v, not %+v", text, got, failed, want)
		}
	}
}

// TestFailsIPv6: the same for an IPv6 packet.
func TestFailsIPv6(t *testing.T) {
	p := packet()
	p.Source, p.Destination = netip.MustParseAddrPort("[fd00::1]:40000"), netip.MustParseAddrPort("[fd00::2]:5000")
	for text, want := range map[string]rule.Mismatch{
		`ip6 hoplimit < 5 drop`:     {Condition: "ip6 hoplimit < 5", Was: "64"},
		`ip6 hoplimit 64 accept`:    {},
		`ip ttl 64 accept`:          {Condition: "ip ttl 64", Was: "ipv6"},
		`ip6 saddr fd01::/16 drop`:  {Condition: "ip6 saddr fd01::/16", Was: "fd00::1"},
		`ip6 daddr != fd00::2 drop`: {Condition: "ip6 daddr != fd00::2", Was: "fd00::2"},
		`meta nfproto ipv4 drop`:    {Condition: "meta nfproto ipv4", Was: "ipv6"},
	} {
		rs, err := Parse("table inet t {\n\tchain c {\n" + text + "\n}\n}\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		r := rs.Neutral()[0].Chain("c").Rules[0]
		if got, failed := r.Mismatch(p); got != want || failed != (want != rule.Mismatch{}) {
			t.Errorf("%s: %+v, %v, not %+v", text, got, failed, want)
		}
	}
}

// TestRejects: the answers to packets of either version of IP (net/netfilter/nft_reject.c).
func TestRejects(t *testing.T) {
	for text, want := range map[string]rule.Reject{
		"reject":                              {Code: 3, Code6: 4},
		"reject with icmpx no-route":          {Code: 0, Code6: 0},
		"reject with icmpx host-unreachable":  {Code: 1, Code6: 3},
		"reject with icmpx admin-prohibited":  {Code: 13, Code6: 1},
		"tcp dport 80 reject with tcp reset":  {Reset: true},
		"reject with icmp host-prohibited":    {Code: 10, Code6: 10},
		"reject with icmpv6 addr-unreachable": {Code: 3, Code6: 3},
	} {
		r := MustRule(Inet, text)
		if got := r.neutral(&Table{Family: Inet}).Rejects; *got != want {
			t.Errorf("%s: %+v", text, *got)
		}
	}
}

// TestElement: the element of a map that a packet's values find, and only that.
func TestElement(t *testing.T) {
	const table = `table ip t {
	map doors { type ifname : verdict; elements = { "docker0" : jump inside, "eth0" : drop } }
	chain inside { accept
	}
	chain c {
`
	for text, want := range map[string]rule.Element{
		`oifname vmap @doors`: {Map: "@doors", Key: `"docker0"`, Verdict: "jump inside"},
		`iifname vmap @doors`: {},
		`tcp dport vmap { 80 : accept, 4000-5000 : goto inside }`:    {Key: "4000-5000", Verdict: "goto inside"},
		`ip daddr . tcp dport vmap { 172.17.0.2 . 5000 : continue }`: {Key: "172.17.0.2 . 5000", Verdict: "continue"},
		`meta mark vmap { 1 : accept }`:                              {}, // the mark is not known
		`udp dport vmap { 5000 : drop }`:                             {},
	} {
		rs, err := Parse(table + text + "\n}\n}\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		r := rs.Neutral()[0].Chain("c").Rules[0]
		if got, known := r.Element(packet()); got != want || known != (want != rule.Element{}) {
			t.Errorf("%s: %+v, not %+v", text, got, want)
		}
	}
}

// TestTranslation: what a rule's translation can have made of an address.
func TestTranslation(t *testing.T) {
	for text, want := range map[string]bool{
		"dnat to 172.17.0.2:5000": true,
		"dnat to 172.17.0.3:5000": false,
		"dnat ip to tcp dport map { 80 : 172.17.0.2 . 5000, 81 : 172.17.0.3 . 80 }": true,
		"dnat ip to tcp dport map { 80 : 172.17.0.2 . 5001 }":                       false,
		"dnat to 172.17.0.1-172.17.0.9:5000-5001":                                   true,
		"masquerade": false,
	} {
		r := MustRule(IPv4, text)
		n := r.neutral(&Table{Family: IPv4}).NAT
		got := n.Gives(netip.MustParseAddrPort("192.168.52.203:80"), netip.MustParseAddrPort("172.17.0.2:5000"), rule.Interfaces{})
		if got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestSyntax: mistakes are refused, with their lines.
func TestSyntax(t *testing.T) {
	for text, want := range map[string]string{
		"table ip t {\n chain c {\n  tcp dprt 80 accept\n }\n}":      `line 3: "tcp" is not a supported statement`,
		"table ip t {\n chain c {\n  tcp dport 99999 accept\n }\n}":  `line 3: "99999" is not a port`,
		"table ip t {\n chain c {\n  ip saddr fd00::1 accept\n }\n}": `line 3: "fd00::1" is not a value of type ipv4_addr`,
		"table arp t {\n}":                                                   "line 1: tables of family arp are not supported; those of ip, ip6 and inet are",
		"table ip t {\n chain c {\n":                                         "line 3: the text ends too early",
		"table ip t {\n set s { type colour; }\n}":                           `line 2: "colour" is not a type`,
		"table ip t {\n chain c { type filter hook input priority top; }\n}": `line 2: "top" is not a priority`,
		"chain c { }": `line 1: expected "table", not "chain"`,
		"table ip t {\n chain c {\n  accept comment \"x\n }\n}": "line 3: a quote is not closed",
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}

// TestValidate: what the kernel would refuse is found without it.
func TestValidate(t *testing.T) {
	rs, err := Parse(`table ip t {
	set s { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.1 } }
	chain c {
		type nat hook forward priority 0; policy accept;
		jump nowhere
		jump c
		tcp dport @s accept
		tcp dport @none accept
		accept counter
		dnat to fd00::1
	}
	chain c {
	}
}
table ip t {
}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ip t.s: element 10.0.0.1 occurs twice", `ip t.c: chains of type nat do not work at hook "forward"`, `ip t.c.rules[0]: there is no chain "nowhere"`,
		"ip t.c.rules[1]: jump c: a base chain cannot be called by rules, only by its hook", "ip t.c.rules[2]: @s, of type ipv4_addr, does not fit tcp dport",
		`ip t.c.rules[3]: there is no set "none"`, "ip t.c.rules[4]: accept must be the last statement", "ip t.c.rules[5]: dnat to fd00::1: the address is not of family ip",
		"ip t.c: occurs twice", "ip t: occurs twice",
	}
	got := rs.Validate()
	for i, p := range got {
		if i >= len(want) || p.String() != want[i] {
			t.Errorf("%s", p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, not %d", len(got), len(want))
	}
}

// FuzzParse: no text makes the parser panic, and what it prints reads the same again.
func FuzzParse(f *testing.F) {
	f.Add("table ip t {\n\tchain c {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tip saddr . tcp dport { 10.0.0.1 . 80 } counter dnat to [::1]:80 comment \"x\"\n\t}\n}\n")
	f.Add("table inet t {\n\tmap m {\n\t\ttype ifname : verdict\n\t\telements = { \"a\" : jump c }\n\t}\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		rs, err := Parse(text)
		if err != nil {
			return
		}
		once := rs.String()
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("%v in\n%s", err, once)
		}
		if twice := again.String(); twice != once {
			t.Fatalf("%s\nis read as\n%s", once, twice)
		}
	})
}
