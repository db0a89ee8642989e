package listing_test

import (
	"os/exec"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace/listing"
	"tracer/trace/netstate"
)

// TestNFT: nft's tables are listed as nft lists them, with what was counted.
func TestNFT(t *testing.T) {
	path := labtest.Peer(t, "nft")
	ns := labtest.Loopback(t)
	const rules = `table inet firewall {
	set closed {
		type inet_service
		elements = { 1, 2, 3, 4, 5, 6, 7, 8 }
	}
	map doors {
		type ifname : verdict
		comment "by interface"
		elements = { "lo" : jump inner, "eth0" : drop }
	}
	chain inner {
		udp dport 9 counter comment "one"
	}
	chain first {
		type filter hook input priority filter + 3; policy accept;
		iifname vmap @doors
		tcp dport @closed counter drop
		counter accept
	}
}
table ip translate {
	chain out {
		type nat hook output priority -100; policy accept;
		udp dport 99 counter dnat to 127.0.0.1:9
		log prefix "x" counter
	}
}
table netdev edge {
	chain in {
		type filter hook ingress device "lo" priority 5; policy accept;
	}
}
`
	run := func(input string, args ...string) (out string) {
		labtest.Do(t, ns, func() error {
			cmd := exec.Command(path, args...)
			cmd.Stdin = strings.NewReader(input)
			b, err := cmd.Output()
			out = string(b)
			return err
		})
		return out
	}
	run(rules, "-f", "-")
	labtest.Do(t, ns, func() error { return dial(1) })
	var s netstate.Namespace
	labtest.Do(t, ns, func() (err error) {
		s, err = netstate.Read()
		return err
	})
	s.Node.Name = "host"
	for _, command := range []string{"nft -s list ruleset", "nft -s list table netdev edge", "nft list table inet firewall", "nft list chain inet firewall first"} {
		words := strings.Fields(command)
		want := run("", words[1:]...)
		got, err := listing.Lines(&s.Node, words)
		if text := strings.Join(got, "\n") + "\n"; err != nil || text != want {
			t.Errorf("%s: %v\n%s\nnft prints\n%s", command, err, text, want)
		}
	}
	for command, want := range map[string]string{
		"nft list table ip none": "there is no table ip none", "nft list chain inet firewall none": "its chains are inner, first",
		"nft list sets": "is not supported", "nft add table x": "can only list", "nft list chain x": "needs a family and 2 names",
	} {
		if _, err := listing.Lines(&s.Node, strings.Fields(command)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %q", command, err, want)
		}
	}
}
