package iptables

import (
	"encoding/hex"
	"slices"
	"strconv"
)

// decoder turns a rule's expressions into the model, in one pass. The kernel
// runs them in order and leaves the rule at the first that is not true, so all
// that matters is that none is lost: what is not understood becomes Opaque, in
// its place.
type decoder struct {
	rule    Rule
	load    *load
	counter *[2]uint64 // packets, bytes: counted, and no condition since
}

// decodeExpressions reads NFTA_RULE_EXPRESSIONS. The only error is a malformed
// attribute.
func decodeExpressions(b []byte) (Rule, error) {
	var d decoder
	for len(b) > 0 {
		_, elem, rest, err := nextAttr(b)
		if err != nil {
			return Rule{}, err
		}
		e, err := parseAttrs(elem)
		if err != nil {
			return Rule{}, err
		}
		data, err := parseAttrs(e.value[exprData])
		if err != nil {
			return Rule{}, err
		}
		d.expression(e.text(exprName), &data)
		b = rest
	}
	return d.finish(), nil
}

func (d *decoder) expression(name string, a *attrs) {
	switch name {
	case "meta", "payload":
		d.flush()
		l, ok := parseLoad(name, a)
		if !ok {
			d.statement(name)
			return
		}
		d.load = &l
	case "bitwise":
		d.bitwise(a)
	case "cmp":
		d.compare(a)
	case "range":
		d.inRange(a)
	case "match":
		info, n, rev := parseXt(a)
		d.match(decodeMatch(n, rev, info, d.rule.Protocol))
	case "counter":
		d.count(a)
	case "target":
		info, n, rev := parseXt(a)
		d.target(decodeTarget(n, rev, info))
	case "immediate":
		d.target(decodeImmediate(a))
	default:
		d.statement(name)
	}
}

// bitwise masks what was loaded. If it does anything else the register holds
// something unknown from then on.
func (d *decoder) bitwise(a *attrs) {
	if l := d.load; l == nil {
		d.opaque(Opaque{Kind: Expression, Name: "bitwise"})
	} else if !l.apply(a) {
		d.load = nil
		d.opaque(Opaque{Kind: Expression, Name: l.String() + " bitwise"})
	}
}

// compare takes a cmp expression.
func (d *decoder) compare(a *attrs) {
	op, ok1 := a.uint32(cmpOp)
	value, ok2 := a.data(cmpData)
	l, ok3 := d.loaded(a, cmpSource)
	if !ok1 || !ok2 || !ok3 || !a.only(cmpSource, cmpOp, cmpData) {
		d.opaque(Opaque{Kind: Expression, Name: "cmp"})
		return
	}
	if !d.condition(l, op, value) {
		d.opaque(Opaque{Kind: Expression, Name: l.String() + " " + opName(op) + " 0x" + hex.EncodeToString(value)})
	}
}

// inRange takes a range expression, whose first two operators are cmp's.
func (d *decoder) inRange(a *attrs) {
	op, ok1 := a.uint32(rangeOp)
	from, ok2 := a.data(rangeFrom)
	to, ok3 := a.data(rangeTo)
	l, ok4 := d.loaded(a, rangeSource)
	if !ok1 || !ok2 || !ok3 || !ok4 || !a.only(rangeSource, rangeOp, rangeFrom, rangeTo) {
		d.opaque(Opaque{Kind: Expression, Name: "range"})
		return
	}
	if len(from) == 2 && len(to) == 2 && op <= opNeq &&
		d.port(l, PortRange{be16(from), be16(to)}, op == opNeq) {
		return
	}
	d.opaque(Opaque{Kind: Expression, Name: l.String() + " " + opName(op) +
		" 0x" + hex.EncodeToString(from) + "-0x" + hex.EncodeToString(to)})
}

// loaded returns what is in the register an expression reads, and marks it used.
func (d *decoder) loaded(a *attrs, kind int) (*load, bool) {
	register, ok := a.uint32(kind)
	if !ok || d.load == nil || d.load.register != register {
		return nil, false
	}
	d.load.compared = true
	return d.load, true
}

// flush shows a load that nothing compared.
func (d *decoder) flush() {
	l := d.load
	d.load = nil
	if l != nil && !l.compared && !l.idle() {
		d.opaque(Opaque{Kind: Expression, Name: l.String()})
	}
}

// conditional is called before anything that can end the rule: a counter seen
// before it also counts packets that do not match, so it is not the rule's.
func (d *decoder) conditional() {
	if c := d.counter; c != nil {
		d.counter = nil
		d.rule.Matches = append(d.rule.Matches, Opaque{Kind: Expression, Name: "counter packets " +
			strconv.FormatUint(c[0], 10) + " bytes " + strconv.FormatUint(c[1], 10)})
	}
	d.displace()
}

// displace makes room for what follows a target, as "accept" may follow nft's
// "log": the rule's target is what it ends with, and the other is shown.
func (d *decoder) displace() {
	t := d.rule.Target
	if t == nil {
		return
	}
	d.rule.Target = nil
	o, ok := t.(Opaque)
	if !ok {
		o = Opaque{Kind: Expression, Name: "-j " + t.String()}
	}
	d.rule.Matches = append(d.rule.Matches, o)
}

func (d *decoder) match(m Match) {
	d.flush()
	d.conditional()
	d.rule.Matches = append(d.rule.Matches, m)
}

func (d *decoder) opaque(o Opaque) {
	d.conditional()
	d.rule.Matches = append(d.rule.Matches, o)
}

// statement takes an expression of an unknown type. A type that acts on the
// packet is the target, as iptables' "-j NFLOG" is.
func (d *decoder) statement(name string) {
	o := Opaque{Kind: Expression, Name: name}
	if slices.Contains([]string{
		"log", "nat", "masq", "redir", "reject", "queue", "tproxy", "synproxy", "dup", "fwd", "notrack",
		"meta", "payload", // not loading, so setting
	}, name) {
		d.target(o)
		return
	}
	d.match(o)
}

func (d *decoder) target(t Target) {
	d.flush()
	d.displace()
	d.rule.Target = t
}

func (d *decoder) count(a *attrs) {
	d.flush()
	packets, ok1 := a.uint64(counterPackets)
	bytes, ok2 := a.uint64(counterBytes)
	if !ok1 || !ok2 || !a.only(counterBytes, counterPackets, counterPad) {
		d.match(Opaque{Kind: Expression, Name: "counter"})
		return
	}
	if d.counter != nil {
		d.conditional()
	}
	d.displace()
	d.counter = &[2]uint64{packets, bytes}
}

func (d *decoder) finish() Rule {
	d.flush()
	if c := d.counter; c != nil {
		d.rule.Packets, d.rule.Bytes = c[0], c[1]
	}
	return d.rule
}
