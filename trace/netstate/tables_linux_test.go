package netstate

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// load gives nft a ruleset.
func load(t *testing.T, ns *netns.Namespace, ruleset string) {
	t.Helper()
	path := labtest.Peer(t, "nft")
	labtest.Do(t, ns, func() error {
		cmd := exec.Command(path, "-f", "-")
		cmd.Stdin = strings.NewReader(ruleset)
		b, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, b)
		}
		return nil
	})
}

// firewall has chains of every family, and rules whose comments imitate others.
const firewall = `
table inet firewall {
	set blocked {
		type ipv4_addr
		elements = { 1.1.1.1, 2.2.2.2 }
	}
	chain input {
		type filter hook input priority filter - 5; policy drop;
		ct state established counter accept
		ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8 } counter accept comment "accept } # handle 2"
		ip saddr @blocked drop
		meta mark 7 jump web
		fib daddr . mark type local accept
	}
	chain web {
		tcp dport { 80, 443 } accept
	}
	chain late {
		type nat hook postrouting priority 101;
		oifname "eth0" masquerade
	}
	chain dev {
		type filter hook ingress device eth0 priority 3;
	}
}
table netdev guard {
	chain in {
		type filter hook ingress devices = { eth0, veth1 } priority -500; policy accept;
		ip ttl 1 counter drop
	}
	chain out {
		type filter hook egress device eth0 priority 1; policy drop;
	}
}
table bridge ports {
	chain forward {
		type filter hook forward priority -200;
		ether type arp accept
	}
}
table arp quiet {
	chain output {
		type filter hook output priority 0;
		arp operation reply accept
	}
}
table ip6 six {
	chain output {
		type route hook output priority mangle;
		meta mark set 1
	}
}
table ip tracer {
	chain own {
		type filter hook forward priority 0;
		accept
	}
}
table ip asleep {
	flags dormant
	chain forward {
		type filter hook forward priority 0; policy drop;
	}
}
table ip filter {
	chain late {
		type filter hook forward priority 77;
		accept
	}
}
`

// TestTables: tables other than iptables' are read with the places of their chains, and their
// rules with the handles, counters and text that nft lists. tracer's own table is left out,
// as are dormant tables.
func TestTables(t *testing.T) {
	ns := newNetwork(t)
	load(t, ns, firewall)
	s := read(t, ns)
	var names, chains []string
	beyond := map[string]bool{} // what package nft does not understand
	for _, text := range []string{"fib daddr . mark type local accept", "ip ttl 1 counter drop", "ether type arp accept", "arp operation reply accept", "meta mark set 0x00000001"} {
		beyond[text] = true
	}
	for _, table := range s.Node.Rules {
		names = append(names, table.Name)
		for _, c := range table.Chains {
			chains = append(chains, fmt.Sprintf("%s %s: %s %s %d %s %v %s", table.Name, c.Name, c.Type, c.Hook, c.Priority, c.Policy, c.Devices, c.Foreign))
			for i, r := range c.Rules {
				if n := rule.Find(s.Rules, table.Name).Chain(c.Name).Rules[i]; table.Name != "filter" && (n.Opaque != beyond[r.Text] || (n.NAT != nil) != (r.Text == `oifname "eth0" masquerade`) || n.Text != r.Text || n.Handle != r.Handle || n.Marks != strings.Contains(r.Text, "mark")) {
					t.Errorf("%+v: as a rule %+v", r, n)
				}
			}
		}
	}
	if want := []string{"filter", "inet firewall", "netdev guard", "bridge ports", "arp quiet", "ip6 six"}; !slices.Equal(names, want) {
		t.Errorf("tables %q, not %q", names, want)
	}
	if want := []string{
		"filter late: filter forward 77 ACCEPT [] type filter hook forward priority 77",
		"inet firewall input: filter input -5 DROP [] ", "inet firewall web:  hook(0) 0  [] ", "inet firewall late: nat postrouting 101 ACCEPT [] ",
		"inet firewall dev: filter ingress 3 ACCEPT [eth0] ",
		"netdev guard in: filter ingress -500 ACCEPT [eth0 veth1] ", "netdev guard out: filter egress 1 DROP [eth0] ", "bridge ports forward: filter forward -200 ACCEPT [] ",
		"arp quiet output: filter output 0 ACCEPT [] ", "ip6 six output: route output -150 ACCEPT [] ",
	}; !slices.Equal(chains, want) {
		t.Errorf("chains\n%s\nnot\n%s", strings.Join(chains, "\n"), strings.Join(want, "\n"))
	}
	compareListing(t, ns, s.Node.Rules)
	if ownTable != nftrace.Table {
		t.Errorf("tracer's table is %q", nftrace.Table)
	}
}

// TestTranslations: of a rule that translates but is not understood, the kind is known, and not
// the values that it computes.
func TestTranslations(t *testing.T) {
	ns := newNetwork(t)
	load(t, ns, `table inet translate {
	chain before {
		type nat hook prerouting priority -100;
		log redirect
		log tcp dport 80 redirect to :8080
		log dnat ip to 10.0.0.2
	}
	chain after {
		type nat hook postrouting priority 100;
		log snat ip to 10.0.0.1
		log masquerade
		log tcp dport 80 masquerade to :1024-2048
		accept
	}
}
`)
	got := map[string]string{}
	for _, c := range rule.Find(read(t, ns).Rules, "inet translate").Chains {
		for _, r := range c.Rules {
			if got[r.Text] = "none"; r.NAT != nil {
				got[r.Text] = fmt.Sprintf("%d unknown %v", r.NAT.Kind, r.NAT.Unknown)
			}
		}
	}
	want := map[string]string{"accept": "none"}
	for text, n := range map[string]rule.NAT{
		"log redirect": {Kind: rule.Redirect}, "log tcp dport 80 redirect to :8080": {Kind: rule.Redirect, Unknown: true},
		"log dnat ip to 10.0.0.2": {Kind: rule.DNAT, Unknown: true}, "log snat ip to 10.0.0.1": {Kind: rule.SNAT, Unknown: true},
		"log masquerade": {Kind: rule.Masquerade}, "log tcp dport 80 masquerade to :1024-2048": {Kind: rule.Masquerade},
	} {
		want[text] = fmt.Sprintf("%d unknown %v", n.Kind, n.Unknown)
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

// compareListing compares rules with what nft lists, as text and in JSON.
func compareListing(t *testing.T, ns *netns.Namespace, tables []trace.Table) {
	t.Helper()
	var doc struct {
		Nftables []struct {
			Rule *struct {
				Family, Table, Chain string
				Handle               uint64
			}
		}
	}
	if err := json.Unmarshal([]byte(run(t, ns, "nft -j -a list ruleset")), &doc); err != nil {
		t.Fatal(err)
	}
	text, compared := run(t, ns, "nft -a -s -t list ruleset"), 0
	for _, o := range doc.Nftables {
		r := o.Rule
		if r == nil || r.Family == "ip" {
			continue
		}
		table := (&trace.Node{Rules: tables}).Table(r.Family + " " + r.Table)
		if table == nil || table.Chain(r.Chain) == nil {
			t.Errorf("no chain %s of %s %s", r.Chain, r.Family, r.Table)
			continue
		}
		for _, got := range table.Chain(r.Chain).Rules {
			if line := fmt.Sprintf("\t\t%s # handle %d\n", got.Text, got.Handle); got.Handle == r.Handle && strings.Contains(text, line) {
				compared++
			}
		}
	}
	if compared != 11 {
		t.Errorf("%d rules agree, not 11\n%s\n%+v", compared, text, tables)
	}
}

// TestCounters: the counters of such rules are read.
func TestCounters(t *testing.T) {
	ns := newNetwork(t)
	load(t, ns, "table inet count {\n chain out {\n type filter hook output priority 0;\n udp dport 9 counter\n }\n}\n")
	for range 3 {
		send(t, ns, "127.0.0.1:9") // 20 bytes of IP header, 8 of UDP, 4 of data
	}
	s := read(t, ns)
	if r := s.Node.Table("inet count").Chain("out").Rules[0]; r.Packets != 3 || r.Bytes != 96 {
		t.Errorf("%+v", r)
	}
}

// TestSameRules: for rules that are not understood, nft runs again only when the rules have
// changed; the text is never taken from another namespace.
func TestSameRules(t *testing.T) {
	var r Reader
	text := func(ns *netns.Namespace) (text string) {
		labtest.Do(t, ns, func() error {
			s, err := r.Read()
			if err == nil {
				text = s.Node.Table("inet t").Chain("c").Rules[0].Text
			}
			return err
		})
		return text
	}
	a, b := labtest.Namespace(t), labtest.Namespace(t)
	load(t, a, "table inet t {\n chain c {\n log drop\n }\n}\n")
	load(t, b, "table inet t {\n chain c {\n log accept\n }\n}\n")
	if got := []string{text(a), text(b)}; !slices.Equal(got, []string{"log drop", "log accept"}) {
		t.Error(got)
	}
	t.Setenv("PATH", t.TempDir())
	if got := []string{text(a), text(b)}; !slices.Equal(got, []string{"log drop", "log accept"}) {
		t.Errorf("without nft, the rules that have not changed: %v", got)
	}
	if got := func() string { r = Reader{}; return text(a) }(); got == "log drop" || !strings.HasPrefix(got, "[handle ") {
		t.Errorf("without nft: %q", got)
	}
}

// TestListing: the text of rules in nft's listing, whatever their comments hold.
func TestListing(t *testing.T) {
	for _, c := range []struct {
		what, listing string
		want          map[uint64]string
	}{
		{"a rule in two lines", "table inet t { # handle 1\n\tchain c { # handle 1\n\t\ttype filter hook input priority 0; policy drop;\n\t\tip saddr { 10.0.0.1,\n\t\t\t     10.0.0.2 } accept # handle 4\n\t}\n}\n", map[uint64]string{4: "ip saddr { 10.0.0.1, 10.0.0.2 } accept"}},
		{"a comment that looks like another rule", "table inet t { # handle 1\n\tchain c { # handle 1\n\t\taccept comment \"\n\t\tdrop # handle 5\n\" # handle 4\n\t\taccept # handle 5\n\t}\n}\n", map[uint64]string{5: ""}},
		{"a comment that looks like another table", "table inet s { # handle 1\n\tchain c { # handle 1\n\t\taccept comment \"\ntable inet t {\n\tchain c {\n\t\tdrop # handle 4\n\" # handle 9\n\t}\n}\ntable inet t { # handle 2\n\tchain c {\n\t\taccept # handle 4\n\t}\n}\n", nil},
		{"a set", "table inet t { # handle 1\n\tset c {\n\t\ttype x # handle 4\n\t}\n}\n", map[uint64]string{}},
	} {
		got := parseListing(c.listing)["table inet t {"]
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", c.what, got)
		}
		for handle, text := range c.want {
			if got[handle] != text {
				t.Errorf("%s: %v", c.what, got)
			}
		}
	}
}
