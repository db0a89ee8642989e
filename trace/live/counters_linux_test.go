package live

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
)

// place is a rule's position in a chain, or the chain's policy.
type place struct {
	table, chain string
	position     int // from 0; -1: the policy
}

func (p place) String() string {
	if p.position < 0 {
		return p.table + " " + p.chain + ", policy"
	}
	return fmt.Sprintf("%s %s, rule %d", p.table, p.chain, p.position+1)
}

// checkCounters compares the packet counters of a node's iptables rules and policies with
// the steps of all packets. iptables-save reads the counters; if it is missing, those read
// by tracer are used. A policy counts only once iptables -P has set it; before that, its
// counter is 0.
func checkCounters(t *testing.T, session *Session, node string, tr *trace.Trace) {
	t.Helper()
	counted := countedByState(tr.State.Node(node))
	if labtest.Installed(t, "iptables-save") != "" && labtest.Installed(t, "ip6tables-save") != "" {
		counted = map[place]uint64{}
		for program, family := range map[string]string{"iptables-save": "", "ip6tables-save": "ip6 "} {
			var text []byte
			if err := session.Do(node, func() (err error) {
				text, err = exec.Command(program, "-c").Output()
				return err
			}); err != nil {
				t.Fatal(err)
			}
			for at, packets := range countedBySave(t, string(text)) {
				at.table = family + at.table
				if family == "" || at.position >= 0 { // nodes report their groups of IPv6 at any time
					counted[at] = packets
				}
			}
		}
	}
	met := stepsAt(tr, node)
	for at, packets := range counted {
		if at.position < 0 && packets == 0 {
			continue
		}
		if uint64(met[at]) != packets {
			t.Errorf("%s: %s: counted %d packets, and %d steps name it", node, at, packets, met[at])
		}
	}
}

// countedByState returns the counters of a node's rules as tracer has read them. It does
// not read those of policies.
func countedByState(n *trace.Node) map[place]uint64 {
	counted := map[place]uint64{}
	for _, table := range n.Rules {
		for _, c := range table.Chains {
			for i, r := range c.Rules {
				counted[place{table.Name, c.Name, i}] = r.Packets
			}
		}
	}
	return counted
}

var (
	savedChain = regexp.MustCompile(`^:(\S+) (\S+) \[(\d+):\d+\]`)
	savedRule  = regexp.MustCompile(`^\[(\d+):\d+\] -A (\S+)`)
)

// countedBySave returns the counters that iptables-save -c prints.
func countedBySave(t *testing.T, text string) map[place]uint64 {
	t.Helper()
	counted := map[place]uint64{}
	table, positions := "", map[string]int{}
	number := func(s string) (n uint64) {
		if _, err := fmt.Sscan(s, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for line := range strings.Lines(text) {
		if name, begins := strings.CutPrefix(line, "*"); begins {
			table, positions = strings.TrimSpace(name), map[string]int{}
		} else if m := savedChain.FindStringSubmatch(line); m != nil && m[2] != "-" {
			counted[place{table, m[1], -1}] = number(m[3])
		} else if m := savedRule.FindStringSubmatch(line); m != nil {
			counted[place{table, m[2], positions[m[2]]}] = number(m[1])
			positions[m[2]]++
		}
	}
	return counted
}

// stepsAt counts the steps of all packets at each rule and policy of a node.
func stepsAt(tr *trace.Trace, node string) map[place]int {
	positions := map[string]int{} // by table, chain and handle
	policies := map[string]bool{}
	key := func(table, chain string, handle uint64) string { return fmt.Sprint(table, " ", chain, " ", handle) }
	for _, table := range tr.State.Node(node).Rules {
		for _, c := range table.Chains {
			policies[key(table.Name, c.Name, 0)] = c.Policy != ""
			for i, r := range c.Rules {
				positions[key(table.Name, c.Name, r.Handle)] = i
			}
		}
	}
	met := map[place]int{}
	count := func(at string, steps []trace.Step) {
		for i := range steps {
			s := &steps[i]
			k := key(s.Table, s.Chain, s.Handle)
			if at != node {
				continue
			}
			if position, known := positions[k]; known {
				met[place{s.Table, s.Chain, position}] += max(1, s.Fragments)
			} else if s.Handle == 0 && policies[k] {
				met[place{s.Table, s.Chain, -1}] += max(1, s.Fragments)
			}
		}
	}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		for h := range j.Hops {
			count(j.Hops[h].Node, j.Hops[h].Steps)
		}
		count(j.Outcome.Node, j.Outcome.Steps)
	}
	return met
}
