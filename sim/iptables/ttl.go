package iptables

import (
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// TTL is "-m ttl": it compares the time to live. For IPv6 it is "-m hl", with the hop limit.
type TTL struct {
	Compare TTLCompare
	Value   uint8
	Family  Family
}

// ttlName is the word for the field, as the match and in options.
func ttlName(f Family) string { return [...]string{"ttl", "hl"}[f&1] }

// TTLCompare is a comparison (enum in linux/netfilter_ipv4/ipt_ttl.h).
type TTLCompare uint8

// The comparisons.
const (
	TTLEqual TTLCompare = iota
	TTLNotEqual
	TTLLess
	TTLGreater
)

var (
	ttlKind      = ttlKindOf(IPv4, "--ttl-eq --ttl")
	hopLimitKind = ttlKindOf(IPv6, "--hl-eq")
)

func ttlKindOf(f Family, equal string) *kind[TTL] {
	name := ttlName(f)
	return &kind[TTL]{
		name: name, only: new(f), single: true, start: TTL{Family: f},
		options: []option[TTL]{
			{equal, strings.ToUpper(name), true, compareTTL(TTLEqual)},
			{"--" + name + "-lt", strings.ToUpper(name), false, compareTTL(TTLLess)},
			{"--" + name + "-gt", strings.ToUpper(name), false, compareTTL(TTLGreater)},
		},
		read: func(revision uint32, s structure) (TTL, bool) {
			return TTL{TTLCompare(s.uint8(0)), s.uint8(1), f}, revision == 0
		},
		size: 2,
	}
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
	name := "--" + ttlName(t.Family)
	return nameOf(uint32(t.Compare), name+"-eq", "! "+name+"-eq", name+"-lt", name+"-gt") + " " + strconv.Itoa(int(t.Value))
}

// String returns "-m ttl --ttl-eq 64".
func (t TTL) String() string { return "-m " + ttlName(t.Family) + " " + t.condition() }

func (t TTL) listed() string {
	name := strings.ToUpper(ttlName(t.Family))
	return name + " match " + name + " " + nameOf(uint32(t.Compare), "==", "!=", "<", ">") + " " + strconv.Itoa(int(t.Value))
}

func (t TTL) problems(place) (out []string) {
	if t.Compare > TTLGreater {
		out = append(out, "-m "+ttlName(t.Family)+" has an unknown comparison")
	}
	return out
}

func (t TTL) encode(c *code) { c.match(ttlName(t.Family), 0, structure{uint8(t.Compare), t.Value}) }

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

// SetTTL is "-j TTL", or "-j HL" for IPv6.
type SetTTL struct {
	Mode   TTLMode
	Value  uint8
	Family Family
}

// TTLMode is what [SetTTL] does (enum in linux/netfilter_ipv4/ipt_TTL.h).
type TTLMode uint8

// The modes.
const (
	TTLSet TTLMode = iota
	TTLIncrease
	TTLDecrease
)

var (
	setTTLKind      = setTTLKindOf(IPv4)
	setHopLimitKind = setTTLKindOf(IPv6)
)

func setTTLKindOf(f Family) *kind[SetTTL] {
	name := ttlName(f)
	return &kind[SetTTL]{
		name: strings.ToUpper(name), only: new(f), single: true, start: SetTTL{Family: f},
		options: []option[SetTTL]{
			{"--" + name + "-set", strings.ToUpper(name), false, setTTL(TTLSet)},
			{"--" + name + "-inc", "NUMBER", false, setTTL(TTLIncrease)},
			{"--" + name + "-dec", "NUMBER", false, setTTL(TTLDecrease)},
		},
		read: func(revision uint32, s structure) (SetTTL, bool) {
			return SetTTL{TTLMode(s.uint8(0)), s.uint8(1), f}, revision == 0
		},
		size: 2,
	}
}

func setTTL(mode TTLMode) func(*SetTTL, *argument) error {
	return func(t *SetTTL, a *argument) error {
		n, err := a.number(255)
		t.Mode, t.Value = mode, uint8(n)
		return err
	}
}

func (t SetTTL) target() string { return strings.ToUpper(ttlName(t.Family)) }

// String returns "TTL --ttl-set 64".
func (t SetTTL) String() string {
	name := "--" + ttlName(t.Family)
	return t.target() + " " + nameOf(uint32(t.Mode), name+"-set", name+"-inc", name+"-dec") + " " + strconv.Itoa(int(t.Value))
}

func (t SetTTL) listed() string {
	return t.target() + " " + nameOf(uint32(t.Mode), "set to", "increment by", "decrement by") + " " + strconv.Itoa(int(t.Value))
}

func (t SetTTL) problems(p place) []string {
	out := p.only(t.target(), "mangle")
	switch {
	case t.Mode > TTLDecrease:
		out = append(out, t.target()+" has an unknown mode")
	case t.Mode != TTLSet && t.Value == 0:
		out = append(out, t.target()+" is changed by 0")
	}
	return out
}

func (t SetTTL) encode(c *code) { c.target(t.target(), 0, structure{uint8(t.Mode), t.Value}) }

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
