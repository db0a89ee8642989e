package trace

import (
	"slices"
	"testing"
)

// TestFollowed: after a chain has accepted a packet, only later chains of the packet's own family
// can still drop it, whichever tool has made the tables.
func TestFollowed(t *testing.T) {
	rules := []Rule{{Text: "drop"}}
	forward := func(table string, priority int) Table {
		return Table{Name: table, Chains: []Chain{{Name: "forward", Hook: Forward, Priority: priority, Type: "filter", Rules: rules}}}
	}
	n := &Node{Rules: []Table{
		{Name: "filter", Chains: []Chain{{Name: "FORWARD", Policy: "DROP"}}}, {Name: "ip6 filter", Chains: []Chain{{Name: "FORWARD", Policy: "DROP"}}},
		forward("ip late", 10), forward("ip6 late", 10), forward("inet late", 20), forward("inet early", -10),
	}}
	for _, c := range []struct {
		table, chain string
		six          bool
		want         []string
	}{
		{"filter", "FORWARD", false, []string{"ip late forward", "inet late forward"}},
		{"ip6 filter", "FORWARD", true, []string{"ip6 late forward", "inet late forward"}},
		{"inet early", "forward", true, []string{"ip6 late forward", "inet late forward"}},
		{"inet late", "forward", false, nil},
		{"filter", "DOCKER", false, nil},
	} {
		if got := n.Followed(&Step{RuleRef: RuleRef{Table: c.table, Chain: c.chain}, Hook: Forward}, c.six); !slices.Equal(got, c.want) {
			t.Errorf("after %s %s: %q, want %q", c.table, c.chain, got, c.want)
		}
	}
}

// TestEvaluatesNAT: nat tables of both families are recognized, and chains of type nat.
func TestEvaluatesNAT(t *testing.T) {
	n := &Node{Rules: []Table{
		{Name: "nat", Chains: []Chain{{Name: "PREROUTING", Policy: "ACCEPT"}, {Name: "DOCKER"}}},
		{Name: "ip6 nat", Chains: []Chain{{Name: "PREROUTING", Policy: "ACCEPT"}}},
		{Name: "ip docker-bridges", Chains: []Chain{{Name: "nat-PREROUTING", Hook: Prerouting, Priority: -100, Type: "nat"}}},
		{Name: "inet x", Chains: []Chain{{Name: "y", Hook: Prerouting, Type: "filter"}}},
	}}
	for ref, want := range map[RuleRef]bool{
		{Table: "nat", Chain: "PREROUTING"}: true, {Table: "ip6 nat", Chain: "PREROUTING"}: true,
		{Table: "ip docker-bridges", Chain: "nat-PREROUTING"}: true, {Table: "inet x", Chain: "y"}: false, {Table: "nat", Chain: "DOCKER"}: true,
	} {
		if got := n.EvaluatesNAT([]Step{{RuleRef: ref, Hook: Prerouting}}); got != want {
			t.Errorf("%s %s: %v", ref.Table, ref.Chain, got)
		}
	}
}
