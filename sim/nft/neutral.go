package nft

import (
	"slices"
	"strings"

	"tracer/sim/rule"
)

// Neutral converts the tables to the form that is independent of nft. The result refers to
// rs, which must not change afterwards.
func (rs Ruleset) Neutral() []rule.Table {
	var list []rule.Table
	for i := range rs.Tables {
		if t := &rs.Tables[i]; !t.Dormant {
			list = append(list, t.neutral())
		}
	}
	return list
}

func (t *Table) neutral() rule.Table {
	out := rule.Table{Name: t.String(), Partial: t.Unknown}
	for i := range t.Sets {
		s := &t.Sets[i]
		out.Partial = out.Partial || s.Unknown
		out.Sets = append(out.Sets, s.neutral())
	}
	for i := range t.Chains {
		c := &t.Chains[i]
		one := rule.Chain{Name: c.Name, Comment: c.Comment}
		if c.Base != nil {
			one.Policy = strings.ToUpper(c.Base.Policy.String())
		}
		for k := range c.Rules {
			one.Rules = append(one.Rules, c.Rules[k].neutral(t))
		}
		out.Chains = append(out.Chains, one)
	}
	return out
}

func (s *Set) neutral() rule.NamedSet {
	out := rule.NamedSet{Name: s.Name, Kind: s.kind(), Type: s.of(), Comment: s.Comment, Elements: s.elements(), Wrap: 1}
	if s.Interval {
		out.Flags = []string{"interval"}
	}
	if len(s.Key) == 1 {
		out.Wrap = s.Key[0].wrap
	}
	return out
}

// Understood reports whether all parts of the rule are understood.
func (r *Rule) Understood() bool {
	return !slices.ContainsFunc(r.Statements, func(s Statement) bool {
		_, opaque := s.(Opaque)
		return opaque
	})
}

var ruleVerdicts = map[Kind]rule.Verdict{Accept: rule.Accept, Drop: rule.Drop, Return: rule.Return}

func (r *Rule) neutral(t *Table) rule.Rule {
	out := rule.Rule{Handle: r.Handle, Packets: r.Packets, Bytes: r.Bytes}
	if !r.Understood() {
		out.Opaque, out.Marks = true, r.hints.marks
		out.NAT = r.hints.translation(t)
		return out
	}
	out.Text, out.Counter = r.render()
	out.Refers = r.refers(t)
	out.Fails = func(f *rule.Facts) (rule.Mismatch, bool) { return r.fails(t, f) }
	for _, s := range r.Statements {
		switch s := s.(type) {
		case Match:
			out.Marks = out.Marks || marks(s.Left)
		case Branch:
			out.Marks = out.Marks || marks(s.Left)
			out.Element = func(f *rule.Facts) (rule.Element, bool) { return s.element(t, f) }
		case Verdict:
			out.Verdict = ruleVerdicts[s.Kind]
		case NAT:
			out.NAT = s.neutral(t)
		case Reject:
			out.Rejects = s.neutral()
		}
	}
	return out
}

// translation returns what is known about the translation of a rule that is not understood.
func (h *hints) translation(t *Table) *rule.NAT {
	if h.nat == nil {
		return nil
	}
	n := h.nat.neutral(t)
	n.Unknown = h.unknown
	return n
}

func marks(left []*Selector) bool {
	return slices.ContainsFunc(left, func(s *Selector) bool { return s.typ == mark })
}

// refers returns the content of the sets that the rule names.
func (r *Rule) refers(t *Table) string {
	var list []string
	add := func(name string) {
		if s := t.Set(name); s != nil {
			list = append(list, name+" { "+strings.Join(s.elements(), ", ")+" }")
		}
	}
	for _, s := range r.Statements {
		switch s := s.(type) {
		case Match:
			add(s.Name)
		case Branch:
			add(s.Name)
		case NAT:
			if s.Map != nil {
				add(s.Map.Name)
			}
		}
	}
	return strings.Join(list, "\n")
}
