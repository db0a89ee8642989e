package iptables

import (
	"fmt"
	"slices"
	"strings"
)

// maxChainName is what iptables and its xt targets can hold, NUL excluded
// (XT_EXTENSION_MAXNAMELEN - 1). nf_tables itself would take more.
const maxChainName = 28

// Problem is one mistake in a [Ruleset].
type Problem struct {
	Path string // where: "nat.DOCKER.rules[1]"
	Text string // what
}

// String returns "path: text".
func (p Problem) String() string { return p.Path + ": " + p.Text }

// InvalidError is all the problems of a Ruleset that was not written.
type InvalidError struct {
	Problems []Problem
}

// Error returns one line per problem.
func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Validate returns all problems: those of each table, and tables given twice.
func (rs *Ruleset) Validate() []Problem {
	var out []Problem
	for i := range rs.Tables {
		t := &rs.Tables[i]
		if rs.Table(t.Name) != t {
			out = append(out, Problem{quoteUnlessName(t.Name), "table is given twice"})
		}
		out = append(out, t.Validate()...)
	}
	return out
}

// Validate returns everything about the table that iptables or the kernel
// would refuse, or that would not be read back as it is written. An empty
// result means that [Apply] will hardly fail but for the kernel lacking
// something. Opaque parts are problems, since they cannot be written.
func (t *Table) Validate() []Problem {
	v := validator{table: t}
	if baseChains(t.Name) == nil {
		v.report("", "no such table; there are "+strings.Join(tableNames(), ", "))
		return v.problems
	}
	v.chains()
	v.paths()
	for i := range t.Chains {
		for j := range t.Chains[i].Rules {
			v.rule(&t.Chains[i], j)
		}
	}
	return v.problems
}

type validator struct {
	table    *Table
	problems []Problem
	reached  map[string][]baseChain // by chain, the hooks that lead to it
}

func (v *validator) report(where, text string) {
	v.problems = append(v.problems, Problem{quoteUnlessName(v.table.Name) + where, text})
}

func (v *validator) chains() {
	for i := range v.table.Chains {
		c := &v.table.Chains[i]
		where := "." + quoteUnlessName(c.Name)
		if v.table.Chain(c.Name) != c {
			v.report(where, "chain is given twice")
		}
		if c.Foreign != "" {
			v.report(where, "not an iptables chain: "+c.Foreign)
		}
		if _, base := findBase(v.table.Name, c.Name); base {
			switch {
			case c.Policy == Drop && v.table.Name == "nat":
				v.report(where, "nat is not for filtering: the policy must be ACCEPT")
			case c.Policy != Accept && c.Policy != Drop:
				v.report(where, "a base chain needs the policy ACCEPT or DROP")
			}
			continue
		}
		if c.Policy != 0 {
			v.report(where, "a user-defined chain has no policy")
		}
		if text := chainNameProblem(c.Name); text != "" {
			v.report(where, text)
		}
	}
}

func chainNameProblem(name string) string {
	switch {
	case name == "":
		return "chain without a name"
	case len(name) > maxChainName:
		return fmt.Sprintf("chain name is over %d bytes", maxChainName)
	case name[0] == '-' || name[0] == '!':
		return "chain name begins with " + name[:1]
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "chain name has a space or control character"
	case slices.Contains([]string{"ACCEPT", "DROP", "RETURN", "QUEUE", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "LOG", "REJECT"}, name):
		return "chain name is a target's name"
	}
	return ""
}

// paths follows every jump from every base chain, as the kernel does when it
// checks for loops and for targets at a hook where they do not work.
func (v *validator) paths() {
	v.reached = make(map[string][]baseChain)
	for _, b := range baseChains(v.table.Name) {
		seen := map[string]bool{}
		v.walk(b.name, func(chain string) bool {
			if seen[chain] {
				return false
			}
			seen[chain] = true
			v.reached[chain] = append(v.reached[chain], b)
			return true
		})
	}
	for i := range v.table.Chains {
		start, loop := v.table.Chains[i].Name, false
		seen := map[string]bool{}
		v.walk(start, func(chain string) bool {
			loop = loop || chain == start && len(seen) > 0
			again := seen[chain]
			seen[chain] = true
			return !again
		})
		if loop {
			v.report("."+quoteUnlessName(start), "jumps lead back to the chain")
		}
	}
}

// walk visits chain and all that it jumps to, as far as visit says to go on.
func (v *validator) walk(chain string, visit func(string) bool) {
	if !visit(chain) {
		return
	}
	c := v.table.Chain(chain)
	if c == nil {
		return
	}
	for _, r := range c.Rules {
		if j, ok := r.Target.(Jump); ok {
			v.walk(j.Chain, visit)
		}
	}
}

// quoteUnlessName keeps an odd name from breaking up a path.
func quoteUnlessName(name string) string {
	if q := quote(name); name == "" || q != `"`+name+`"` {
		return q
	}
	return name
}
