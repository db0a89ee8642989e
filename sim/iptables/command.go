package iptables

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Do changes the rules, in place, as the iptables command with these arguments would:
//
//	rs.Do("-t nat -A PREROUTING -d 1.2.3.4/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.20.30.40:8080")
//	rs.Do("-P FORWARD DROP")
//
// The commands are -A, -I [N], -D (with a rule or a number), -F, -N, -X and -P.
// The table is filter if none is named. Nothing is changed if there is an error.
func (rs *Ruleset) Do(command string) error { return NewEditor(rs).Do(command) }

// Editor runs many commands in sequence. It caches the positions of chains.
type Editor struct {
	rules  *Ruleset
	tables map[string]*editing
}

// NewEditor returns an editor of rules that nothing else changes meanwhile.
func NewEditor(rs *Ruleset) *Editor { return &Editor{rs, map[string]*editing{}} }

// editing is a table being changed. places are the positions of its chains, by name; nil
// if they must be found again.
type editing struct {
	*Table
	places map[string]int
}

// Do is like [Ruleset.Do].
func (e *Editor) Do(command string) error {
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
	t := e.tables[name]
	if t == nil {
		t = &editing{Table: e.rules.Table(name)}
	}
	made := t.Table == nil
	if made {
		t.Table = &Table{Name: name}
	}
	before := len(t.Chains)
	if err := t.do(w[0], w[1:]); err != nil {
		if len(t.Chains) > before { // find has made one
			t.Chains, t.places = t.Chains[:before], nil
		}
		return err
	}
	if made {
		e.rules.Tables = append(e.rules.Tables, *t.Table)
		clear(e.tables) // the others may have moved
		t = &editing{Table: e.rules.Table(name)}
	}
	e.tables[name] = t
	return nil
}

// Clone returns rules that [Ruleset.Do] can change without changing these.
func (rs *Ruleset) Clone() Ruleset {
	c := Ruleset{Tables: slices.Clone(rs.Tables)}
	for i := range c.Tables {
		chains := slices.Clone(c.Tables[i].Chains)
		for k := range chains {
			chains[k].Rules = slices.Clone(chains[k].Rules)
		}
		c.Tables[i].Chains = chains
	}
	return c
}

// do carries out one command with its arguments.
func (t *editing) do(command string, args []string) error {
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
		t.add(Chain{Name: chain})
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
		t.Chains, t.places = slices.DeleteFunc(t.Chains, func(o Chain) bool { return o.Name == chain }), nil
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
func (t *editing) find(name string) *Chain {
	if t.places == nil {
		t.places = make(map[string]int, len(t.Chains))
		for i := range t.Chains {
			t.places[t.Chains[i].Name] = i
		}
	}
	if i, there := t.places[name]; there {
		return &t.Chains[i]
	}
	if _, base := findBase(t.Name, name); !base {
		return nil
	}
	return t.add(Chain{Name: name, Policy: Accept})
}

// add adds a chain, after find has found none of its name.
func (t *editing) add(c Chain) *Chain {
	t.places[c.Name] = len(t.Chains)
	t.Chains = append(t.Chains, c)
	return &t.Chains[len(t.Chains)-1]
}

// flush empties one chain, or all.
func (t *editing) flush(chain string) error {
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
