package listing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tracer/trace"
)

// rulesOf is a request to list rules.
type rulesOf struct {
	table, chain          string
	columns               bool // -L, otherwise -S
	verbose, exact, lines bool
	numeric               bool
}

// iptables lists a table of IPv4.
func iptables(n *trace.Node, args []string) ([]string, error) {
	return listTable(n, "iptables", false, args)
}

// ip6tables lists a table of IPv6.
func ip6tables(n *trace.Node, args []string) ([]string, error) {
	return listTable(n, "ip6tables", true, args)
}

func listTable(n *trace.Node, command string, six bool, args []string) ([]string, error) {
	q, err := parseIptables(command, split(args))
	if err != nil {
		return nil, err
	}
	bases := baseChains(q.table)
	if bases == nil {
		return nil, fmt.Errorf("there is no table %q; the tables are %s", q.table, strings.Join(tables(), ", "))
	}
	t := trace.Table{Name: q.table}
	if found := n.Table(trace.TitleOf(q.table, six)); found != nil {
		t = *found
		t.Name = q.table
	}
	t.Chains = ordered(t.Chains, bases)
	var out []string
	if len(n.LegacyTables) > 0 && !six {
		out = append(out, "# Warning: iptables-legacy tables present, use iptables-legacy to see them")
	}
	if slices.ContainsFunc(t.Chains, func(c trace.Chain) bool { return c.Foreign != "" }) {
		out = append(out, "# Table `"+t.Name+"' contains incompatible base-chains, use 'nft' tool to list them.")
		t.Chains = slices.DeleteFunc(t.Chains, func(c trace.Chain) bool { return c.Foreign != "" })
	}
	shown := t.Chains
	if q.chain != "" {
		c := t.Chain(q.chain)
		if c == nil {
			return nil, fmt.Errorf("table %s has no chain %q; its chains are %s", t.Name, q.chain, chainNames(t.Chains))
		}
		shown = []trace.Chain{*c}
	}
	if !q.columns {
		return append(out, specs(shown)...), nil
	}
	if !hasColumns(t.Chains) {
		return nil, &MissingError{n.Name, MissingColumns}
	}
	for i := range shown {
		if i > 0 {
			out = append(out, "")
		}
		out = append(out, q.chainLines(&t, &shown[i])...)
	}
	return out, nil
}

// hasColumns reports whether the columns of all rules are known.
func hasColumns(chains []trace.Chain) bool {
	return !slices.ContainsFunc(chains, func(c trace.Chain) bool {
		return slices.ContainsFunc(c.Rules, func(r trace.Rule) bool { return r.Columns == trace.Columns{} })
	})
}

func chainNames(chains []trace.Chain) string {
	var names []string
	for _, c := range chains {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func parseIptables(command string, args []string) (q rulesOf, err error) {
	w := words{command, args}
	q.table = "filter"
	action := ""
	for a, ok := w.next(); ok; a, ok = w.next() {
		switch a {
		case "-t", "--table":
			if q.table, err = w.value(a); err != nil {
				return q, err
			}
		case "-L", "--list", "-S", "--list-rules":
			if action != "" {
				return q, fmt.Errorf("%s and %s cannot be combined", action, a)
			}
			action, q.columns = a, a == "-L" || a == "--list"
			if len(w.rest) > 0 && !strings.HasPrefix(w.rest[0], "-") {
				q.chain, _ = w.next()
			}
		case "-n", "--numeric":
			q.numeric = true
		case "-v", "--verbose":
			q.verbose = true
		case "-x", "--exact":
			q.exact = true
		case "--line-numbers":
			q.lines = true
		default:
			return q, w.unknown(a)
		}
	}
	switch {
	case action == "":
		return q, errors.New("can only list rules here, with -S or -L")
	case q.columns && !q.numeric:
		return q, errors.New("-L without -n would look up names; add -n")
	case !q.columns && q.verbose:
		return q, w.unknown("-S with -v")
	}
	return q, nil
}

// tables are the tables of iptables, in the order in which packets meet them.
func tables() []string { return []string{"raw", "mangle", "nat", "filter", "security"} }

// baseChains returns the base chains of a table in iptables' order, or nil if it is not one
// of iptables'.
func baseChains(table string) []string {
	switch table {
	case "raw":
		return []string{"PREROUTING", "OUTPUT"}
	case "mangle":
		return []string{"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}
	case "nat":
		return []string{"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"}
	case "filter", "security":
		return []string{"INPUT", "FORWARD", "OUTPUT"}
	}
	return nil
}

// ordered returns a table's chains as iptables lists them: the base chains, all of which it
// makes before it lists any, and then the others by name.
func ordered(chains []trace.Chain, bases []string) (list []trace.Chain) {
	for _, b := range bases {
		found := trace.Chain{Name: b, Policy: "ACCEPT", Counted: &trace.Count{}}
		for _, c := range chains {
			if c.Name == b {
				found = c
			}
		}
		list = append(list, found)
	}
	others := slices.DeleteFunc(slices.Clone(chains), func(c trace.Chain) bool { return slices.Contains(bases, c.Name) })
	slices.SortFunc(others, func(a, b trace.Chain) int { return cmp.Compare(a.Name, b.Name) })
	return append(list, others...)
}

// specs returns chains in the form of iptables -S.
func specs(chains []trace.Chain) (out []string) {
	for _, c := range chains {
		if c.Policy != "" {
			out = append(out, "-P "+c.Name+" "+c.Policy)
		}
	}
	for _, c := range chains {
		if c.Policy == "" {
			out = append(out, "-N "+c.Name)
		}
	}
	for _, c := range chains {
		for _, r := range c.Rules {
			out = append(out, "-A "+c.Name+" "+r.Text)
		}
	}
	return out
}
