package iptables

import (
	"strconv"

	"tracer/sim/rule"
)

// Length is "-m length": the IP total length is in a range.
type Length struct {
	First, Last uint16
	Not         bool
}

var lengthKind = &kind[Length]{
	name: "length", single: true,
	options: []option[Length]{{"--length", "BYTES[:BYTES]", true, func(l *Length, a *argument) error {
		r, err := a.span(0xffff)
		l.First, l.Last, l.Not = uint16(r.from), uint16(r.to), a.not
		return err
	}}},
	read: func(revision uint32, s structure) (Length, bool) {
		return Length{s.uint16(0), s.uint16(2), s.isSet(4)}, revision == 0
	},
	size: 5, // struct xt_length_info
}

func (l Length) condition() string {
	return "--length " + span{uint32(l.First), uint32(l.Last)}.String()
}

// String returns "-m length --length 1000:1500".
func (l Length) String() string {
	t := begin("length")
	t.add(l.Not, l.condition())
	return t.String()
}

func (l Length) listed() string {
	return "length " + inverted(l.Not, span{uint32(l.First), uint32(l.Last)}.String())
}

func (l Length) problems(place) (out []string) {
	if l.First > l.Last {
		out = append(out, "length has a range in the wrong order")
	}
	return out
}

func (l Length) encode(c *code) {
	s := make(structure, 5)
	s.put16(0, l.First)
	s.put16(2, l.Last)
	s.set(4, l.Not)
	c.match("length", 0, s)
}

func (l Length) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Header == nil || f.Header.Length == 0 {
		return rule.Mismatch{}, false
	}
	n := f.Header.Length
	if (int(l.First) <= n && n <= int(l.Last)) != l.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(l.Not, l.condition(), strconv.Itoa(n))
}
