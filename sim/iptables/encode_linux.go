package iptables

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// register is the first 16-byte register, which iptables uses for every comparison.
const register = unix.NFT_REG_1

// errOpaque means that a part of a rule cannot be written.
var errOpaque = errors.New("not understood, so it cannot be written")

// field returns a netlink attribute: a header (struct nlattr), the value, and padding to 4
// bytes.
func field(kind uint16, parts ...[]byte) []byte {
	b := make([]byte, unix.NLA_HDRLEN)
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.NativeEndian.PutUint16(b, uint16(len(b)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	return append(b, make([]byte, -len(b)&3)...)
}

// group returns an attribute that holds attributes.
func group(kind uint16, parts ...[]byte) []byte { return field(kind|unix.NLA_F_NESTED, parts...) }

func field32(kind uint16, v uint32) []byte {
	return field(kind, binary.BigEndian.AppendUint32(nil, v))
}

func field64(kind uint16, v uint64) []byte {
	return field(kind, binary.BigEndian.AppendUint64(nil, v))
}

func fieldText(kind uint16, s string) []byte { return field(kind, append([]byte(s), 0)) }

func fieldData(kind uint16, value []byte) []byte {
	return group(kind, field(unix.NFTA_DATA_VALUE, value))
}

// marshal returns the elements of NFTA_RULE_EXPRESSIONS.
func (c *code) marshal() ([]byte, error) {
	var out []byte
	for i, e := range c.list {
		name, data, err := c.expression(i, e)
		if err != nil {
			return nil, err
		}
		out = append(out, group(unix.NFTA_LIST_ELEM, fieldText(unix.NFTA_EXPR_NAME, name), group(unix.NFTA_EXPR_DATA, data...))...)
	}
	return out, nil
}

func (c *code) expression(at int, e any) (name string, data [][]byte, err error) {
	switch e := e.(type) {
	case metaLoad:
		return "meta", [][]byte{field32(unix.NFTA_META_KEY, e.key), field32(unix.NFTA_META_DREG, register)}, nil
	case headerLoad:
		return "payload", [][]byte{
			field32(unix.NFTA_PAYLOAD_DREG, register), field32(unix.NFTA_PAYLOAD_BASE, e.base),
			field32(unix.NFTA_PAYLOAD_OFFSET, e.offset), field32(unix.NFTA_PAYLOAD_LEN, e.length),
		}, nil
	case masked:
		return "bitwise", [][]byte{
			field32(unix.NFTA_BITWISE_SREG, register), field32(unix.NFTA_BITWISE_DREG, register), field32(unix.NFTA_BITWISE_LEN, uint32(len(e.mask))),
			fieldData(unix.NFTA_BITWISE_MASK, e.mask), fieldData(unix.NFTA_BITWISE_XOR, make([]byte, len(e.mask))),
		}, nil
	case comparison:
		return "cmp", [][]byte{field32(unix.NFTA_CMP_SREG, register), field32(unix.NFTA_CMP_OP, e.op), fieldData(unix.NFTA_CMP_DATA, e.value)}, nil
	case between:
		op := uint32(unix.NFT_RANGE_EQ)
		if e.not {
			op = unix.NFT_RANGE_NEQ
		}
		return "range", [][]byte{
			field32(unix.NFTA_RANGE_SREG, register), field32(unix.NFTA_RANGE_OP, op),
			fieldData(unix.NFTA_RANGE_FROM_DATA, e.from), fieldData(unix.NFTA_RANGE_TO_DATA, e.to),
		}, nil
	case rate:
		return "limit", [][]byte{
			field64(unix.NFTA_LIMIT_RATE, e.packets), field64(unix.NFTA_LIMIT_UNIT, e.seconds), field32(unix.NFTA_LIMIT_BURST, e.burst),
			field32(unix.NFTA_LIMIT_TYPE, unix.NFT_LIMIT_PKTS), field32(unix.NFTA_LIMIT_FLAGS, 0),
		}, nil
	case counting:
		return "counter", [][]byte{field64(unix.NFTA_COUNTER_BYTES, 0), field64(unix.NFTA_COUNTER_PACKETS, 0)}, nil
	case verdictOf:
		v := [][]byte{field32(unix.NFTA_VERDICT_CODE, uint32(e.code))}
		if e.chain != "" {
			v = append(v, fieldText(unix.NFTA_VERDICT_CHAIN, e.chain))
		}
		return "immediate", [][]byte{
			field32(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT),
			group(unix.NFTA_IMMEDIATE_DATA, group(unix.NFTA_DATA_VERDICT, v...)),
		}, nil
	case xtension:
		// Matches and targets have attributes of the same numbers.
		name = "match"
		if e.target {
			name = "target"
		}
		info := append(e.info[:len(e.info):len(e.info)], make([]byte, -len(e.info)&7)...) // XT_ALIGN
		return name, [][]byte{fieldText(unix.NFTA_MATCH_NAME, e.name), field32(unix.NFTA_MATCH_REV, e.revision), field(unix.NFTA_MATCH_INFO, info)}, nil
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
func ruleFields(r Rule) ([]byte, error) {
	const inverted = 1 << 1 // NFT_RULE_COMPAT_F_INV
	c := encode(r)
	expressions, err := c.marshal()
	if err != nil {
		return nil, err
	}
	out := group(unix.NFTA_RULE_EXPRESSIONS, expressions)
	if r.Protocol.Number != 0 && c.usesXtables() {
		flags := uint32(0)
		if r.Protocol.Not {
			flags = inverted
		}
		out = append(out, group(unix.NFTA_RULE_COMPAT,
			field32(unix.NFTA_RULE_COMPAT_PROTO, uint32(r.Protocol.Number)), field32(unix.NFTA_RULE_COMPAT_FLAGS, flags))...)
	}
	return out, nil
}
