package sim_test

import (
	"os"
	"testing"

	"tracer/scenarios"
	"tracer/sim"
)

// TestFlush: a table of iptables, ip6tables or nftables is emptied, and no other. A table of
// iptables that is not there is empty; one of nftables must be there.
func TestFlush(t *testing.T) {
	text, err := os.ReadFile("../scenarios/published-ipv6.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for engine, steps := range map[string]map[string]struct{ command, answer string }{
		"29": {
			"nat":               {"iptables -t nat -F", "done"},
			"ip6 nat":           {"ip6tables -t nat -F", "done"},
			"security":          {"iptables -t security -F", "done"},
			"ip docker-bridges": {"nft flush table ip docker-bridges", "flush table host/ip docker-bridges: there is no such table"},
		},
		"29-nftables": {
			"nat":                {"iptables -t nat -F", "done"},
			"ip6 nat":            {"ip6tables -t nat -F", "done"},
			"ip docker-bridges":  {"nft flush table ip docker-bridges", "done"},
			"ip6 docker-bridges": {"nft flush table ip6 docker-bridges", "done"},
		},
	} {
		for table, want := range steps {
			s, err := scenarios.ParseOn("published-ipv6.yaml", text, engine)
			if err != nil {
				t.Fatal(err)
			}
			lab := build(t, s.Topology)
			before := rules(t, lab)
			r := sim.Request{From: "host", Flush: table}
			if got := r.String(); got != want.command {
				t.Errorf("%s: %q, not %q", table, got, want.command)
			}
			if got := lab.Send(t.Context(), r).String(); got != want.answer {
				t.Errorf("%s, %s: %q, not %q", engine, table, got, want.answer)
			}
			for name, n := range rules(t, lab) {
				if before[name] > 0 && (name == table) != (n == 0) {
					t.Errorf("%s, %s: %s has %d rules, and had %d", engine, table, name, n, before[name])
				}
			}
		}
	}
}

// rules returns how many rules each of the host's tables has.
func rules(t *testing.T, lab *sim.Lab) map[string]int {
	t.Helper()
	numbers := map[string]int{}
	for _, table := range read(t, lab, "host").Rules {
		for _, c := range table.Chains {
			numbers[table.Name] += len(c.Rules)
		}
	}
	return numbers
}
