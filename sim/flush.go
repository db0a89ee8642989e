package sim

import (
	"slices"
	"strings"
)

// ofIPTables reports whether a table is of iptables, as "nat", or of ip6tables, as "ip6 nat".
func ofIPTables(table string) bool {
	name, six := strings.CutPrefix(table, "ip6 ")
	return !six && !strings.Contains(table, " ") || slices.Contains([]string{"raw", "mangle", "nat", "filter", "security"}, name)
}

// flushing returns the command that deletes the rules of a table.
func flushing(table string) string {
	name, six := strings.CutPrefix(table, "ip6 ")
	switch {
	case !ofIPTables(table):
		return "nft flush table " + table
	case six:
		return "ip6tables -t " + name + " -F"
	}
	return "iptables -t " + table + " -F"
}
