package iptables

import (
	"fmt"
	"strings"

	"tracer/sim/rule"
)

// DSCP is "-m dscp": the differentiated services code point, the upper six bits of the type
// of service octet (RFC 2474), has a value.
type DSCP struct {
	Value uint8
	Not   bool
}

var dscpKind = &kind[DSCP]{
	name: "dscp", single: true,
	options: []option[DSCP]{
		{"--dscp", "VALUE", true, matchDSCP((*argument).dscp)},
		{"--dscp-class", "CLASS", true, matchDSCP((*argument).dscpClass)},
	},
	read: func(revision uint32, s structure) (DSCP, bool) {
		return DSCP{s.uint8(0), s.isSet(1)}, revision == 0
	},
	size: 2, // struct xt_dscp_info
}

func matchDSCP(read func(*argument) (uint8, error)) func(*DSCP, *argument) error {
	return func(d *DSCP, a *argument) (err error) {
		d.Value, err = read(a)
		d.Not = a.not
		return err
	}
}

const mostDSCP = 63

func (a *argument) dscp() (uint8, error) {
	n, err := a.number(mostDSCP)
	return uint8(n), err
}

// dscpClass reads BE, EF, CS0 to CS7, or AF11 to AF43.
func (a *argument) dscpClass() (uint8, error) {
	name := strings.ToUpper(a.value())
	classes := map[string]uint8{"BE": 0, "EF": 46}
	for i := range uint8(8) {
		classes[fmt.Sprintf("CS%d", i)] = 8 * i
	}
	for class := uint8(1); class <= 4; class++ {
		for drop := uint8(1); drop <= 3; drop++ {
			classes[fmt.Sprintf("AF%d%d", class, drop)] = 8*class + 2*drop
		}
	}
	value, ok := classes[name]
	if !ok {
		return 0, a.errorf("is not BE, EF, CS0 to CS7, or AF11 to AF43")
	}
	return value, nil
}

// String returns "-m dscp --dscp 0x2e".
func (d DSCP) String() string {
	t := begin("dscp")
	t.add(d.Not, "--dscp", hex8(d.Value))
	return t.String()
}

func (d DSCP) listed() string { return "DSCP match " + inverted(d.Not, hex8(d.Value)) }

func (d DSCP) problems(place) (out []string) {
	if d.Value > mostDSCP {
		out = append(out, "code point is greater than 63")
	}
	return out
}

func (d DSCP) encode(c *code) {
	s := structure{d.Value, 0}
	s.set(1, d.Not)
	c.match("dscp", 0, s)
}

func (d DSCP) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Header == nil || (f.Header.TOS>>2 == d.Value) != d.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(d.Not, "--dscp "+hex8(d.Value), hex8(f.Header.TOS>>2))
}

// SetDSCP is "-j DSCP".
type SetDSCP struct{ Value uint8 }

var setDSCPKind = &kind[SetDSCP]{
	name: "DSCP", single: true,
	options: []option[SetDSCP]{
		{"--set-dscp", "VALUE", false, setDSCP((*argument).dscp)},
		{"--set-dscp-class", "CLASS", false, setDSCP((*argument).dscpClass)},
	},
	read: func(revision uint32, s structure) (SetDSCP, bool) { return SetDSCP{s.uint8(0)}, revision == 0 },
	size: 1,
}

func setDSCP(read func(*argument) (uint8, error)) func(*SetDSCP, *argument) error {
	return func(d *SetDSCP, a *argument) (err error) {
		d.Value, err = read(a)
		return err
	}
}

// String returns "DSCP --set-dscp 0x2e".
func (d SetDSCP) String() string { return "DSCP --set-dscp " + hex8(d.Value) }

func (d SetDSCP) listed() string { return "DSCP set " + hex8(d.Value) }

func (d SetDSCP) problems(p place) []string {
	out := p.only("DSCP", "mangle")
	if d.Value > mostDSCP {
		out = append(out, "code point is greater than 63")
	}
	return out
}

func (d SetDSCP) encode(c *code) { c.target("DSCP", 0, structure{d.Value}) }

// effect: the lower two bits, explicit congestion notification, stay.
func (d SetDSCP) effect(r *rule.Rule) {
	r.Sets = append(r.Sets, rule.Set{Field: rule.TOS, Gives: func(from, to uint64) bool {
		return uint8(to) == uint8(from)&3|d.Value<<2
	}})
}
