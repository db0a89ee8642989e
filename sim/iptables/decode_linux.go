package iptables

import (
	"encoding/hex"
	"fmt"

	"golang.org/x/sys/unix"
)

// decoder turns a rule's expressions into the model, in one pass. The kernel evaluates
// them in order and leaves the rule at the first that is false, so none may be lost: one
// that is not understood becomes [Opaque], in its place.
type decoder struct {
	family  Family
	rule    Rule
	load    *load
	counter *[2]uint64 // packets and bytes; nil if there is none, or if a condition follows it
}

// decodeExpressions decodes NFTA_RULE_EXPRESSIONS. It fails only on a malformed
// attribute.
func decodeExpressions(f Family, b []byte) (Rule, error) {
	d := decoder{family: f}
	for len(b) > 0 {
		_, elem, rest, err := nextAttr(b)
		if err != nil {
			return Rule{}, err
		}
		e, err := parseAttrs(elem)
		if err != nil {
			return Rule{}, err
		}
		data, err := parseAttrs(e.value[unix.NFTA_EXPR_DATA])
		if err != nil {
			return Rule{}, err
		}
		d.expression(e.text(unix.NFTA_EXPR_NAME), &data)
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
		d.match(decodeMatch(d.xtension(a, false), d.rule.Protocol))
	case "counter":
		d.count(a)
	case "target":
		d.target(decodeTarget(d.xtension(a, true), d.rule.Protocol))
	case "limit":
		d.limit(a)
	case "immediate":
		d.target(decodeImmediate(a))
	default:
		d.statement(name)
	}
}

// xtension reads a match or a target, whose attributes have the same numbers.
func (d *decoder) xtension(a *attrs, target bool) xtension {
	return xtension{d.family, target, a.text(unix.NFTA_MATCH_NAME), a.uint32(unix.NFTA_MATCH_REV), a.bytes(unix.NFTA_MATCH_INFO)}
}

func (d *decoder) limit(a *attrs) {
	r := rate{a.uint64(unix.NFTA_LIMIT_RATE), a.uint64(unix.NFTA_LIMIT_UNIT), a.uint32(unix.NFTA_LIMIT_BURST)}
	kind, flags := a.uint32(unix.NFTA_LIMIT_TYPE), a.uint32(unix.NFTA_LIMIT_FLAGS)
	a.skip(unix.NFTA_LIMIT_PAD)
	if l, ok := decodeLimit(r); ok && a.complete() && kind == unix.NFT_LIMIT_PKTS && flags == 0 {
		d.match(l)
		return
	}
	d.statement("limit")
}

// decodeImmediate decodes a verdict. The same expression can also load a register.
func decodeImmediate(a *attrs) Target {
	register, data := a.uint32(unix.NFTA_IMMEDIATE_DREG), a.nested(unix.NFTA_IMMEDIATE_DATA)
	v := data.nested(unix.NFTA_DATA_VERDICT)
	code, chain := int32(v.uint32(unix.NFTA_VERDICT_CODE)), v.text(unix.NFTA_VERDICT_CHAIN)
	if register == unix.NFT_REG_VERDICT && a.complete() && data.complete() && !v.bad {
		switch {
		case code == codeAccept:
			return Accept
		case code == codeDrop:
			return Drop
		case code == codeReturn:
			return Return
		case code == codeJump && chain != "":
			return Jump{chain}
		case code == codeGoto && chain != "":
			return Goto{chain}
		}
	}
	return Opaque{Kind: Expression, Name: "immediate"}
}

// bitwise masks the loaded value. If the expression does anything else, the register's
// content is unknown from then on.
func (d *decoder) bitwise(a *attrs) {
	if l := d.load; l == nil {
		d.opaque("bitwise")
	} else if !l.apply(a) {
		d.load = nil
		d.opaque(l.String() + " bitwise")
	}
}

func (d *decoder) compare(a *attrs) {
	op, value := a.uint32(unix.NFTA_CMP_OP), a.data(unix.NFTA_CMP_DATA)
	l := d.loaded(a.uint32(unix.NFTA_CMP_SREG))
	switch {
	case l == nil || !a.complete():
		d.opaque("cmp")
	case !d.condition(l, op, value):
		d.opaque(l.String() + " " + opName(op) + " 0x" + hex.EncodeToString(value))
	}
}

func (d *decoder) inRange(a *attrs) {
	op := a.uint32(unix.NFTA_RANGE_OP)
	from, to := a.data(unix.NFTA_RANGE_FROM_DATA), a.data(unix.NFTA_RANGE_TO_DATA)
	l := d.loaded(a.uint32(unix.NFTA_RANGE_SREG))
	switch {
	case l == nil || !a.complete():
		d.opaque("range")
	case len(from) != 2 || len(to) != 2 || op > unix.NFT_RANGE_NEQ ||
		!d.port(l, PortRange{be16(from), be16(to)}, op == unix.NFT_RANGE_NEQ):
		d.opaque(fmt.Sprintf("%s %s 0x%x-0x%x", l, opName(op), from, to))
	}
}

// loaded returns the content of a register, or nil, and marks it as compared.
func (d *decoder) loaded(register uint32) *load {
	if d.load == nil || d.load.register != register {
		return nil
	}
	d.load.compared = true
	return d.load
}

// flush adds a load that was never compared, as opaque.
func (d *decoder) flush() {
	l := d.load
	d.load = nil
	if l != nil && !l.compared && !l.idle() {
		d.opaque(l.String())
	}
}

// conditional is called before anything that can end the rule. A counter before that
// point also counts packets that do not match, so it is not the rule's.
func (d *decoder) conditional() {
	if c := d.counter; c != nil {
		d.counter = nil
		d.add(Opaque{Kind: Expression, Name: fmt.Sprintf("counter packets %d bytes %d", c[0], c[1])})
	}
	d.displace()
}

// displace makes room for what follows a target, such as nft's "accept" after "log": the
// last target is the rule's, and earlier ones are shown before it.
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
	d.add(o)
}

func (d *decoder) add(m Match) { d.rule.Matches = append(d.rule.Matches, m) }

func (d *decoder) match(m Match) {
	d.flush()
	d.conditional()
	d.add(m)
}

// opaque adds an expression that is not understood.
func (d *decoder) opaque(name string) {
	d.conditional()
	d.add(Opaque{Kind: Expression, Name: name})
}

// statement adds an expression of unknown type. If it acts on packets, it is the target,
// as in iptables' "-j NFLOG".
func (d *decoder) statement(name string) {
	o := Opaque{Kind: Expression, Name: name}
	if o.acts() {
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
	packets, bytes := a.uint64(unix.NFTA_COUNTER_PACKETS), a.uint64(unix.NFTA_COUNTER_BYTES)
	a.skip(unix.NFTA_COUNTER_PAD)
	if !a.complete() {
		d.match(Opaque{Kind: Expression, Name: "counter"})
		return
	}
	d.flush()
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
