package nftrace

import "tracer/trace"

// Place is where a base chain is attached. At each hook, chains run in ascending order
// of priority.
type Place struct {
	Hook     trace.Hook
	Priority int
}

// Before reports whether a packet that was at p can reach q afterwards, within the same
// node.
func (p Place) Before(q Place) bool {
	if p.Hook == q.Hook {
		return p.Priority < q.Priority
	}
	return leads(p.Hook, q.Hook)
}

// leads reports whether a packet that passed a hook can reach another one within the same
// node, with or without hooks in between.
func leads(from, to trace.Hook) bool {
	switch from {
	case trace.Prerouting:
		return to == trace.Input || to == trace.Forward || to == trace.Postrouting
	case trace.Forward, trace.Output:
		return to == trace.Postrouting
	}
	return false
}

// iptablesHooks are the names of iptables' base chains.
var iptablesHooks = map[string]trace.Hook{
	"PREROUTING": trace.Prerouting, "INPUT": trace.Input, "FORWARD": trace.Forward, "OUTPUT": trace.Output, "POSTROUTING": trace.Postrouting,
}

// PlaceOf returns where a base chain is attached. It knows tracer's chains and those of
// iptables-nft and ip6tables-nft, whose priorities are the same.
func PlaceOf(table, chain string) (Place, bool) {
	if table == Table {
		c, ok := chains[chain]
		return c.Place, ok
	}
	h, ok := iptablesHooks[chain]
	if !ok {
		return Place{}, false
	}
	priority, ok := trace.TablePriority(h, trace.TableOf(table))
	if !ok {
		return Place{}, false
	}
	return Place{h, priority}, true
}
