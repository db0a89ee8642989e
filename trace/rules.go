package trace

import (
	"slices"
	"strings"
)

// Table is one table of a node's rules, as an engine such as iptables lists it.
type Table struct {
	Name   string // "nat"; one that is not iptables' has its family before it: "inet firewall"
	Sets   []NamedSet
	Chains []Chain
	// Partial: the table has more than was read, so it cannot be listed whole.
	Partial bool
}

// NamedSet is a set or a map of a table of nftables.
type NamedSet struct {
	Name     string   `json:"set"`
	Kind     string   `json:"kind"` // "set" or "map"
	Type     string   `json:"type"` // "ifname : verdict"
	Flags    []string `json:"flags,omitempty"`
	Comment  string   `json:"comment,omitempty"`
	Elements []string `json:"elements,omitempty"` // as nft prints them: "\"docker0\" : jump a"
	Wrap     int      `json:"wrap,omitempty"`     // how many of them it prints on a line
}

// Chain is a list of rules that are evaluated in order.
type Chain struct {
	Name    string `json:"chain"`
	Policy  string `json:"policy,omitempty"`  // "ACCEPT" or "DROP" for a base chain, empty for a user-defined one
	Foreign string `json:"foreign,omitempty"` // why the engine's own tool cannot show the chain; empty if it can
	Rules   []Rule `json:"-"`

	// Counted counts the packets that reached the end of a base chain, to which the policy
	// was applied; nil: the kernel does not count them, or an early version did not read it.
	Counted *Count `json:"policy_counters,omitempty"`

	// Hook and Priority are where a base chain of a table other than iptables' is attached.
	Hook     Hook   `json:"hook,omitzero"`
	Priority int    `json:"priority,omitempty"`
	Type     string `json:"type,omitempty"` // of such a chain: "filter", "nat", "route"
	// Devices are the interfaces of a chain at ingress or egress.
	Devices []string `json:"devices,omitempty"`
	Comment string   `json:"comment,omitempty"`
}

// Rule is one rule as text. Only its engine knows what it does.
type Rule struct {
	Handle         uint64 // unique within the table
	Text           string // as the engine's tool prints it, without the chain
	Counter        int    // where in Text nft prints what was counted; 0: it does not
	Packets, Bytes uint64 // counted so far
	// Columns is the same rule as a table shows it; zero: not known, or the engine's tool
	// prints none.
	Columns Columns
}

// Count is a number of packets, and the sum of their lengths in bytes.
type Count struct {
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// Columns is a rule as "iptables -nvL" shows it, column by column. "!" at the beginning
// negates a condition.
type Columns struct {
	Target      string // empty: none
	Goto        bool   // the target is a chain that does not return
	Protocol    string // "tcp", or "all"
	Options     string // "--", or "-f" and "!f" for fragments
	In          string // "*": any
	Out         string
	Source      string // "0.0.0.0/0": any
	Destination string
	Details     string // all other conditions, and what the target does
}

// Counts reports whether a rule of the table has a counter. The rules of iptables and ip6tables,
// which have columns, all have one.
func (t *Table) Counts(r *Rule) bool {
	return !strings.Contains(t.Name, " ") || r.Counter > 0 || r.Columns != (Columns{}) || r.Packets > 0
}

// OfIPTables reports whether the table is iptables' or ip6tables' own, with texts in their form.
func (t *Table) OfIPTables() bool {
	own := !strings.Contains(t.Name, " ") || TableOf(t.Name) != t.Name
	return own && !slices.ContainsFunc(t.Chains, func(c Chain) bool { return c.Type != "" })
}

// PolicyText returns the policy as the chain's own tool writes it: nft in lower case.
func (c *Chain) PolicyText() string {
	if c.Type != "" {
		return strings.ToLower(c.Policy)
	}
	return c.Policy
}

// Table returns the node's table with the given name, or nil.
func (n *Node) Table(name string) *Table {
	for i := range n.Rules {
		if n.Rules[i].Name == name {
			return &n.Rules[i]
		}
	}
	return nil
}

// Chain returns the chain with the given name, or nil.
func (t *Table) Chain(name string) *Chain {
	for i := range t.Chains {
		if t.Chains[i].Name == name {
			return &t.Chains[i]
		}
	}
	return nil
}
