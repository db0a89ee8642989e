package nft

import "slices"

// Ruleset is the nftables tables of one network namespace, or those of them to install. It
// implements [tracer/sim/rule.Rules]. The zero value has no tables.
type Ruleset struct{ Tables []Table }

// Table is one table: sets and chains that refer to one another.
type Table struct {
	Family  Family
	Name    string
	Sets    []Set
	Chains  []Chain
	Dormant bool // its chains are not evaluated
	// Unknown: the table has something that the model lacks, such as stateful objects.
	Unknown bool
}

// String returns the table's name with its family: "ip docker-bridges".
func (t *Table) String() string { return t.Family.String() + " " + t.Name }

// Chain is a list of rules that are evaluated in order: by a hook if it is a base chain, else
// only after a jump or goto.
type Chain struct {
	Name    string
	Base    *Base // nil: not a base chain
	Rules   []Rule
	Comment string
}

// Base is where a base chain is attached.
type Base struct {
	Type     string // "filter", "nat", "route"
	Hook     string // "forward"
	Priority int    // chains at the same hook run in ascending order
	Policy   Kind   // Accept or Drop: for packets that reach the chain's end
	Devices  []string
}

// Rule is one rule of a chain.
type Rule struct {
	Statements []Statement
	Comment    string

	// Set by [Read], ignored by [Ruleset.Install].
	Handle         uint64 // unique within the table; the kernel's rule trace refers to it
	Packets, Bytes uint64 // counted by its counter; 0 if it has none
	hints          hints  `escape:"-"`
}

// hints are what can be known about a rule that is not understood.
type hints struct {
	nat     *NAT // the kind of its translation
	unknown bool // the translation's address or port is not known
	marks   bool // it tests or sets packet marks
}

// Set is a named set of values, or a map from values to verdicts or other values.
type Set struct {
	Name     string  // empty: part of a rule
	Key      []*Type `escape:"-"`
	Data     []*Type `escape:"-"` // of a map to values; nil otherwise
	Verdicts bool    // a map to verdicts
	Interval bool    // elements may be ranges
	Elements []Element
	Comment  string
	// Unknown: the set has properties or elements that the model lacks, such as timeouts.
	Unknown bool
}

// Element is an element of a set. In a map, it leads to data.
type Element struct {
	Key     []Value // one for each type of the set's key
	Data    []Value
	Verdict Verdict
}

// With returns the tables together with others, which replace those of the same name.
func (rs Ruleset) With(others Ruleset) Ruleset {
	out := Ruleset{slices.Clone(rs.Tables)}
	for _, t := range others.Tables {
		if i := slices.IndexFunc(out.Tables, func(o Table) bool { return o.Family == t.Family && o.Name == t.Name }); i >= 0 {
			out.Tables[i] = t
		} else {
			out.Tables = append(out.Tables, t)
		}
	}
	return out
}

// Set returns the set of that name, or nil.
func (t *Table) Set(name string) *Set {
	for i := range t.Sets {
		if t.Sets[i].Name == name {
			return &t.Sets[i]
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

// maps reports whether the set maps its keys to something.
func (s *Set) maps() bool { return s.Verdicts || s.Data != nil }
