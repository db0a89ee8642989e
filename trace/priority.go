package trace

import "strings"

// The priorities of iptables' tables (enum nf_ip_hook_priorities in
// include/uapi/linux/netfilter_ipv4.h). At each hook, chains run in ascending order.
const (
	PriorityRaw            = -300
	PriorityConntrack      = -200 // not a table: connection tracking, at prerouting and output
	PriorityMangle         = -150
	PriorityDestinationNAT = -100 // nat at prerouting and output
	PriorityFilter         = 0
	PrioritySourceNAT      = 100 // nat at input and postrouting
	PrioritySecurity       = 150 // of iptables-nft; the kernel's own is 50
)

// tables6 precedes the names of ip6tables' tables in the model.
const tables6 = "ip6 "

// TableOf returns the name that iptables or ip6tables gives a table of its own: "nat" for
// "nat" and "ip6 nat". Other names stay as they are.
func TableOf(title string) string {
	name := strings.TrimPrefix(title, tables6)
	if _, known := TablePriority(Output, name); known {
		return name
	}
	return title
}

// TitleOf returns the name in the model of a table of iptables or ip6tables.
func TitleOf(table string, six bool) string {
	if six {
		return tables6 + table
	}
	return table
}

// IsIPv6 reports whether a table with this name in the model is for IPv6 alone.
func IsIPv6(title string) bool { return strings.HasPrefix(title, tables6) }

// Meets reports whether packets of a family meet the chains of a table, as far as its name in
// the model shows.
func Meets(title string, six bool) bool {
	family, _, named := strings.Cut(title, " ")
	switch {
	case !named || family == "ip":
		return !six
	case family == "ip6":
		return six
	}
	return true
}

// TablePriority returns the priority that iptables-nft gives to its table at a hook. known
// is false for a table that is not iptables'.
func TablePriority(h Hook, table string) (priority int, known bool) {
	switch table {
	case "raw":
		return PriorityRaw, true
	case "mangle":
		return PriorityMangle, true
	case "nat":
		if h.First() {
			return PriorityDestinationNAT, true
		}
		return PrioritySourceNAT, true
	case "filter":
		return PriorityFilter, true
	case "security":
		return PrioritySecurity, true
	}
	return 0, false
}
