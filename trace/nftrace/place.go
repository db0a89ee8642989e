package nftrace

import "fmt"

// Hook is a point in the kernel's IP layer at which netfilter runs its chains (enum
// nf_inet_hooks).
type Hook uint8

// The hooks, in the kernel's order.
const (
	Prerouting Hook = iota + 1
	Input
	Forward
	Output
	Postrouting
)

var hookNames = [...]string{
	Prerouting: "prerouting", Input: "input", Forward: "forward", Output: "output", Postrouting: "postrouting",
}

// String returns the hook's name in lower case.
func (h Hook) String() string {
	if h > 0 && int(h) < len(hookNames) {
		return hookNames[h]
	}
	return fmt.Sprintf("hook(%d)", uint8(h))
}

// First reports whether a packet's path through a node can begin at the hook.
func (h Hook) First() bool { return h == Prerouting || h == Output }

// Last reports whether it can end at the hook.
func (h Hook) Last() bool { return h == Input || h == Postrouting }

// leadsTo reports whether a packet that passed h can reach next within the same node,
// with or without hooks in between.
func (h Hook) leadsTo(next Hook) bool {
	switch h {
	case Prerouting:
		return next == Input || next == Forward || next == Postrouting
	case Forward, Output:
		return next == Postrouting
	}
	return false
}

// Place is where a base chain is attached. At each hook, chains run in ascending order
// of priority.
type Place struct {
	Hook     Hook
	Priority int
}

// Before reports whether a packet that was at p can reach q afterwards, within the same
// node.
func (p Place) Before(q Place) bool {
	if p.Hook == q.Hook {
		return p.Priority < q.Priority
	}
	return p.Hook.leadsTo(q.Hook)
}

// The priorities of iptables' tables (enum nf_ip_hook_priorities in
// include/uapi/linux/netfilter_ipv4.h), and of the chains that begin tracer's trace.
const (
	priorityStart          = -350
	priorityRaw            = -300
	priorityNew            = -199 // right after connection tracking
	priorityMangle         = -150
	priorityDestinationNAT = -100 // nat at prerouting and output
	priorityFilter         = 0
	prioritySourceNAT      = 100 // nat at input and postrouting
	prioritySecurity       = 150 // of iptables-nft; the kernel's own is 50
)

// iptablesHooks are the names of iptables' base chains.
var iptablesHooks = map[string]Hook{
	"PREROUTING": Prerouting, "INPUT": Input, "FORWARD": Forward, "OUTPUT": Output, "POSTROUTING": Postrouting,
}

// PlaceOf returns where a base chain is attached. It knows tracer's chains and those of
// iptables-nft.
func PlaceOf(table, chain string) (Place, bool) {
	if table == Table {
		c, ok := chains[chain]
		return c.Place, ok
	}
	h, ok := iptablesHooks[chain]
	if !ok {
		return Place{}, false
	}
	switch table {
	case "raw":
		return Place{h, priorityRaw}, true
	case "mangle":
		return Place{h, priorityMangle}, true
	case "nat":
		if h.First() {
			return Place{h, priorityDestinationNAT}, true
		}
		return Place{h, prioritySourceNAT}, true
	case "filter":
		return Place{h, priorityFilter}, true
	case "security":
		return Place{h, prioritySecurity}, true
	}
	return Place{}, false
}
