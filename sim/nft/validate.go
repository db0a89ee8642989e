package nft

import (
	"fmt"
	"slices"
	"strings"

	"tracer/sim/rule"
)

// InvalidError lists everything wrong with a ruleset.
type InvalidError struct{ Problems []rule.Problem }

func (e *InvalidError) Error() string {
	list := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		list[i] = p.String()
	}
	return strings.Join(list, "; ")
}

// Validate returns all problems of the tables, as far as they can be known without a kernel.
func (rs Ruleset) Validate() []rule.Problem {
	var v validation
	seen := map[string]bool{}
	for i := range rs.Tables {
		t := &rs.Tables[i]
		if seen[t.String()] {
			v.note(t.String(), "occurs twice")
		}
		seen[t.String()] = true
		v.table(t)
	}
	return v.problems
}

type validation struct{ problems []rule.Problem }

func (v *validation) note(path, format string, args ...any) {
	v.problems = append(v.problems, rule.Problem{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (v *validation) table(t *Table) {
	names := map[string]bool{}
	for i := range t.Sets {
		s := &t.Sets[i]
		path := t.String() + "." + s.Name
		if names["set "+s.Name] {
			v.note(path, "occurs twice")
		}
		names["set "+s.Name] = true
		v.set(t, s, path)
	}
	for i := range t.Chains {
		c := &t.Chains[i]
		path := t.String() + "." + c.Name
		if names["chain "+c.Name] {
			v.note(path, "occurs twice")
		}
		names["chain "+c.Name] = true
		if c.Base != nil {
			v.base(t, c.Base, path)
		}
		for k := range c.Rules {
			v.rule(t, &c.Rules[k], fmt.Sprintf("%s.rules[%d]", path, k))
		}
	}
}

// chainHooks are the hooks of each type of base chain.
var chainHooks = map[string][]string{
	"filter": {"prerouting", "input", "forward", "output", "postrouting"},
	"nat":    {"prerouting", "input", "output", "postrouting"},
	"route":  {"output"},
}

func (v *validation) base(t *Table, b *Base, path string) {
	const natLeast = -199 // chains of type nat must come after connection tracking
	switch hooks, known := chainHooks[b.Type]; {
	case !known:
		v.note(path, "%q is not a type of chain; filter, nat and route are", b.Type)
	case !slices.Contains(hooks, b.Hook):
		v.note(path, "chains of type %s do not work at hook %q", b.Type, b.Hook)
	case b.Type == "nat" && b.Priority < natLeast:
		v.note(path, "chains of type nat need a priority value greater than -200")
	}
}

func (v *validation) set(t *Table, s *Set, path string) {
	seen := map[string]bool{}
	for i := range s.Elements {
		e := &s.Elements[i]
		key := valuesText(s.Key, e.Key)
		if seen[key] {
			v.note(path, "element %s occurs twice", key)
		}
		seen[key] = true
		if s.Verdicts {
			v.verdict(t, e.Verdict, path)
		}
	}
}

func (v *validation) verdict(t *Table, d Verdict, path string) {
	if d.Chain != "" && t.Chain(d.Chain) == nil {
		v.note(path, "there is no chain %q", d.Chain)
	}
	if c := t.Chain(d.Chain); c != nil && c.Base != nil {
		v.note(path, "%s: a base chain cannot be called by rules, only by its hook", d)
	}
}

func (v *validation) rule(t *Table, r *Rule, path string) {
	if len(r.Statements) == 0 {
		v.note(path, "the rule is empty")
	}
	for i, s := range r.Statements {
		switch s := s.(type) {
		case Match:
			v.lookup(t, s.Left, s.Set, s.Name, path, func(s *Set) bool { return !s.maps() })
		case Branch:
			v.lookup(t, s.Left, s.Set, s.Name, path, func(s *Set) bool { return s.Verdicts })
		case NAT:
			if s.Map != nil {
				v.lookup(t, s.Map.Left, s.Map.Set, s.Map.Name, path, func(s *Set) bool { return s.Data != nil })
			}
			v.nat(t, &s, path)
		case Verdict:
			v.verdict(t, s, path)
		case Opaque:
			v.note(path, "%s is not understood, so it cannot be written", s)
		}
		if last := i == len(r.Statements)-1; !last && ends(s) {
			v.note(path, "%s must be the last statement", s)
		}
	}
}

// ends reports whether nothing can follow a statement.
func ends(s Statement) bool {
	switch s.(type) {
	case Verdict, Branch, NAT, Reject:
		return true
	}
	return false
}

// lookup checks the set of a statement.
func (v *validation) lookup(t *Table, left []*Selector, s *Set, name, path string, fits func(*Set) bool) {
	if s != nil {
		v.set(t, s, path)
		return
	}
	if name == "" {
		return
	}
	s = t.Set(name)
	switch {
	case s == nil:
		v.note(path, "there is no set %q", name)
	case !fits(s) || !slices.Equal(s.Key, typesOf(left)):
		v.note(path, "@%s, of type %s, does not fit %s", name, s.of(), names(left))
	}
}

func (v *validation) nat(t *Table, n *NAT, path string) {
	family := n.Family
	if family == 0 {
		family = t.Family
	}
	want := map[Family]bool{IPv4: n.Address.Is4(), IPv6: n.Address.Is6()}
	switch {
	case n.Kind == DNAT || n.Kind == SNAT:
		if family == Inet {
			v.note(path, "%s: name the family of the address, as in \"dnat ip to\"", n)
		} else if n.Address.IsValid() && !want[family] {
			v.note(path, "%s: the address is not of family %s", n, family)
		}
		if n.Map == nil && !n.Address.IsValid() && n.Port == 0 {
			v.note(path, "%s needs an address", n)
		}
	case n.Address.IsValid() || n.Map != nil:
		v.note(path, "%s: only ports can be chosen", n)
	}
}

// List returns the tables as nft prints them, without counts.
func (rs Ruleset) List() []rule.Listing {
	var list []rule.Listing
	for i := range rs.Tables {
		t := &rs.Tables[i]
		list = append(list, rule.Listing{Command: "nft -s list table " + t.String(), Lines: t.Lines()})
	}
	return list
}
