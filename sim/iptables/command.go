package iptables

import (
	"fmt"
	"slices"
	"strconv"
)

// editing is a table that commands modify. places maps chain names to positions; if nil,
// it must be rebuilt.
type editing struct {
	Table
	places map[string]int
}

// do executes one command.
func (t *editing) do(command string, args []string) error {
	chain := ""
	if len(args) > 0 {
		chain = args[0]
	}
	switch command {
	case "-F", "--flush":
		return t.flush(chain)
	case "-N", "--new-chain":
		if chain == "" {
			return fmt.Errorf("%s needs the name of a chain", command)
		}
		if t.find(chain) != nil {
			return fmt.Errorf("%s: chain %s already exists", command, chain)
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
		return t.delete(c)
	case "-A", "--append":
		return c.insert(t.Family, len(c.Rules), args)
	case "-I", "--insert":
		at := 1
		if len(args) > 0 {
			if n, err := strconv.Atoi(args[0]); err == nil {
				at, args = n, args[1:]
			}
		}
		if at < 1 || at > len(c.Rules)+1 {
			return fmt.Errorf("-I: %s has only %d rules; %d is not a valid position", chain, len(c.Rules), at)
		}
		return c.insert(t.Family, at-1, args)
	case "-D", "--delete":
		return c.remove(t.Family, args)
	}
	return fmt.Errorf("unknown command %s; the commands are -A, -I, -D, -F, -N, -X and -P", command)
}

// find returns a chain, or nil. It creates missing base chains.
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

// add adds a chain whose name find did not find.
func (t *editing) add(c Chain) *Chain {
	t.places[c.Name] = len(t.Chains)
	t.Chains = append(t.Chains, c)
	return &t.Chains[len(t.Chains)-1]
}

func (t *editing) delete(c *Chain) error {
	if _, base := findBase(t.Name, c.Name); base {
		return fmt.Errorf("-X: %s is a base chain", c.Name)
	}
	if len(c.Rules) > 0 {
		return fmt.Errorf("-X: %s is not empty", c.Name)
	}
	name := c.Name
	t.Chains, t.places = slices.DeleteFunc(t.Chains, func(o Chain) bool { return o.Name == name }), nil
	return nil
}

// flush empties one chain, or all if chain is "".
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
		return fmt.Errorf("-P: %s is not a base chain, so it has no policy", c.Name)
	}
	switch {
	case len(args) == 1 && args[0] == "ACCEPT":
		c.Policy = Accept
	case len(args) == 1 && args[0] == "DROP":
		c.Policy = Drop
	default:
		return fmt.Errorf("-P %s: the policy must be ACCEPT or DROP", c.Name)
	}
	return nil
}

func (c *Chain) insert(f Family, at int, args []string) error {
	r, err := parseWords(f, args)
	if err != nil {
		return err
	}
	c.Rules = slices.Insert(c.Rules, at, r)
	return nil
}

// remove deletes the rule with the given number, or the first that equals the given one.
func (c *Chain) remove(f Family, args []string) error {
	at := -1
	if len(args) == 1 {
		if n, err := strconv.Atoi(args[0]); err == nil {
			if n < 1 || n > len(c.Rules) {
				return fmt.Errorf("-D: %s has only %d rules; there is no rule %d", c.Name, len(c.Rules), n)
			}
			at = n - 1
		}
	}
	if at < 0 {
		r, err := parseWords(f, args)
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
