package iptables

import (
	"encoding/binary"

	"tracer/sim/rule"
)

// Mark is "-m mark": the packet's mark has a value in the bits of a mask.
type Mark struct {
	unjudged
	Value, Mask uint32
	Not         bool
}

// markKind has no xtables form: iptables writes the match as plain expressions, which
// [decodeMark] reads.
var markKind = &kind[Mark]{
	name: "mark", single: true,
	options: []option[Mark]{{"--mark", "VALUE[/MASK]", true, func(m *Mark, a *argument) (err error) {
		m.Value, m.Mask, err = a.masked(32)
		m.Not = a.not
		return err
	}}},
}

// String returns "-m mark --mark 0x1/0xff".
func (m Mark) String() string { return markText("mark", m.Value, m.Mask, m.Not) }

func markText(name string, value, mask uint32, not bool) string {
	t := begin(name)
	t.add(not, "--mark", maskedText(value, mask))
	return t.String()
}

// maskedText returns a value, and its mask unless that is all ones.
func maskedText(value, mask uint32) string {
	if mask == 0xffffffff {
		return hex32(value)
	}
	return hex32(value) + "/" + hex32(mask)
}

func (m Mark) listed() string {
	t := text{words: []string{"mark match"}}
	t.add(m.Not, maskedText(m.Value, m.Mask))
	return t.String()
}

func (m Mark) problems(place) []string { return markProblems("mark", m.Value, m.Mask) }

// markProblems finds a match of no bits: without --mark, or --mark 0/0.
func markProblems(name string, value, mask uint32) (out []string) {
	if mask == 0 {
		out = append(out, "-m "+name+" needs --mark, with a mask that is not 0")
	}
	return out
}

func (m Mark) encode(c *code) {
	c.add(metaLoad{metaMark})
	if m.Mask != 0xffffffff {
		c.add(masked{binary.NativeEndian.AppendUint32(nil, m.Mask)})
	}
	c.compare(m.Not, binary.NativeEndian.AppendUint32(nil, m.Value))
}

// decodeMark reads a comparison of the packet's mark. mask is nil for all bits.
func decodeMark(mask, value []byte, not bool) (Mark, bool) {
	m := Mark{Mask: 0xffffffff, Not: not}
	if len(value) != 4 || mask != nil && len(mask) != 4 {
		return m, false
	}
	m.Value = binary.NativeEndian.Uint32(value)
	if mask != nil {
		m.Mask = binary.NativeEndian.Uint32(mask)
	}
	return m, m.Mask != 0 && (mask == nil || m.Mask != 0xffffffff)
}

// SetMark is "-j MARK": it clears the bits of a mask in the packet's mark, then flips those
// of a value. The options other than --set-xmark are abbreviations.
type SetMark struct{ Value, Mask uint32 }

var setMarkKind = &kind[SetMark]{
	name: "MARK", single: true,
	options: []option[SetMark]{
		{"--set-xmark", "VALUE[/MASK]", false, setMark((*argument).xmark)},
		{"--set-mark", "VALUE[/MASK]", false, setMark((*argument).mark)},
		{"--and-mark", "BITS", false, setMark((*argument).andMark)},
		{"--or-mark", "BITS", false, setMark((*argument).orMark)},
		{"--xor-mark", "BITS", false, setMark((*argument).xorMark)},
	},
	read: func(revision uint32, s structure) (SetMark, bool) {
		return SetMark{s.uint32(0), s.uint32(4)}, revision == 2
	},
	size: 8, // struct xt_mark_tginfo2
}

func setMark(read func(*argument) (value, mask uint32, err error)) func(*SetMark, *argument) error {
	return func(m *SetMark, a *argument) (err error) {
		m.Value, m.Mask, err = read(a)
		return err
	}
}

func (a *argument) xmark() (value, mask uint32, err error) { return a.masked(32) }

func (a *argument) mark() (value, mask uint32, err error) {
	value, mask, err = a.masked(32)
	return value, value | mask, err
}

func (a *argument) andMark() (value, mask uint32, err error) {
	n, err := a.number(0xffffffff)
	return 0, ^uint32(n), err
}

func (a *argument) orMark() (value, mask uint32, err error) {
	n, err := a.number(0xffffffff)
	return uint32(n), uint32(n), err
}

func (a *argument) xorMark() (value, mask uint32, err error) {
	n, err := a.number(0xffffffff)
	return uint32(n), 0, err
}

// String returns "MARK --set-xmark 0x1/0xffffffff".
func (m SetMark) String() string { return "MARK --set-xmark " + hex32(m.Value) + "/" + hex32(m.Mask) }

func (m SetMark) listed() string { return "MARK " + markChange(m.Value, m.Mask) }

// markChange returns the change of a mark in the words of iptables -L.
func markChange(value, mask uint32) string {
	switch {
	case value == 0:
		return "and " + hex32(^mask)
	case value == mask:
		return "or " + hex32(value)
	case mask == 0:
		return "xor " + hex32(value)
	case mask == 0xffffffff:
		return "set " + hex32(value)
	}
	return "xset " + hex32(value) + "/" + hex32(mask)
}

func (m SetMark) problems(place) []string { return nil }

func (m SetMark) encode(c *code) {
	s := make(structure, 8)
	s.put32(0, m.Value)
	s.put32(4, m.Mask)
	c.target("MARK", 2, s)
}

func (m SetMark) effect(r *rule.Rule) {
	r.Sets = append(r.Sets, rule.Set{Field: rule.Mark, Gives: func(from, to uint64) bool {
		return uint32(to) == uint32(from)&^m.Mask^m.Value
	}})
}
