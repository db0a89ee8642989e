package iptables

import (
	"strconv"

	"tracer/sim/rule"
)

// ConnMark is "-m connmark": the connection's mark has a value in the bits of a mask.
type ConnMark struct {
	unjudged
	Value, Mask uint32
	Not         bool
}

var connMarkKind = &kind[ConnMark]{
	name: "connmark", single: true,
	options: []option[ConnMark]{{"--mark", "VALUE[/MASK]", true, func(m *ConnMark, a *argument) (err error) {
		m.Value, m.Mask, err = a.masked(32)
		m.Not = a.not
		return err
	}}},
	read: func(revision uint32, s structure) (ConnMark, bool) {
		return ConnMark{Value: s.uint32(0), Mask: s.uint32(4), Not: s.isSet(8)}, revision == 1
	},
	size: 9, // struct xt_connmark_mtinfo1
}

// String returns "-m connmark --mark 0x1".
func (m ConnMark) String() string { return markText("connmark", m.Value, m.Mask, m.Not) }

func (m ConnMark) listed() string {
	not := ""
	if m.Not {
		not = "!"
	}
	return "connmark match " + not + " " + maskedText(m.Value, m.Mask)
}

func (m ConnMark) problems(place) []string { return markProblems("connmark", m.Value, m.Mask) }

func (m ConnMark) encode(c *code) {
	s := make(structure, 9)
	s.put32(0, m.Value)
	s.put32(4, m.Mask)
	s.set(8, m.Not)
	c.match("connmark", 1, s)
}

// SetConnMark is "-j CONNMARK": it sets the connection's mark, or copies the packet's to
// it, or the other way round.
type SetConnMark struct {
	Mode              ConnMarkMode
	Value             uint32 // with ConnMarkSet
	ConnMask, NetMask uint32 // --ctmask, --nfmask
	ShiftRight        bool
	Shift             uint8 // bits
}

// ConnMarkMode is what [SetConnMark] does (enum in linux/netfilter/xt_connmark.h).
type ConnMarkMode uint8

// The modes.
const (
	ConnMarkSet ConnMarkMode = iota
	ConnMarkSave
	ConnMarkRestore

	noConnMark ConnMarkMode = 255 // no option was given yet
)

var setConnMarkKind = &kind[SetConnMark]{
	name: "CONNMARK", start: SetConnMark{Mode: noConnMark, ConnMask: 0xffffffff, NetMask: 0xffffffff},
	options: []option[SetConnMark]{
		{"--set-xmark", "VALUE[/MASK]", false, setConnMark((*argument).xmark)},
		{"--set-mark", "VALUE[/MASK]", false, setConnMark((*argument).mark)},
		{"--and-mark", "BITS", false, setConnMark((*argument).andMark)},
		{"--or-mark", "BITS", false, setConnMark((*argument).orMark)},
		{"--xor-mark", "BITS", false, setConnMark((*argument).xorMark)},
		{"--save-mark", "", false, func(m *SetConnMark, a *argument) error { return m.begin(ConnMarkSave, a) }},
		{"--restore-mark", "", false, func(m *SetConnMark, a *argument) error { return m.begin(ConnMarkRestore, a) }},
		{"--nfmask", "MASK", false, func(m *SetConnMark, a *argument) error {
			n, err := a.number(0xffffffff)
			m.NetMask = uint32(n)
			return err
		}},
		{"--ctmask", "MASK", false, func(m *SetConnMark, a *argument) error {
			n, err := a.number(0xffffffff)
			m.ConnMask = uint32(n)
			return err
		}},
		{"--mask", "MASK", false, func(m *SetConnMark, a *argument) error {
			n, err := a.number(0xffffffff)
			m.ConnMask, m.NetMask = uint32(n), uint32(n)
			return err
		}},
		{"--left-shift-mark", "BITS", false, shiftMark(false)},
		{"--right-shift-mark", "BITS", false, shiftMark(true)},
	},
	read: func(revision uint32, s structure) (SetConnMark, bool) {
		return SetConnMark{
			Mode: ConnMarkMode(s.uint8(14)), Value: s.uint32(0), ConnMask: s.uint32(4), NetMask: s.uint32(8),
			ShiftRight: s.isSet(12), Shift: s.uint8(13),
		}, revision == 2
	},
	size: 15, // struct xt_connmark_tginfo2
}

func (m *SetConnMark) begin(mode ConnMarkMode, a *argument) error {
	if m.Mode != noConnMark {
		return a.errorf("follows another option that says what to do with the mark")
	}
	m.Mode = mode
	return nil
}

func setConnMark(read func(*argument) (value, mask uint32, err error)) func(*SetConnMark, *argument) error {
	return func(m *SetConnMark, a *argument) (err error) {
		if err := m.begin(ConnMarkSet, a); err != nil {
			return err
		}
		m.Value, m.ConnMask, err = read(a)
		return err
	}
}

func shiftMark(right bool) func(*SetConnMark, *argument) error {
	return func(m *SetConnMark, a *argument) error {
		n, err := a.number(32)
		m.Shift, m.ShiftRight = uint8(n), right
		return err
	}
}

// String returns "CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff".
func (m SetConnMark) String() string {
	t := text{words: []string{"CONNMARK"}}
	switch m.Mode {
	case ConnMarkSet:
		t.add(false, "--set-xmark", hex32(m.Value)+"/"+hex32(m.ConnMask))
	case ConnMarkSave, ConnMarkRestore:
		t.add(false, [...]string{"--save-mark", "--restore-mark"}[m.Mode-ConnMarkSave])
		t.add(false, "--nfmask", hex32(m.NetMask), "--ctmask", hex32(m.ConnMask))
	}
	flag := "--left-shift-mark"
	if m.ShiftRight {
		flag = "--right-shift-mark"
	}
	t.addIf(m.Shift != 0, flag, strconv.Itoa(int(m.Shift)))
	return t.String()
}

func (m SetConnMark) listed() string {
	t := text{words: []string{"CONNMARK"}}
	all := m.NetMask == 0xffffffff && m.ConnMask == 0xffffffff
	action := nameOf(uint32(m.Mode), "set", "save", "restore")
	switch {
	case m.Mode == ConnMarkSet:
		t.add(false, markChange(m.Value, m.ConnMask))
	case all:
		t.add(false, action)
	case m.NetMask == m.ConnMask:
		t.add(false, action, "mask", hex32(m.NetMask))
	case m.Mode == ConnMarkSave:
		t.add(false, action, "nfmask", hex32(m.NetMask), "ctmask", "~"+hex32(m.ConnMask))
	default:
		t.add(false, action, "ctmask", hex32(m.ConnMask), "nfmask", "~"+hex32(m.NetMask))
	}
	flag := "left-shift-mark"
	if m.ShiftRight {
		flag = "right-shift-mark"
	}
	t.addIf(m.Shift != 0, flag, strconv.Itoa(int(m.Shift)))
	return t.String()
}

func (m SetConnMark) problems(place) (out []string) {
	switch {
	case m.Mode > ConnMarkRestore:
		out = append(out, "CONNMARK needs --set-mark, --save-mark or --restore-mark, or one like them")
	case m.Mode == ConnMarkSet && m.NetMask != 0xffffffff, m.Mode != ConnMarkSet && m.Value != 0, m.Shift == 0 && m.ShiftRight:
		out = append(out, "CONNMARK has an option that has no effect")
	case m.Shift > 32:
		out = append(out, "CONNMARK shifts by more than 32 bits")
	}
	return out
}

func (m SetConnMark) encode(c *code) {
	s := make(structure, 15)
	s.put32(0, m.Value)
	s.put32(4, m.ConnMask)
	s.put32(8, m.NetMask)
	s.set(12, m.ShiftRight)
	s.put8(13, m.Shift)
	s.put8(14, uint8(m.Mode))
	c.target("CONNMARK", 2, s)
}

// effect: only restoring changes the packet's mark, in the bits of the mask.
func (m SetConnMark) effect(r *rule.Rule) {
	if m.Mode != ConnMarkRestore {
		return
	}
	r.Sets = append(r.Sets, rule.Set{Field: rule.Mark, Gives: func(from, to uint64) bool {
		// What was flipped are bits of the connection's mark, which is not known.
		flipped := uint32(to) ^ uint32(from)&^m.NetMask
		return m.Shift != 0 || flipped&^m.ConnMask == 0
	}})
}
