package iptables

import (
	"strconv"

	"tracer/sim/rule"
)

// TTL is "-m ttl": it compares the time to live.
type TTL struct {
	Compare TTLCompare
	Value   uint8
}

// TTLCompare is a comparison (enum in linux/netfilter_ipv4/ipt_ttl.h).
type TTLCompare uint8

// The comparisons.
const (
	TTLEqual TTLCompare = iota
	TTLNotEqual
	TTLLess
	TTLGreater
)

var ttlKind = &kind[TTL]{
	name: "ttl", single: true,
	options: []option[TTL]{
		{"--ttl-eq --ttl", "TTL", true, compareTTL(TTLEqual)},
		{"--ttl-lt", "TTL", false, compareTTL(TTLLess)},
		{"--ttl-gt", "TTL", false, compareTTL(TTLGreater)},
	},
	read: func(revision uint32, s structure) (TTL, bool) {
		return TTL{TTLCompare(s.uint8(0)), s.uint8(1)}, revision == 0
	},
	size: 2,
}

func compareTTL(how TTLCompare) func(*TTL, *argument) error {
	return func(t *TTL, a *argument) error {
		n, err := a.number(255)
		t.Compare, t.Value = how, uint8(n)
		if a.not {
			t.Compare = TTLNotEqual
		}
		return err
	}
}

func (t TTL) condition() string {
	return nameOf(uint32(t.Compare), "--ttl-eq", "! --ttl-eq", "--ttl-lt", "--ttl-gt") + " " + strconv.Itoa(int(t.Value))
}

// String returns "-m ttl --ttl-eq 64".
func (t TTL) String() string { return "-m ttl " + t.condition() }

func (t TTL) listed() string {
	return "TTL match TTL " + nameOf(uint32(t.Compare), "==", "!=", "<", ">") + " " + strconv.Itoa(int(t.Value))
}

func (t TTL) problems(place) (out []string) {
	if t.Compare > TTLGreater {
		out = append(out, "-m ttl has an unknown comparison")
	}
	return out
}

func (t TTL) encode(c *code) { c.match("ttl", 0, structure{uint8(t.Compare), t.Value}) }

func (t TTL) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Header == nil {
		return rule.Mismatch{}, false
	}
	was := f.Header.TTL
	if [...]bool{was == t.Value, was != t.Value, was < t.Value, was > t.Value}[t.Compare&3] {
		return rule.Mismatch{}, false
	}
	return mismatch(false, t.condition(), strconv.Itoa(int(was)))
}

// SetTTL is "-j TTL".
type SetTTL struct {
	Mode  TTLMode
	Value uint8
}

// TTLMode is what [SetTTL] does (enum in linux/netfilter_ipv4/ipt_TTL.h).
type TTLMode uint8

// The modes.
const (
	TTLSet TTLMode = iota
	TTLIncrease
	TTLDecrease
)

var setTTLKind = &kind[SetTTL]{
	name: "TTL", single: true,
	options: []option[SetTTL]{
		{"--ttl-set", "TTL", false, setTTL(TTLSet)},
		{"--ttl-inc", "NUMBER", false, setTTL(TTLIncrease)},
		{"--ttl-dec", "NUMBER", false, setTTL(TTLDecrease)},
	},
	read: func(revision uint32, s structure) (SetTTL, bool) {
		return SetTTL{TTLMode(s.uint8(0)), s.uint8(1)}, revision == 0
	},
	size: 2,
}

func setTTL(mode TTLMode) func(*SetTTL, *argument) error {
	return func(t *SetTTL, a *argument) error {
		n, err := a.number(255)
		t.Mode, t.Value = mode, uint8(n)
		return err
	}
}

// String returns "TTL --ttl-set 64".
func (t SetTTL) String() string {
	return "TTL " + nameOf(uint32(t.Mode), "--ttl-set", "--ttl-inc", "--ttl-dec") + " " + strconv.Itoa(int(t.Value))
}

func (t SetTTL) listed() string {
	return "TTL " + nameOf(uint32(t.Mode), "set to", "increment by", "decrement by") + " " + strconv.Itoa(int(t.Value))
}

func (t SetTTL) problems(p place) []string {
	out := p.only("TTL", "mangle")
	switch {
	case t.Mode > TTLDecrease:
		out = append(out, "TTL has an unknown mode")
	case t.Mode != TTLSet && t.Value == 0:
		out = append(out, "TTL is changed by 0")
	}
	return out
}

func (t SetTTL) encode(c *code) { c.target("TTL", 0, structure{uint8(t.Mode), t.Value}) }

// effect: the result stays between 0 and 255 (ttl_tg).
func (t SetTTL) effect(r *rule.Rule) {
	by := int(t.Value)
	r.Sets = append(r.Sets, rule.Set{Field: rule.TTL, Gives: func(from, to uint64) bool {
		switch t.Mode {
		case TTLIncrease:
			return int(to) == min(int(from)+by, 255)
		case TTLDecrease:
			return int(to) == max(int(from)-by, 0)
		}
		return int(to) == by
	}})
}
