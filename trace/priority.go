package trace

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
