package iptables

import (
	"fmt"
	"slices"
	"strings"

	"tracer/sim/rule"
)

// maxChainName is the longest chain name that iptables accepts, without its NUL
// (XT_EXTENSION_MAXNAMELEN - 1). nf_tables itself allows longer ones.
const maxChainName = 28

// InvalidError is returned by [Ruleset.Install] for rules with problems.
type InvalidError struct {
	Problems []rule.Problem
}

// Error returns one line per problem.
func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Validate returns all problems: those of each table, and duplicate tables.
func (rs Ruleset) Validate() []rule.Problem {
	var out []rule.Problem
	for i := range rs.Tables {
		t := &rs.Tables[i]
		if rs.Table(t.title()) != t {
			out = append(out, rule.Problem{Path: t.path(), Text: "table is given twice"})
		}
		out = append(out, t.Validate()...)
	}
	return out
}

// Validate returns everything in the table that iptables or the kernel would reject, or
// that would read back differently. Without problems, [Ruleset.Install] is unlikely to
// fail unless the kernel lacks a feature. Opaque parts are problems because they cannot
// be written.
func (t *Table) Validate() []rule.Problem {
	v := validator{table: t, places: map[string]int{}}
	for i := range t.Chains {
		if _, twice := v.places[t.Chains[i].Name]; !twice {
			v.places[t.Chains[i].Name] = i
		}
	}
	if baseChains(t.Name) == nil {
		v.report("", "no such table; the tables are "+strings.Join(tableNames(), ", "))
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

// mostWays limits the number of rules that the kernel visits when it follows every path
// through a table. It does so whenever rules are added (nft_chain_validate), and can
// hardly be interrupted.
const mostWays = 1 << 20

type validator struct {
	table    *Table
	problems []rule.Problem
	places   map[string]int         // of the chains, by name
	ways     []int                  // by chain: the rules visited from it, along all paths
	reached  map[string][]baseChain // by chain: the base chains that lead to it
}

func (v *validator) report(where, text string) {
	v.problems = append(v.problems, rule.Problem{Path: v.table.path() + where, Text: text})
}

func (v *validator) chains() {
	for i := range v.table.Chains {
		c := &v.table.Chains[i]
		where := "." + quoteUnlessName(c.Name)
		if v.places[c.Name] != i {
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
		return "chain has no name"
	case len(name) > maxChainName:
		return fmt.Sprintf("chain name is longer than %d bytes", maxChainName)
	case name[0] == '-' || name[0] == '!':
		return "chain name begins with " + name[:1]
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "chain name contains a space or control character"
	case strings.ContainsAny(name, "\"'\\"):
		return "chain name contains a quote or backslash"
	case isTarget(name):
		return "chain name is the name of a target"
	}
	return ""
}

// paths follows every jump from every base chain, as the kernel does, to find loops and
// targets that are not valid at a hook.
func (v *validator) paths() {
	v.reached = make(map[string][]baseChain)
	for _, b := range baseChains(v.table.Name) {
		seen := map[string]bool{}
		todo := []string{b.name}
		for len(todo) > 0 {
			chain := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if seen[chain] {
				continue
			}
			seen[chain] = true
			v.reached[chain] = append(v.reached[chain], b)
			for _, next := range v.jumps(chain) {
				todo = append(todo, v.table.Chains[next].Name)
			}
		}
	}
	loops := v.loops()
	for _, b := range baseChains(v.table.Name) {
		if i, there := v.places[b.name]; there && len(loops) == 0 && v.ways[i] > mostWays {
			v.report("."+b.name, fmt.Sprintf("jumps lead through more than %d rules, each counted once per path", mostWays))
		}
	}
	for _, i := range loops {
		v.report("."+quoteUnlessName(v.table.Chains[i].Name), "jumps lead back to the chain")
	}
}

// jumps returns the positions of the chains that a chain jumps to.
func (v *validator) jumps(chain string) (list []int) {
	i, there := v.places[chain]
	if !there {
		return nil
	}
	for _, r := range v.table.Chains[i].Rules {
		if chain, ok := calls(r.Target); ok {
			if to, there := v.places[chain]; there {
				list = append(list, to)
			}
		}
	}
	return list
}

// loops returns the positions of chains that jumps can lead back to: those in strongly
// connected components with a jump inside (R. Tarjan, Depth-first search and linear
// graph algorithms, 1972).
func (v *validator) loops() (list []int) {
	n := len(v.table.Chains)
	order, low, open := make([]int, n), make([]int, n), make([]bool, n)
	v.ways = make([]int, n)
	var stack []int
	count := 0
	var visit func(int)
	visit = func(i int) {
		count++
		order[i], low[i], open[i] = count, count, true
		stack = append(stack, i)
		itself := false
		for _, to := range v.jumps(v.table.Chains[i].Name) {
			itself = itself || to == i
			switch {
			case order[to] == 0:
				visit(to)
				low[i] = min(low[i], low[to])
			case open[to]:
				low[i] = min(low[i], order[to])
			}
			v.ways[i] = min(v.ways[i]+v.ways[to], mostWays+1)
		}
		v.ways[i] += len(v.table.Chains[i].Rules)
		if low[i] < order[i] {
			return
		}
		at := len(stack) - 1
		for stack[at] != i {
			at--
		}
		if component := stack[at:]; len(component) > 1 || itself {
			list = append(list, component...)
		}
		for _, k := range stack[at:] {
			open[k] = false
		}
		stack = stack[:at]
	}
	for i := range n {
		if order[i] == 0 {
			visit(i)
		}
	}
	slices.Sort(list)
	return list
}

// path names the table.
func (t *Table) path() string { return title(t.Family, quoteUnlessName(t.Name)) }

// quoteUnlessName quotes a name that would make a path ambiguous.
func quoteUnlessName(name string) string {
	if q := quote(name); name == "" || q != `"`+name+`"` {
		return q
	}
	return name
}
