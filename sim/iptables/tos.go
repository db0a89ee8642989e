package iptables

import (
	"strings"

	"tracer/sim/rule"
)

// TOS is "-m tos": the type of service octet has a value in the bits of a mask.
type TOS struct {
	Value, Mask uint8
	Not         bool
}

var tosKind = &kind[TOS]{
	name: "tos", single: true,
	options: []option[TOS]{{"--tos", "VALUE[/MASK]", true, func(t *TOS, a *argument) (err error) {
		t.Value, t.Mask, err = a.tos()
		t.Not = a.not
		return err
	}}},
	read: func(revision uint32, s structure) (TOS, bool) {
		return TOS{Mask: s.uint8(0), Value: s.uint8(1), Not: s.isSet(2)}, revision == 1
	},
	size: 3, // struct xt_tos_match_info
}

// tos reads VALUE, VALUE/MASK or a name of RFC 1349. A name stands for the bits 0x3f, a
// value without a mask for all.
func (a *argument) tos() (value, mask uint8, err error) {
	for i, names := range [...]string{"normal-service", "minimize-cost", "maximize-reliability", "maximize-throughput", "minimize-delay"} {
		if strings.EqualFold(a.value(), names) {
			return [...]uint8{0, 2, 4, 8, 16}[i], 0x3f, nil
		}
	}
	v, m, err := a.masked(8)
	return uint8(v), uint8(m), err
}

func (t TOS) condition() string { return "--tos " + hex8(t.Value) + "/" + hex8(t.Mask) }

// String returns "-m tos --tos 0x10/0x3f".
func (t TOS) String() string {
	out := begin("tos")
	out.add(t.Not, t.condition())
	return out.String()
}

// listed: iptables leaves no space before the value.
func (t TOS) listed() string {
	return "tos match" + inverted(t.Not, hex8(t.Value)+"/"+hex8(t.Mask))
}

func (t TOS) problems(place) (out []string) {
	if t.Mask == 0 {
		out = append(out, "-m tos needs --tos, with a mask that is not 0")
	}
	return out
}

func (t TOS) encode(c *code) {
	s := structure{t.Mask, t.Value, 0}
	s.set(2, t.Not)
	c.match("tos", 1, s)
}

func (t TOS) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Header == nil || (f.Header.TOS&t.Mask == t.Value) != t.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(t.Not, t.condition(), hex8(f.Header.TOS))
}

// SetTOS is "-j TOS": it clears the bits of a mask, then flips those of a value. The options
// other than --set-tos are abbreviations.
type SetTOS struct{ Value, Mask uint8 }

var setTOSKind = &kind[SetTOS]{
	name: "TOS", single: true,
	options: []option[SetTOS]{
		{"--set-tos", "VALUE[/MASK]", false, setTOS((*argument).tos)},
		{"--and-tos", "BITS", false, setTOS(func(a *argument) (uint8, uint8, error) {
			n, err := a.number(255)
			return 0, ^uint8(n), err
		})},
		{"--or-tos", "BITS", false, setTOS(func(a *argument) (uint8, uint8, error) {
			n, err := a.number(255)
			return uint8(n), uint8(n), err
		})},
		{"--xor-tos", "BITS", false, setTOS(func(a *argument) (uint8, uint8, error) {
			n, err := a.number(255)
			return uint8(n), 0, err
		})},
	},
	read: func(revision uint32, s structure) (SetTOS, bool) {
		return SetTOS{s.uint8(0), s.uint8(1)}, revision == 1
	},
	size: 2, // struct xt_tos_target_info
}

func setTOS(read func(*argument) (value, mask uint8, err error)) func(*SetTOS, *argument) error {
	return func(t *SetTOS, a *argument) (err error) {
		t.Value, t.Mask, err = read(a)
		return err
	}
}

// String returns "TOS --set-tos 0x10/0x3f".
func (t SetTOS) String() string { return "TOS --set-tos " + hex8(t.Value) + "/" + hex8(t.Mask) }

func (t SetTOS) listed() string { return "TOS set " + hex8(t.Value) + "/" + hex8(t.Mask) }

func (t SetTOS) problems(p place) []string { return p.only("TOS", "mangle") }

func (t SetTOS) encode(c *code) { c.target("TOS", 1, structure{t.Value, t.Mask}) }

func (t SetTOS) effect(r *rule.Rule) {
	r.Sets = append(r.Sets, rule.Set{Field: rule.TOS, Gives: func(from, to uint64) bool {
		return uint8(to) == uint8(from)&^t.Mask^t.Value
	}})
}
