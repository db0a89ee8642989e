package iptables

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tracer/sim/rule"
)

// Editor changes rules by iptables commands. It works on a copy.
type Editor struct {
	tables []*editing
}

// Edit returns an editor for rules of this package, or for nil. The rules themselves do
// not change.
func Edit(rules rule.Rules) (*Editor, error) {
	e := &Editor{}
	switch rs := rules.(type) {
	case nil:
	case Ruleset:
		for _, t := range rs.Tables {
			t.Chains = slices.Clone(t.Chains)
			for i := range t.Chains {
				t.Chains[i].Rules = slices.Clone(t.Chains[i].Rules)
			}
			e.tables = append(e.tables, &editing{Table: t})
		}
	default:
		return nil, fmt.Errorf("%T cannot be edited by iptables commands", rules)
	}
	return e, nil
}

// Commands returns the rules that iptables commands create in an empty namespace.
func Commands(list ...string) (rule.Rules, error) {
	var e Editor
	for _, c := range list {
		if err := e.Do(c); err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
	}
	return e.Rules(), nil
}

// Rules returns the rules as changed by the commands, or nil if there are none. The
// editor must not be used afterwards.
func (e *Editor) Rules() rule.Rules {
	if len(e.tables) == 0 {
		return nil
	}
	var rs Ruleset
	for _, t := range e.tables {
		rs.Tables = append(rs.Tables, t.Table)
	}
	return rs
}

// Do has the effect of the iptables command with these arguments. The command itself may come
// first, and must for IPv6:
//
//	e.Do("-t nat -A PREROUTING -d 1.2.3.4/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.20.30.40:8080")
//	e.Do("-P FORWARD DROP")
//	e.Do("ip6tables -A FORWARD -d fd00::2/128 -j ACCEPT")
//
// The commands are -A, -I [N], -D (with a rule or a number), -F, -N, -X and -P. Without
// -t the table is filter. If Do returns an error, nothing has changed.
func (e *Editor) Do(command string) error {
	w, err := splitWords(command)
	if err != nil {
		return err
	}
	family := IPv4
	for _, f := range families {
		if len(w) > 0 && w[0] == f.command() {
			family, w = f, w[1:]
			break
		}
	}
	name := "filter"
	if len(w) >= 2 && (w[0] == "-t" || w[0] == "--table") {
		name, w = w[1], w[2:]
	}
	if baseChains(name) == nil {
		return fmt.Errorf("there is no table %q; the tables are %s", name, strings.Join(tableNames(), ", "))
	}
	if len(w) == 0 {
		return errors.New("no command; the commands are -A, -I, -D, -F, -N, -X and -P")
	}
	i := slices.IndexFunc(e.tables, func(t *editing) bool { return t.Family == family && t.Name == name })
	t := &editing{Table: Table{Family: family, Name: name}}
	if i >= 0 {
		t = e.tables[i]
	}
	before := len(t.Chains)
	err = t.do(w[0], w[1:])
	switch {
	case err != nil && len(t.Chains) > before: // find has added a base chain
		t.Chains, t.places = t.Chains[:before], nil
	case err == nil && i < 0:
		e.tables = append(e.tables, t)
	}
	return err
}
