package iptables

import "tracer/sim/rule"

// Ruleset is the rules of one network namespace, or the part of them to install. It
// implements [tracer/sim/rule.Rules]. The zero value has no rules.
type Ruleset struct {
	Tables []Table
}

// Table is one iptables table: "raw", "mangle", "nat", "filter" or "security".
type Table struct {
	Family Family
	Name   string
	Chains []Chain
}

// Chain is a list of rules. If its table has a base chain of this (upper-case) name, the
// kernel evaluates it at a hook; otherwise it is a user-defined chain, which only a
// [Jump] can reach.
type Chain struct {
	Name   string
	Policy Verdict // Accept or Drop for a base chain, zero for a user-defined one
	Rules  []Rule

	// Foreign describes another program's chain that iptables cannot show, for example
	// "type filter hook input priority 7". Only [Read] sets it; foreign chains are not
	// written.
	Foreign string

	// Counted counts the packets to which a base chain's policy was applied; nil: the kernel
	// does not count them. Set by [Read], ignored by [Ruleset.Install], which always has
	// them counted, as iptables-legacy and iptables-nft since 1.8.10 do.
	Counted *rule.Count
}

// Table returns a table, or nil: "nat" is IPv4's, and "ip6 nat" IPv6's.
func (rs *Ruleset) Table(title string) *Table {
	for i := range rs.Tables {
		if rs.Tables[i].title() == title {
			return &rs.Tables[i]
		}
	}
	return nil
}

// Chain returns the chain of that name, or nil.
func (t *Table) Chain(name string) *Chain {
	for i := range t.Chains {
		if t.Chains[i].Name == name {
			return &t.Chains[i]
		}
	}
	return nil
}
