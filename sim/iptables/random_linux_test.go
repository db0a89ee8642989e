package iptables

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// combine returns a rule with random conditions, matches and a target of a table, chosen
// from the known forms. The kernel may refuse it.
func combine(r *rand.Rand, table string) string {
	protocol := []string{"", "tcp", "udp", "icmp"}[r.IntN(4)]
	var matches, targets []string
	for _, f := range forms() {
		args, of := f.args, ""
		if rest, ok := strings.CutPrefix(args, "-p "); ok {
			of, args, _ = strings.Cut(rest, " ")
		}
		if of != "" && of != protocol || strings.HasPrefix(args, "! -f") || strings.HasPrefix(args, "-f") {
			continue
		}
		at := strings.Index(args, "-j ")
		switch {
		case at < 0 && !strings.Contains(args, "-g "):
			matches = append(matches, args)
		case at == 0 && (f.table == table || args == "-j RETURN" || strings.HasPrefix(args, "-j LOG")):
			targets = append(targets, args)
		}
	}
	parts := []string{}
	add := func(chance float64, format string, args ...any) {
		if r.Float64() < chance {
			if r.IntN(4) == 0 {
				format = "! " + format
			}
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(0.3, "-s 10.%d.0.0/%d", r.IntN(256), 16)
	add(0.3, "-d 10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256))
	add(0.3, "-i eth%d", r.IntN(3))
	add(0.2, "-o eth+")
	if protocol != "" {
		parts = append(parts, "-p "+protocol)
	}
	// Each match once: iptables combines several of one kind.
	used := map[string]bool{}
	for range r.IntN(4) {
		m := matches[r.IntN(len(matches))]
		kind := "implied"
		if _, rest, ok := strings.Cut(m, "-m "); ok {
			kind, _, _ = strings.Cut(rest, " ")
			if i := strings.Index(m, "-m "); i > 0 { // an option of the protocol's match comes first
				continue
			}
		}
		if kind == "icmp" {
			kind = "implied"
		}
		if kind == "state" {
			kind = "conntrack"
		}
		if !used[kind] {
			used[kind] = true
			parts = append(parts, m)
		}
	}
	switch r.IntN(5) {
	case 0:
	case 1:
		parts = append(parts, "-j ACCEPT")
	default:
		parts = append(parts, targets[r.IntN(len(targets))])
	}
	return strings.Join(parts, " ")
}

// TestRandomRules: combinations of matches are written, read and printed as iptables does.
func TestRandomRules(t *testing.T) {
	r := labtest.Random(t)
	for _, table := range []string{"filter", "mangle", "nat"} {
		t.Run(table, func(t *testing.T) {
			var rules []string
			for range 120 {
				rules = append(rules, combine(r, table))
			}
			t.Logf("for example %s", strings.Join(rules[:8], "\n"))
			refused := newPair(t).compare(t, IPv4, table, rules)
			for args, reason := range refused {
				t.Logf("refused: %s: %s", args, reason)
			}
			if len(refused) > len(rules)/2 {
				t.Errorf("%d of %d are refused", len(refused), len(rules))
			}
		})
	}
}
