package trace

import "testing"

// TestCounts: all rules of iptables and ip6tables have counters, those of nftables only if they say so.
func TestCounts(t *testing.T) {
	for table, list := range map[string]map[Rule]bool{
		"nat":                  {{Text: "-j DOCKER"}: true},
		"ip6 nat":              {{Text: "-j DOCKER", Columns: Columns{Target: "DOCKER"}}: true, {Text: "accept"}: false},
		"inet filter":          {{Text: "accept"}: false, {Text: "counter accept", Counter: 7}: true},
		"ip6 filter (no text)": {{Packets: 1}: true},
	} {
		for r, want := range list {
			if got := (&Table{Name: table}).Counts(&r); got != want {
				t.Errorf("%s: %+v: %t", table, r, got)
			}
		}
	}
}

// TestOfIPTables: ip6tables' tables have two words in their names, too, but chains without a type.
func TestOfIPTables(t *testing.T) {
	for table, want := range map[*Table]bool{
		{Name: "nat"}: true, {Name: "ip6 nat"}: true, {Name: "ip docker-bridges"}: false, {Name: "ip6 docker-bridges"}: false, {Name: "inet filter"}: false,
		{Name: "ip6 filter", Chains: []Chain{{Name: "FORWARD", Policy: "DROP"}, {Name: "DOCKER"}}}:           true,
		{Name: "ip6 filter", Chains: []Chain{{Name: "forward", Type: "filter", Hook: Forward}, {Name: "x"}}}: false,
	} {
		if got := table.OfIPTables(); got != want {
			t.Errorf("%+v: %v", *table, got)
		}
	}
}

// TestPolicyText: each tool has its own spelling.
func TestPolicyText(t *testing.T) {
	for c, want := range map[*Chain]string{
		{Policy: "DROP"}: "DROP", {Policy: "DROP", Type: "filter"}: "drop", {Type: "filter"}: "",
	} {
		if got := c.PolicyText(); got != want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
