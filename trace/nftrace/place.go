package nftrace

import "fmt"

// Hook is a place in the kernel's IP layer where netfilter looks at packets
// (enum nf_inet_hooks).
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

// First reports whether a packet may meet the hook as its first in a node.
func (h Hook) First() bool { return h == Prerouting || h == Output }

// Last reports whether it may be the last.
func (h Hook) Last() bool { return h == Input || h == Postrouting }

// leadsTo reports whether a packet can come from one hook to another within a
// node. Forward or output may lie between.
func (h Hook) leadsTo(next Hook) bool {
	switch h {
	case Prerouting:
		return next == Input || next == Forward || next == Postrouting
	case Forward, Output:
		return next == Postrouting
	}
	return false
}

// Place is where a base chain is hooked in. Of the chains at one hook, those
// with the lower priority come first.
type Place struct {
	Hook     Hook
	Priority int
}

// Before reports whether a packet that was at p can come to q afterwards,
// within one node.
func (p Place) Before(q Place) bool {
	if p.Hook == q.Hook {
		return p.Priority < q.Priority
	}
	return p.Hook.leadsTo(q.Hook)
}

// Table is the name of tracer's own table, of family ip.
const Table = "tracer"

// chains are the base chains of tracer's own table.
var chains = map[string]Place{
	"start-prerouting": {Prerouting, priorityStart},
	"start-output":     {Output, priorityStart},
	"new-prerouting":   {Prerouting, priorityNew},
	"new-output":       {Output, priorityNew},
	"seen-prerouting":  {Prerouting, priorityNAT + 1},
	"seen-input":       {Input, prioritySource + 1},
	"seen-forward":     {Forward, priorityFilter + 1},
	"seen-output":      {Output, priorityNAT + 1},
	"near-postrouting": {Postrouting, prioritySource - 1},
	"seen-postrouting": {Postrouting, prioritySource + 1},
}

// The priorities of tracer's own chains, and those of iptables' tables (enum
// nf_ip_hook_priorities in include/uapi/linux/netfilter_ipv4.h).
const (
	priorityStart    = -350
	priorityRaw      = -300
	priorityNew      = -199 // right after connection tracking
	priorityMangle   = -150
	priorityNAT      = -100 // prerouting and output
	priorityFilter   = 0
	prioritySecurity = 150 // of iptables-nft; the kernel's own is 50
	prioritySource   = 100 // nat at input and postrouting
)

// iptablesHooks are the names of iptables' base chains.
var iptablesHooks = map[string]Hook{
	"PREROUTING": Prerouting, "INPUT": Input, "FORWARD": Forward, "OUTPUT": Output, "POSTROUTING": Postrouting,
}

// PlaceOf returns where a base chain is, if it is one of tracer's own or of
// iptables'.
func PlaceOf(table, chain string) (Place, bool) {
	if table == Table {
		p, ok := chains[chain]
		return p, ok
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
			return Place{h, priorityNAT}, true
		}
		return Place{h, prioritySource}, true
	case "filter":
		return Place{h, priorityFilter}, true
	case "security":
		return Place{h, prioritySecurity}, true
	}
	return Place{}, false
}
