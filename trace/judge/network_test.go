package judge

import (
	"reflect"
	"strings"
	"testing"

	"tracer/sim/docker"
	"tracer/sim/labtest"
)

// TestScript: printing and parsing preserve a network, and the same seed gives the same
// network. The networks have everything that they may have.
func TestScript(t *testing.T) {
	seed := labtest.Seed(t)
	occurs := map[string]int{}
	for i := range uint64(500) {
		n := Generate(seed+i, Everything)
		for _, what := range has(n) {
			occurs[what]++
		}
		read, err := Parse(n.String())
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed+i, err, n)
		}
		if !reflect.DeepEqual(n, read) {
			t.Fatalf("seed %d: read as\n%s\nnot\n%s", seed+i, read, n)
		}
		if again := Generate(seed+i, Everything); !reflect.DeepEqual(n, again) {
			t.Fatalf("seed %d: once\n%s\nthen\n%s", seed+i, n, again)
		}
		for k, l := range n.Lines[n.setup():] {
			if l.Verb() != "send" {
				continue
			}
			if _, err := parseRequest(k+1, l); err != nil {
				t.Errorf("seed %d: %v", seed+i, err)
			}
		}
	}
	for _, what := range append([]string{"IPv4", "IPv6", "both families", "table ip", "table ip6", "table inet"}, docker.Versions()...) {
		if occurs[what] == 0 {
			t.Errorf("no network has %s; they have %v", what, occurs)
		}
	}
}

// has returns what a network has: its families, those of its own nftables tables, and its
// engine, which the rules tell.
func has(n *Network) (list []string) {
	text := n.String()
	for what, in := range map[string]string{"IPv4": "send udp 10.", "IPv6": "send udp [fd"} {
		if strings.Contains(text, in) {
			list = append(list, what)
		}
	}
	if n.IP == Dual {
		list = append(list, "both families")
	}
	for _, l := range n.Lines {
		if table, adds := strings.CutPrefix(l.Text, "nft add table "); adds {
			family, _, _ := strings.Cut(table, " ")
			list = append(list, "table "+family)
		}
	}
	stages, forward := strings.Contains(text, "-N DOCKER-ISOLATION-STAGE-1"), strings.Contains(text, "-N DOCKER-FORWARD")
	switch {
	case strings.Contains(text, " docker-bridges {"):
		list = append(list, "29-nftables")
	case forward && stages:
		list = append(list, "28")
	case forward:
		list = append(list, "29")
	case stages:
		list = append(list, "20.10")
	}
	return list
}

// TestParseRefuses: mistakes in a script are found.
func TestParseRefuses(t *testing.T) {
	for _, script := range []string{"node", "node a king", "wire a/b c/d", "node a client\nwire a a/b", "a: ip link", "seed x", "what is this"} {
		if n, err := Parse(script); err == nil {
			t.Errorf("%q is read as %v", script, n)
		}
	}
}
