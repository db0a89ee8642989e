package iptables

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// register is the first 16-byte register, which iptables uses for every comparison.
const register = unix.NFT_REG_1

// errOpaque means that a part of a rule cannot be written.
var errOpaque = errors.New("not understood, so it cannot be written")

// marshal returns the elements of NFTA_RULE_EXPRESSIONS.
func (c *code) marshal() ([]byte, error) {
	var out []byte
	for i, e := range c.list {
		name, data, err := c.expression(i, e)
		if err != nil {
			return nil, err
		}
		out = append(out, nflink.Group(unix.NFTA_LIST_ELEM, nflink.Text(unix.NFTA_EXPR_NAME, name), nflink.Group(unix.NFTA_EXPR_DATA, data...))...)
	}
	return out, nil
}

func (c *code) expression(at int, e any) (name string, data [][]byte, err error) {
	switch e := e.(type) {
	case metaLoad:
		return "meta", [][]byte{nflink.Uint32(unix.NFTA_META_KEY, e.key), nflink.Uint32(unix.NFTA_META_DREG, register)}, nil
	case headerLoad:
		return "payload", [][]byte{
			nflink.Uint32(unix.NFTA_PAYLOAD_DREG, register), nflink.Uint32(unix.NFTA_PAYLOAD_BASE, e.base),
			nflink.Uint32(unix.NFTA_PAYLOAD_OFFSET, e.offset), nflink.Uint32(unix.NFTA_PAYLOAD_LEN, e.length),
		}, nil
	case masked:
		return "bitwise", [][]byte{
			nflink.Uint32(unix.NFTA_BITWISE_SREG, register), nflink.Uint32(unix.NFTA_BITWISE_DREG, register), nflink.Uint32(unix.NFTA_BITWISE_LEN, uint32(len(e.mask))),
			nflink.Data(unix.NFTA_BITWISE_MASK, e.mask), nflink.Data(unix.NFTA_BITWISE_XOR, make([]byte, len(e.mask))),
		}, nil
	case comparison:
		return "cmp", [][]byte{nflink.Uint32(unix.NFTA_CMP_SREG, register), nflink.Uint32(unix.NFTA_CMP_OP, e.op), nflink.Data(unix.NFTA_CMP_DATA, e.value)}, nil
	case between:
		op := uint32(unix.NFT_RANGE_EQ)
		if e.not {
			op = unix.NFT_RANGE_NEQ
		}
		return "range", [][]byte{
			nflink.Uint32(unix.NFTA_RANGE_SREG, register), nflink.Uint32(unix.NFTA_RANGE_OP, op),
			nflink.Data(unix.NFTA_RANGE_FROM_DATA, e.from), nflink.Data(unix.NFTA_RANGE_TO_DATA, e.to),
		}, nil
	case rate:
		return "limit", [][]byte{
			nflink.Uint64(unix.NFTA_LIMIT_RATE, e.packets), nflink.Uint64(unix.NFTA_LIMIT_UNIT, e.seconds), nflink.Uint32(unix.NFTA_LIMIT_BURST, e.burst),
			nflink.Uint32(unix.NFTA_LIMIT_TYPE, unix.NFT_LIMIT_PKTS), nflink.Uint32(unix.NFTA_LIMIT_FLAGS, 0),
		}, nil
	case counting:
		return "counter", [][]byte{nflink.Uint64(unix.NFTA_COUNTER_BYTES, 0), nflink.Uint64(unix.NFTA_COUNTER_PACKETS, 0)}, nil
	case verdictOf:
		v := [][]byte{nflink.Uint32(unix.NFTA_VERDICT_CODE, uint32(e.code))}
		if e.chain != "" {
			v = append(v, nflink.Text(unix.NFTA_VERDICT_CHAIN, e.chain))
		}
		return "immediate", [][]byte{
			nflink.Uint32(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT),
			nflink.Group(unix.NFTA_IMMEDIATE_DATA, nflink.Group(unix.NFTA_DATA_VERDICT, v...)),
		}, nil
	case xtension:
		// Matches and targets have attributes of the same numbers.
		name = "match"
		if e.target {
			name = "target"
		}
		info := append(e.info[:len(e.info):len(e.info)], make([]byte, -len(e.info)&7)...) // XT_ALIGN
		return name, [][]byte{nflink.Text(unix.NFTA_MATCH_NAME, e.name), nflink.Uint32(unix.NFTA_MATCH_REV, e.revision), nflink.Field(unix.NFTA_MATCH_INFO, info)}, nil
	}
	return "", nil, fmt.Errorf("expression %d, %v: %w", at, e, errOpaque)
}

// usesXtables reports whether the code has a match or target that may ask for the rule's
// protocol.
func (c *code) usesXtables() bool {
	for _, e := range c.list {
		if _, is := e.(xtension); is {
			return true
		}
	}
	return false
}

// ruleFields returns the attributes of a rule's message, without the table and the chain.
func ruleFields(f Family, r Rule) ([]byte, error) {
	const inverted = 1 << 1 // NFT_RULE_COMPAT_F_INV
	c := encode(f, r)
	expressions, err := c.marshal()
	if err != nil {
		return nil, err
	}
	out := nflink.Group(unix.NFTA_RULE_EXPRESSIONS, expressions)
	if r.Protocol.Number != 0 && c.usesXtables() {
		flags := uint32(0)
		if r.Protocol.Not {
			flags = inverted
		}
		out = append(out, nflink.Group(unix.NFTA_RULE_COMPAT,
			nflink.Uint32(unix.NFTA_RULE_COMPAT_PROTO, uint32(r.Protocol.Number)), nflink.Uint32(unix.NFTA_RULE_COMPAT_FLAGS, flags))...)
	}
	return out, nil
}
