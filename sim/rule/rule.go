package rule

// Table is one table of rules, with its chains in kernel order.
type Table struct {
	Name   string
	Sets   []NamedSet
	Chains []Chain
	// Partial: the table has more than is listed here, so a listing would be incomplete.
	Partial bool
}

// NamedSet is a set or a map of a table.
type NamedSet struct {
	Name     string
	Kind     string   // "set" or "map"
	Type     string   // "ifname : verdict"
	Flags    []string // "interval"
	Comment  string
	Elements []string // as the engine's tool prints them
	Wrap     int      // how many of them it prints on a line
}

// Chain is a list of rules that are evaluated in order.
type Chain struct {
	Name   string
	Policy string // "ACCEPT" or "DROP" for a base chain, empty for a user-defined one
	// Foreign describes a chain that the engine's own tool cannot show, for example
	// "type filter hook input priority 7". It is empty for an ordinary chain.
	Foreign string
	Comment string
	Rules   []Rule
	// Counted counts the packets that reached the end of a base chain, to which the policy
	// was applied; nil: the kernel does not count them.
	Counted *Count
}

// Count is a number of packets, and the sum of their lengths.
type Count struct{ Packets, Bytes uint64 }

// Rule is one rule of a chain.
type Rule struct {
	Handle         uint64  // assigned by the kernel, unique within the table
	Text           string  // as the engine's own tool prints it, without the chain
	Counter        int     // where in Text that tool prints what was counted; 0: it does not
	Refers         string  // the content of the sets that the rule looks in, which its text only names
	Columns        Columns // as a table of that tool shows it; zero if it has no such table
	Packets, Bytes uint64  // counted so far
	NAT            *NAT    // the translation it applies; nil: none
	Sets           []Set   // what else it rewrites
	Verdict        Verdict // its target, if that is a verdict
	Rejects        *Reject // the answer that it sends, dropping the packet; nil: none
	// Opaque reports whether the rule has a target that the engine does not understand.
	// Such a rule may rewrite headers as well.
	Opaque bool
	// Marks reports whether the rule tests or sets packet marks, or has a part that is
	// not understood and may do so.
	Marks bool
	// Fails returns the first condition that a packet does not meet. ok is false if none
	// is known to fail. A nil Fails never finds one.
	Fails func(*Facts) (m Mismatch, ok bool)
	// Element returns the element of a map whose verdict a packet gets, if the rule looks one
	// up. ok is false if the facts do not tell which it is.
	Element func(*Facts) (e Element, ok bool)
}

// Element is an element of a map that decides what a rule does.
type Element struct {
	Map     string // "@jumps"; empty: it is part of the rule
	Key     string // as in the map: "docker0"
	Verdict string // as in the map: "jump filter-forward-in__docker0"
}

// Columns is a rule as "iptables -nvL" shows it, column by column. "!" at the beginning
// negates a condition.
type Columns struct {
	Target              string // empty: none
	Goto                bool   // the target is a chain that does not return
	Protocol            string // "tcp", or "all"
	Options             string // "--", or "-f" and "!f" for fragments
	In, Out             string // "*": any
	Source, Destination string // "0.0.0.0/0": any
	Details             string // all other conditions, and what the target does
}

// Verdict is the verdict that a rule's target gives; 0 if its target is another chain or an
// extension, or if it has none.
type Verdict uint8

// The verdicts.
const (
	Accept Verdict = iota + 1
	Drop
	Return
)

// Mismatch is the condition of a rule that a packet did not meet.
type Mismatch struct {
	Condition string // as in the rule: "! -i docker0", "--dport 80"
	Was       string // the packet's value: "docker0", "443"; empty if it has none
}

// Mismatch returns the first condition of the rule that does not hold. ok is false if
// none is known to fail: the rule matches, or it depends on missing facts.
func (r *Rule) Mismatch(f *Facts) (m Mismatch, ok bool) {
	if r.Fails == nil {
		return Mismatch{}, false
	}
	return r.Fails(f)
}

// Find returns the rule with a handle, or nil. No rule has handle 0.
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

// Chain returns the chain of that name, or nil.
func (t *Table) Chain(name string) *Chain {
	for i := range t.Chains {
		if t.Chains[i].Name == name {
			return &t.Chains[i]
		}
	}
	return nil
}

// Find returns the table of that name, or nil.
func Find(list []Table, name string) *Table {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}
