package iptables

// baseChain is a chain that the kernel evaluates at a hook. Hooks and priorities are
// NF_INET_* and NF_IP_PRI_* (linux/netfilter.h, netfilter_ipv4.h); kinds are the chain
// types of nf_tables.
type baseChain struct {
	name     string
	hook     uint32
	priority int32
	kind     string
}

const (
	hookPrerouting uint32 = iota
	hookInput
	hookForward
	hookOutput
	hookPostrouting
)

// tableNames returns the tables in the order in which packets traverse them.
func tableNames() []string {
	return []string{"raw", "mangle", "nat", "filter", "security"}
}

// baseChains returns a table's base chains in hook order, which is also the order of
// iptables -S. It returns nil for an unknown table.
func baseChains(table string) []baseChain {
	switch table {
	case "raw":
		return []baseChain{
			{"PREROUTING", hookPrerouting, -300, "filter"},
			{"OUTPUT", hookOutput, -300, "filter"},
		}
	case "mangle":
		return []baseChain{
			{"PREROUTING", hookPrerouting, -150, "filter"},
			{"INPUT", hookInput, -150, "filter"},
			{"FORWARD", hookForward, -150, "filter"},
			// With "route", a packet is routed again if its mark or an address changes.
			{"OUTPUT", hookOutput, -150, "route"},
			{"POSTROUTING", hookPostrouting, -150, "filter"},
		}
	case "nat":
		return []baseChain{
			{"PREROUTING", hookPrerouting, -100, "nat"},
			{"INPUT", hookInput, 100, "nat"},
			{"OUTPUT", hookOutput, -100, "nat"},
			{"POSTROUTING", hookPostrouting, 100, "nat"},
		}
	case "filter":
		return []baseChain{
			{"INPUT", hookInput, 0, "filter"},
			{"FORWARD", hookForward, 0, "filter"},
			{"OUTPUT", hookOutput, 0, "filter"},
		}
	case "security":
		return []baseChain{
			// NF_IP_PRI_SECURITY is 50, but iptables-nft uses 150.
			{"INPUT", hookInput, 150, "filter"},
			{"FORWARD", hookForward, 150, "filter"},
			{"OUTPUT", hookOutput, 150, "filter"},
		}
	}
	return nil
}

// findBase returns the base chain of that name in a table.
func findBase(table, chain string) (baseChain, bool) {
	for _, b := range baseChains(table) {
		if b.name == chain {
			return b, true
		}
	}
	return baseChain{}, false
}
