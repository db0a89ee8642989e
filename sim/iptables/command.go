package iptables

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Do changes the rules as the iptables command with these arguments would:
//
//	rs.Do("-t nat -A PREROUTING -d 1.2.3.4/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.20.30.40:8080")
//	rs.Do("-P FORWARD DROP")
//
// The commands are -A, -I [N], -D (with a rule or a number), -F, -N, -X and -P.
// The table is filter if none is named. Nothing is changed if there is an error.
func (rs *Ruleset) Do(command string) error {
	w := words(strings.TrimPrefix(strings.TrimSpace(command), "iptables "))
	name := "filter"
	if len(w) >= 2 && (w[0] == "-t" || w[0] == "--table") {
		name, w = w[1], w[2:]
	}
	if baseChains(name) == nil {
		return fmt.Errorf("there is no table %q; the tables are %s", name, strings.Join(tableNames(), ", "))
	}
	if len(w) == 0 {
		return fmt.Errorf("no command; there are -A, -I, -D, -F, -N, -X and -P")
	}
	t := Table{Name: name}
	if there := rs.Table(name); there != nil {
		t = there.clone()
	}
	if err := t.do(w[0], w[1:]); err != nil {
		return err
	}
	if there := rs.Table(name); there != nil {
		*there = t
	} else {
		rs.Tables = append(rs.Tables, t)
	}
	return nil
}

func (t *Table) clone() Table {
	c := Table{Name: t.Name, Chains: slices.Clone(t.Chains)}
	for i := range c.Chains {
		c.Chains[i].Rules = slices.Clone(c.Chains[i].Rules)
	}
	return c
}

// do carries out one command with its arguments.
func (t *Table) do(command string, args []string) error {
	chain := ""
	if len(args) > 0 {
		chain = args[0]
	}
	switch command {
	case "-F", "--flush":
		return t.flush(chain)
	case "-N", "--new-chain":
		if chain == "" || t.find(chain) != nil {
			return fmt.Errorf("%s needs the name of a chain that is not there yet", command)
		}
		t.Chains = append(t.Chains, Chain{Name: chain})
		return nil
	}
	c := t.find(chain)
	if c == nil {
		return fmt.Errorf("%s: there is no chain %q in table %s", command, chain, t.Name)
	}
	args = args[1:]
	switch command {
	case "-P", "--policy":
		return c.setPolicy(t.Name, args)
	case "-X", "--delete-chain":
		if _, base := findBase(t.Name, chain); base || len(c.Rules) > 0 {
			return fmt.Errorf("-X: %s is a base chain or not empty", chain)
		}
		t.Chains = slices.DeleteFunc(t.Chains, func(o Chain) bool { return o.Name == chain })
		return nil
	case "-A", "--append":
		return c.insert(len(c.Rules), args)
	case "-I", "--insert":
		at := 1
		if len(args) > 0 {
			if n, err := strconv.Atoi(args[0]); err == nil {
				at, args = n, args[1:]
			}
		}
		if at < 1 || at > len(c.Rules)+1 {
			return fmt.Errorf("-I: %s has %d rules, so there is no place %d", chain, len(c.Rules), at)
		}
		return c.insert(at-1, args)
	case "-D", "--delete":
		return c.remove(args)
	}
	return fmt.Errorf("%s is not a command; there are -A, -I, -D, -F, -N, -X and -P", command)
}

// find returns a chain, and makes a base chain that is not there yet.
func (t *Table) find(name string) *Chain {
	if c := t.Chain(name); c != nil {
		return c
	}
	if _, base := findBase(t.Name, name); !base {
		return nil
	}
	t.Chains = append(t.Chains, Chain{Name: name, Policy: Accept})
	return &t.Chains[len(t.Chains)-1]
}

// flush empties one chain, or all.
func (t *Table) flush(chain string) error {
	if chain != "" && t.find(chain) == nil {
		return fmt.Errorf("-F: there is no chain %q in table %s", chain, t.Name)
	}
	for i := range t.Chains {
		if chain == "" || t.Chains[i].Name == chain {
			t.Chains[i].Rules = nil
		}
	}
	return nil
}

func (c *Chain) setPolicy(table string, args []string) error {
	if _, base := findBase(table, c.Name); !base {
		return fmt.Errorf("-P: %s is no base chain, so it has no policy", c.Name)
	}
	switch {
	case len(args) == 1 && args[0] == "ACCEPT":
		c.Policy = Accept
	case len(args) == 1 && args[0] == "DROP":
		c.Policy = Drop
	default:
		return fmt.Errorf("-P %s: want ACCEPT or DROP", c.Name)
	}
	return nil
}

func (c *Chain) insert(at int, args []string) error {
	r, err := ParseRule(strings.Join(args, " "))
	if err != nil {
		return err
	}
	c.Rules = slices.Insert(c.Rules, at, r)
	return nil
}

// remove takes a rule away: the one with a number, or the first that is equal.
func (c *Chain) remove(args []string) error {
	at := -1
	if len(args) == 1 {
		if n, err := strconv.Atoi(args[0]); err == nil && n >= 1 && n <= len(c.Rules) {
			at = n - 1
		}
	}
	if at < 0 {
		r, err := ParseRule(strings.Join(args, " "))
		if err != nil {
			return err
		}
		at = slices.IndexFunc(c.Rules, func(o Rule) bool { return o.String() == r.String() })
	}
	if at < 0 {
		return fmt.Errorf("-D: %s has no such rule", c.Name)
	}
	c.Rules = slices.Delete(c.Rules, at, at+1)
	return nil
}
