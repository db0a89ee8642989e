package nft

import (
	"bytes"
	"strings"

	"tracer/sim/rule"
)

// key returns a packet's values for a lookup. known is false if some are not known; none is
// what the packet is instead of what the lookup needs, such as a protocol.
func key(left []*Selector, f *rule.Facts) (values [][]byte, none string, known bool) {
	for _, s := range left {
		is := s.fact(f)
		if is.none != "" {
			return nil, is.none, true
		}
		if is.value == nil {
			return nil, "", false
		}
		values = append(values, is.value)
	}
	return values, "", true
}

// find returns the element that has a key, or nil.
func (s *Set) find(values [][]byte) *Element {
	for i := range s.Elements {
		e := &s.Elements[i]
		equal := len(e.Key) == len(values)
		for k := 0; equal && k < len(values); k++ {
			equal = e.Key[k].holds(s.Key[k], values[k])
		}
		if equal {
			return e
		}
	}
	return nil
}

// named returns a set that a rule refers to, or nil if its content is not known.
func (t *Table) named(s *Set, name string) *Set {
	if s == nil {
		s = t.Set(name)
	}
	if s == nil || s.Unknown {
		return nil
	}
	return s
}

// missing reports that a packet's value is not in a set.
func missing(t *Table, left []*Selector, s *Set, name, condition string, f *rule.Facts) (rule.Mismatch, bool) {
	values, none, known := key(left, f)
	s = t.named(s, name)
	switch {
	case known && none != "":
		return rule.Mismatch{Condition: condition, Was: none}, true
	case !known || s == nil || s.find(values) != nil:
		return rule.Mismatch{}, false
	}
	return rule.Mismatch{Condition: condition, Was: shown(left, values)}, true
}

// present reports that a packet's value is in a set in which it must not be.
func present(t *Table, m *Match, f *rule.Facts) (rule.Mismatch, bool) {
	values, none, known := key(m.Left, f)
	s := t.named(m.Set, m.Name)
	switch {
	case known && none != "":
		return rule.Mismatch{Condition: m.String(), Was: none}, true
	case !known || s == nil || s.find(values) == nil:
		return rule.Mismatch{}, false
	}
	return rule.Mismatch{Condition: m.String(), Was: shown(m.Left, values)}, true
}

func shown(left []*Selector, values [][]byte) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = left[i].typ.shown(v)
	}
	return strings.Join(parts, " . ")
}

func trimName(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// element returns the element whose verdict a packet gets.
func (b Branch) element(t *Table, f *rule.Facts) (rule.Element, bool) {
	values, none, known := key(b.Left, f)
	s := t.named(b.Set, b.Name)
	if !known || none != "" || s == nil {
		return rule.Element{}, false
	}
	e := s.find(values)
	if e == nil {
		return rule.Element{}, false
	}
	out := rule.Element{Key: valuesText(s.Key, e.Key), Verdict: e.Verdict.String()}
	if b.Name != "" {
		out.Map = "@" + b.Name
	}
	return out, true
}
