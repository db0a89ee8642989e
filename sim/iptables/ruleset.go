package iptables

// Ruleset is the IPv4 rules of one network namespace, or of the part of it
// that is to be written. The zero value is no rules at all.
type Ruleset struct {
	Tables []Table
}

// Table is one iptables table: "raw", "mangle", "nat", "filter" or "security".
type Table struct {
	Name   string
	Chains []Chain
}

// Chain is a list of rules. It is a base chain, where the kernel starts
// evaluating at a hook, if the table has one of that (upper-case) name, else a
// user-defined chain that is only reached by [Jump].
type Chain struct {
	Name   string
	Policy Verdict // Accept or Drop for a base chain, zero for a user-defined one
	Rules  []Rule

	// Foreign says why iptables cannot show a chain that something else put
	// into the table, as "type filter hook input priority 7". Only [Read] sets
	// it, and a foreign chain is not written.
	Foreign string
}

// Table returns the table of that name, or nil.
func (rs *Ruleset) Table(name string) *Table {
	for i := range rs.Tables {
		if rs.Tables[i].Name == name {
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

// Find returns the rule with that handle and the chain it is in, or nils.
// Handles are given by the kernel, start at 1 and are unique within a table, so
// a rule that was not read back is never found.
func (t *Table) Find(handle uint64) (*Chain, *Rule) {
	for i := range t.Chains {
		if r := t.Chains[i].Find(handle); r != nil {
			return &t.Chains[i], r
		}
	}
	return nil, nil
}

// Find returns the chain's rule with that handle, or nil.
func (c *Chain) Find(handle uint64) *Rule {
	if handle == 0 {
		return nil
	}
	for i := range c.Rules {
		if c.Rules[i].Handle == handle {
			return &c.Rules[i]
		}
	}
	return nil
}
