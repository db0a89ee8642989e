package iptables

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"golang.org/x/sys/unix"
)

// register is the first 16-byte register, which iptables uses for every comparison.
const register = unix.NFT_REG_1

// errOpaque means that a part of a rule cannot be written.
var errOpaque = errors.New("not understood, so it cannot be written")

// encode returns the expressions that iptables-nft 1.8.9 creates for a rule, in the same
// order: interfaces, protocol, addresses, matches, counter, target. For the exception
// see encodePorts.
func encode(r Rule) ([]expr.Any, error) {
	e := make([]expr.Any, 0, 12)
	e = encodeInterface(e, expr.MetaKeyIIFNAME, r.In)
	e = encodeInterface(e, expr.MetaKeyOIFNAME, r.Out)
	if r.Protocol.Number != 0 {
		e = append(e, &expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register},
			compare(equal(r.Protocol.Not), []byte{byte(r.Protocol.Number)}))
	}
	e = encodeAddress(e, offsetSource, r.Source)
	e = encodeAddress(e, offsetDestination, r.Destination)
	for _, m := range r.Matches {
		switch m := m.(type) {
		case AddrType:
			e = append(e, &expr.Match{Name: "addrtype", Rev: 1, Info: addrTypeInfo(m)})
		case ConnState:
			e = append(e, &expr.Match{Name: "conntrack", Rev: 3, Info: connStateInfo(m)})
		case Ports:
			e = encodePorts(e, m)
		case Opaque:
			return nil, fmt.Errorf("%s: %w", m, errOpaque)
		default:
			return nil, fmt.Errorf("match %T: %w", m, errOpaque)
		}
	}
	e = append(e, &expr.Counter{})
	switch t := r.Target.(type) {
	case nil:
	case Verdict:
		kinds := map[Verdict]expr.VerdictKind{Accept: expr.VerdictAccept, Drop: expr.VerdictDrop, Return: expr.VerdictReturn}
		e = append(e, &expr.Verdict{Kind: kinds[t]})
	case Jump:
		e = append(e, &expr.Verdict{Kind: expr.VerdictJump, Chain: t.Chain})
	case DNAT:
		e = append(e, &expr.Target{Name: "DNAT", Rev: 2, Info: dnatInfo(t)})
	case SNAT:
		e = append(e, &expr.Target{Name: "SNAT", Info: snatInfo(t)})
	case Masquerade:
		e = append(e, &expr.Target{Name: "MASQUERADE", Info: &xt.NatIPv4MultiRangeCompat{{}}})
	case Opaque:
		return nil, fmt.Errorf("%s: %w", t, errOpaque)
	default:
		return nil, fmt.Errorf("target %T: %w", t, errOpaque)
	}
	return e, nil
}

// encodeInterface compares a name including its NUL or, for a wildcard, the prefix
// without a NUL.
func encodeInterface(e []expr.Any, key expr.MetaKey, i Interface) []expr.Any {
	if i.Name == "" {
		return e
	}
	op, value := equal(i.Not), i.Name+"\x00"
	if prefix, wildcard := strings.CutSuffix(i.Name, "+"); wildcard {
		value = prefix
		if prefix == "" { // "! -i +"
			op, value = expr.CmpOpEq, noInterface+"\x00"
		}
	}
	return append(e, &expr.Meta{Key: key, Register: register}, compare(op, []byte(value)))
}

// encodeAddress loads only the bytes to compare, and masks if the prefix ends within a
// byte.
func encodeAddress(e []expr.Any, offset uint32, a Address) []expr.Any {
	if !a.Prefix.IsValid() {
		return e
	}
	address, length := a.Prefix.Addr().As4(), a.Prefix.Bits()
	if length%8 == 0 {
		e = append(e, loadHeader(unix.NFT_PAYLOAD_NETWORK_HEADER, offset, uint32(length/8)))
		return append(e, compare(equal(a.Not), address[:length/8]))
	}
	mask := binary.BigEndian.AppendUint32(nil, math.MaxUint32<<(32-length))
	return append(e,
		loadHeader(unix.NFT_PAYLOAD_NETWORK_HEADER, offset, 4),
		&expr.Bitwise{SourceRegister: register, DestRegister: register, Len: 4, Mask: mask, Xor: make([]byte, 4)},
		compare(equal(a.Not), address[:]))
}

// encodePorts compares ports with nf_tables expressions, as iptables does since 1.8.8. A
// match without ports is an xt match.
//
// For two single ports, iptables compares both at once, even if they are negated. But
// the negation of both is "not both", which is not what "! --sport A ! --dport B" means,
// so here they become two comparisons.
func encodePorts(e []expr.Any, p Ports) []expr.Any {
	source, dest := p.Source != PortRange{}, p.Destination != PortRange{}
	single := source && dest && p.Source.First == p.Source.Last && p.Destination.First == p.Destination.Last
	switch {
	case !source && !dest:
		return append(e, barePorts(p.Protocol))
	case single && !p.NotSource && !p.NotDestination:
		value := binary.BigEndian.AppendUint16(nil, p.Source.First)
		value = binary.BigEndian.AppendUint16(value, p.Destination.First)
		return append(e, loadHeader(unix.NFT_PAYLOAD_TRANSPORT_HEADER, offsetSourcePort, 4), compare(expr.CmpOpEq, value))
	}
	if source {
		e = encodePort(e, offsetSourcePort, p.Source, p.NotSource)
	}
	if dest {
		e = encodePort(e, offsetDestPort, p.Destination, p.NotDestination)
	}
	return e
}

func encodePort(e []expr.Any, offset uint32, r PortRange, not bool) []expr.Any {
	first, last := binary.BigEndian.AppendUint16(nil, r.First), binary.BigEndian.AppendUint16(nil, r.Last)
	e = append(e, loadHeader(unix.NFT_PAYLOAD_TRANSPORT_HEADER, offset, 2))
	switch {
	case r.First == r.Last:
		return append(e, compare(equal(not), first))
	case r.First == 0 && not:
		return append(e, compare(expr.CmpOpGt, last))
	case r.First == 0:
		return append(e, compare(expr.CmpOpLte, last))
	}
	return append(e, &expr.Range{Op: equal(not), Register: register, FromData: first, ToData: last})
}

func equal(not bool) expr.CmpOp {
	if not {
		return expr.CmpOpNeq
	}
	return expr.CmpOpEq
}

func compare(op expr.CmpOp, value []byte) *expr.Cmp {
	return &expr.Cmp{Op: op, Register: register, Data: value}
}

func loadHeader(base expr.PayloadBase, offset, length uint32) *expr.Payload {
	return &expr.Payload{DestRegister: register, Base: base, Offset: offset, Len: length}
}
