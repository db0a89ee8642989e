package nft

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// encoder turns a rule's statements into the expressions that nft writes for them.
type encoder struct {
	table *Table
	ip    Family // the version that packets here are known to have; 0: any
	l4    uint8  // likewise their protocol
	list  []expr.Any
	// anonymous returns the name and the id of a set that is part of the rule.
	anonymous func(*Set) (name string, id uint32)
}

// encode returns the expressions of a rule.
func (t *Table) encode(r *Rule, anonymous func(*Set) (string, uint32)) ([]expr.Any, error) {
	e := encoder{table: t, anonymous: anonymous}
	if t.Family != Inet {
		e.ip = t.Family
	}
	for _, s := range r.Statements {
		switch s := s.(type) {
		case Match:
			e.match(&s)
		case Branch:
			e.load(s.Left)
			e.lookup(s.Set, s.Name, &expr.Lookup{SourceRegister: register(0), IsDestRegSet: true})
		case Counter:
			e.add(&expr.Counter{})
		case Limit:
			e.add(&expr.Limit{Type: expr.LimitTypePkts, Rate: s.Rate, Unit: expr.LimitTime(s.Unit), Burst: s.Burst})
		case Verdict:
			e.add(&expr.Verdict{Kind: verdictKinds[s.Kind], Chain: s.Chain})
		case NAT:
			e.nat(&s)
		case Reject:
			e.reject(&s)
		default:
			return nil, fmt.Errorf("%s is not understood, so it cannot be written", s)
		}
	}
	return e.list, nil
}

func (e *encoder) add(x ...expr.Any) { e.list = append(e.list, x...) }

// register returns the register at a multiple of 4 bytes. Those at multiples of 16 have
// numbers of their own.
func register(word int) uint32 {
	if word%4 == 0 {
		return uint32(unix.NFT_REG_1 + word/4)
	}
	return uint32(unix.NFT_REG32_00 + word)
}

// require adds the tests of the version and the protocol that a selector needs.
func (e *encoder) require(s *Selector) {
	if s.ip != 0 && e.ip != s.ip {
		e.ip = s.ip
		e.test(selectNFProto, byte(s.ip))
	}
	if s.l4 != 0 && e.l4 != s.l4 {
		e.l4 = s.l4
		e.test(selectL4Proto, s.l4)
	}
}

func (e *encoder) test(s *Selector, value byte) {
	e.add(s.load.expression(register(0)), &expr.Cmp{Op: expr.CmpOpEq, Register: register(0), Data: []byte{value}})
}

// load adds the loads of selectors, one register after the other.
func (e *encoder) load(left []*Selector) {
	for _, s := range left {
		e.require(s)
	}
	word := 0
	for _, s := range left {
		e.add(s.load.expression(register(word)))
		word += (s.typ.size + 3) / 4
	}
}

// expression returns the expression that loads into a register.
func (l load) expression(register uint32) expr.Any {
	switch l.kind {
	case loadMeta:
		return &expr.Meta{Key: expr.MetaKey(l.key), Register: register}
	case loadNetwork:
		return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: l.offset, Len: l.length}
	case loadTransport:
		return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: l.offset, Len: l.length}
	case loadCt:
		return &expr.Ct{Register: register, Key: expr.CtKey(l.key)}
	case loadFibSource:
		return &expr.Fib{Register: register, ResultADDRTYPE: true, FlagSADDR: true}
	}
	return &expr.Fib{Register: register, ResultADDRTYPE: true, FlagDADDR: true}
}

var compareOps = [...]expr.CmpOp{
	Equal: expr.CmpOpEq, NotEqual: expr.CmpOpNeq, Less: expr.CmpOpLt, LessEqual: expr.CmpOpLte, Greater: expr.CmpOpGt, GreaterEqual: expr.CmpOpGte,
}

func (e *encoder) match(m *Match) {
	if m.Set != nil || m.Name != "" {
		e.load(m.Left)
		e.lookup(m.Set, m.Name, &expr.Lookup{SourceRegister: register(0), Invert: m.Op == NotEqual})
		return
	}
	s, v := m.Left[0], m.Right
	e.require(s)
	l := s.load
	cmp := func(op expr.CmpOp, b []byte) { e.add(&expr.Cmp{Op: op, Register: register(0), Data: b}) }
	mask := func(b []byte) {
		e.add(&expr.Bitwise{SourceRegister: register(0), DestRegister: register(0), Len: uint32(len(b)), Mask: b, Xor: make([]byte, len(b))})
	}
	switch {
	case v.Prefix && v.Bits%8 == 0 && v.Bits > 0:
		l.length = uint32(v.Bits / 8)
		e.add(l.expression(register(0)))
		cmp(compareOps[m.Op], v.First[:l.length])
	case v.Prefix:
		e.add(l.expression(register(0)))
		mask(prefixMask(len(v.First), v.Bits))
		cmp(compareOps[m.Op], v.First)
	case v.Last != nil && m.Op == Equal:
		e.add(l.expression(register(0)))
		cmp(expr.CmpOpGte, v.First)
		cmp(expr.CmpOpLte, v.Last)
	case v.Last != nil:
		e.add(l.expression(register(0)), &expr.Range{Op: expr.CmpOpNeq, Register: register(0), FromData: v.First, ToData: v.Last})
	case s.typ.flags() && m.Op == Equal:
		e.add(l.expression(register(0)))
		mask(v.First)
		cmp(expr.CmpOpNeq, make([]byte, len(v.First)))
	default:
		e.add(l.expression(register(0)))
		cmp(compareOps[m.Op], v.First)
	}
	e.learn(m)
}

// learn notes what packets are known to be after a match.
func (e *encoder) learn(m *Match) {
	if m.Op != Equal || !m.Right.one() {
		return
	}
	switch m.Left[0].name {
	case "meta l4proto", "ip protocol", "ip6 nexthdr":
		e.l4 = m.Right.First[0]
	case "meta nfproto":
		e.ip = Family(m.Right.First[0])
	}
}

func prefixMask(size, bits int) []byte {
	b := make([]byte, size)
	for i := range bits {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return b
}

// lookup adds a lookup in a set, named or not.
func (e *encoder) lookup(s *Set, name string, l *expr.Lookup) {
	if l.SetName = name; s != nil {
		l.SetName, l.SetID = e.anonymous(s)
	}
	e.add(l)
}

var verdictKinds = map[Kind]expr.VerdictKind{
	Accept: expr.VerdictAccept, Drop: expr.VerdictDrop, Return: expr.VerdictReturn, Continue: expr.VerdictContinue,
	Jump: expr.VerdictJump, Goto: expr.VerdictGoto,
}

func (e *encoder) reject(r *Reject) {
	if r.Reset && e.l4 != protoTCP {
		e.l4 = protoTCP
		e.test(selectL4Proto, protoTCP)
	}
	if !r.Reset && r.Type == rejectICMP && e.ip != r.Family {
		e.ip = r.Family
		e.test(selectNFProto, byte(r.Family))
	}
	e.add(&expr.Reject{Type: uint32(r.Type), Code: r.Code})
}

// nat loads the address and the port into registers that follow one another.
func (e *encoder) nat(n *NAT) {
	next := 0
	put := func(b []byte) (r uint32) {
		r = register(next)
		e.add(&expr.Immediate{Register: r, Data: b})
		next += 4
		return r
	}
	x := expr.NAT{Random: n.Random, FullyRandom: n.FullyRandom, Persistent: n.Persistent}
	if n.Map != nil {
		e.load(n.Map.Left)
		e.lookup(n.Map.Set, n.Map.Name, &expr.Lookup{SourceRegister: register(0), DestRegister: register(0), IsDestRegSet: true})
		x.RegAddrMin = register(0)
		if s := n.Map.set(e.table); s != nil && len(s.Data) > 1 {
			x.RegProtoMin = register(s.Data[0].size / 4)
		}
	}
	if n.Address.IsValid() {
		x.RegAddrMin = put(n.Address.AsSlice())
	}
	if n.Last.IsValid() {
		x.RegAddrMax = put(n.Last.AsSlice())
	}
	if n.Port != 0 {
		x.RegProtoMin, x.Specified = put(binary.BigEndian.AppendUint16(nil, n.Port)), true
	}
	if n.LastPort != 0 {
		x.RegProtoMax = put(binary.BigEndian.AppendUint16(nil, n.LastPort))
	}
	switch n.Kind {
	case Masquerade:
		e.add(&expr.Masq{Random: x.Random, FullyRandom: x.FullyRandom, Persistent: x.Persistent, ToPorts: x.Specified, RegProtoMin: x.RegProtoMin, RegProtoMax: x.RegProtoMax})
	case Redirect:
		flags := uint32(0)
		for _, f := range []struct {
			on  bool
			bit uint32
		}{{x.Specified, expr.NF_NAT_RANGE_PROTO_SPECIFIED}, {x.Random, expr.NF_NAT_RANGE_PROTO_RANDOM}, {x.FullyRandom, expr.NF_NAT_RANGE_PROTO_RANDOM_FULLY}, {x.Persistent, expr.NF_NAT_RANGE_PERSISTENT}} {
			if f.on {
				flags |= f.bit
			}
		}
		e.add(&expr.Redir{RegisterProtoMin: x.RegProtoMin, RegisterProtoMax: x.RegProtoMax, Flags: flags})
	default:
		x.Type, x.Family = expr.NATTypeSourceNAT, uint32(e.natFamily(n))
		if n.Kind == DNAT {
			x.Type = expr.NATTypeDestNAT
		}
		e.add(&x)
	}
}

// natFamily returns the family of a translated address.
func (e *encoder) natFamily(n *NAT) Family {
	if n.Family != 0 {
		return n.Family
	}
	return e.table.Family
}

// anonymousSets returns the sets that are part of rules.
func (r *Rule) anonymousSets() (list []*Set) {
	add := func(s *Set) {
		if s != nil {
			list = append(list, s)
		}
	}
	for _, s := range r.Statements {
		switch s := s.(type) {
		case Match:
			add(s.Set)
		case Branch:
			add(s.Set)
		case NAT:
			if s.Map != nil {
				add(s.Map.Set)
			}
		}
	}
	return slices.Clip(list)
}
