package nft

import (
	"bytes"
	"math/bits"
	"net/netip"

	"github.com/google/nftables/expr"
)

// decoder turns a rule's expressions into statements.
type decoder struct {
	table *Table
	sets  map[string]*Set // those that are parts of rules, by name
	list  []expr.Any
	ip    Family // the version that packets here are known to have; 0: any
	l4    uint8  // likewise their protocol
	used  []string
	regs  map[uint32][]byte // what was loaded for a translation
	found *Lookup           // the map in which a translation's address was found
}

// decode returns the statements of a rule's expressions, or nil if they are not understood:
// unless the statements yield the same expressions.
func (t *Table) decode(list []expr.Any, sets map[string]*Set) []Statement {
	if list == nil || t.Family != Inet && t.Family != IPv4 && t.Family != IPv6 {
		return nil
	}
	d := decoder{table: t, sets: sets, list: list}
	if t.Family != Inet {
		d.ip = t.Family
	}
	var out []Statement
	for i := 0; i < len(list); {
		s, after := d.statement(i)
		if after <= i {
			return nil
		}
		if i = after; s != nil {
			out = append(out, s)
		}
	}
	names := d.used
	again, err := t.encode(&Rule{Statements: out}, func(*Set) (name string, id uint32) {
		if len(names) > 0 {
			name, names = names[0], names[1:]
		}
		return name, 0
	})
	if err != nil || !sameExpressions(list, again) {
		return nil
	}
	return out
}

// statement decodes the statement that begins at an expression, and returns where it ends: 0 if
// it is not understood. It is nil for expressions that belong to what follows.
func (d *decoder) statement(i int) (s Statement, after int) {
	switch x := d.list[i].(type) {
	case *expr.Counter:
		return Counter{}, i + 1
	case *expr.Limit:
		return Limit{Rate: x.Rate, Unit: uint64(x.Unit), Burst: x.Burst}, i + 1
	case *expr.Verdict:
		for k, v := range verdictKinds {
			if v == x.Kind {
				return Verdict{k, x.Chain}, i + 1
			}
		}
		return nil, 0
	case *expr.Reject:
		return d.reject(x), i + 1
	case *expr.Immediate:
		if d.regs == nil {
			d.regs = map[uint32][]byte{}
		}
		d.regs[x.Register] = x.Data
		return nil, i + 1
	case *expr.NAT, *expr.Masq, *expr.Redir:
		if n, ok := d.nat(x); ok {
			return n, i + 1
		}
		return nil, 0
	}
	if s, after := d.implied(i); after != 0 {
		return s, after
	}
	return d.comparison(i)
}

// implied decodes a test of the version or the protocol together with the statement that
// needs it, such as "tcp dport 80".
func (d *decoder) implied(i int) (Statement, int) {
	if i+2 >= len(d.list) {
		return nil, 0
	}
	l, r, ok := loadOf(d.list[i])
	c, compares := d.list[i+1].(*expr.Cmp)
	if !ok || !compares || r != register(0) || c.Register != r || c.Op != expr.CmpOpEq || len(c.Data) != 1 {
		return nil, 0
	}
	before := *d
	var needs func(*Selector) bool
	switch value := c.Data[0]; l {
	case selectL4Proto.load:
		d.l4 = value
		needs = func(s *Selector) bool { return s.l4 == value && before.l4 != value }
	case selectNFProto.load:
		d.ip = Family(value)
		needs = func(s *Selector) bool { return s.ip == Family(value) && before.ip != Family(value) }
	default:
		return nil, 0
	}
	s, after := d.statement(i + 2)
	if s != nil && after != 0 && d.needed(s, needs, l) {
		return s, after
	}
	*d = before
	return nil, 0
}

// needed reports whether a statement implies a test.
func (d *decoder) needed(s Statement, needs func(*Selector) bool, l load) bool {
	var left []*Selector
	switch s := s.(type) {
	case Match:
		left = s.Left
	case Branch:
		left = s.Left
	case NAT:
		if s.Map != nil {
			left = s.Map.Left
		}
	case Reject:
		if l == selectL4Proto.load { // in tables of family inet, nft shows the test
			return s.Reset && d.table.Family != Inet
		}
		return s.Type == rejectICMP && !s.Reset
	}
	for _, one := range left {
		if needs(one) {
			return true
		}
	}
	return false
}

// comparison decodes loads and what is done with the loaded values.
func (d *decoder) comparison(i int) (Statement, int) {
	left, at := d.loads(i)
	if at == i || at >= len(d.list) {
		return nil, 0
	}
	if x, is := d.list[at].(*expr.Lookup); is {
		return d.lookup(left, x, at+1)
	}
	if len(left) != 1 {
		return nil, 0
	}
	m, after := d.value(left[0], i, at)
	if after == 0 {
		return nil, 0
	}
	e := encoder{ip: d.ip, l4: d.l4}
	e.learn(&m)
	d.ip, d.l4 = e.ip, e.l4
	return m, after
}

// loads decodes loads into registers that follow one another.
func (d *decoder) loads(i int) (left []*Selector, after int) {
	word := 0
	for ; i < len(d.list); i++ {
		l, r, ok := loadOf(d.list[i])
		if !ok || r != register(word) {
			break
		}
		s := selectorFor(l, d.ip, d.l4)
		if s == nil && word == 0 {
			s = d.shortened(l)
		}
		if s == nil {
			return nil, 0
		}
		left = append(left, s)
		word += (s.typ.size + 3) / 4
	}
	return left, i
}

// shortened returns the selector of an address of which only some bytes are loaded.
func (d *decoder) shortened(l load) *Selector {
	for _, s := range selectors {
		if (s.typ == ip4 || s.typ == ip6) && s.ip == d.ip && s.load.kind == l.kind && s.load.offset == l.offset && l.length < s.load.length {
			return s
		}
	}
	return nil
}

// lookup decodes a lookup in a set.
func (d *decoder) lookup(left []*Selector, x *expr.Lookup, after int) (Statement, int) {
	set, name := d.sets[x.SetName], x.SetName
	if set != nil {
		name = ""
		d.used = append(d.used, x.SetName)
	} else if named := d.table.Set(name); named == nil {
		return nil, 0
	}
	switch {
	case !x.IsDestRegSet && x.Invert:
		return Match{Left: left, Op: NotEqual, Set: set, Name: name}, after
	case !x.IsDestRegSet:
		return Match{Left: left, Set: set, Name: name}, after
	case x.DestRegister == 0:
		return Branch{left, set, name}, after
	}
	d.found = &Lookup{left, set, name}
	if after < len(d.list) {
		if n, ok := d.nat(d.list[after]); ok {
			return n, after + 1
		}
	}
	return nil, 0
}

var compareOpsBack = map[expr.CmpOp]Op{
	expr.CmpOpEq: Equal, expr.CmpOpNeq: NotEqual, expr.CmpOpLt: Less, expr.CmpOpLte: LessEqual, expr.CmpOpGt: Greater, expr.CmpOpGte: GreaterEqual,
}

// value decodes the comparison of one loaded value.
func (d *decoder) value(s *Selector, loaded, at int) (m Match, after int) {
	m.Left = []*Selector{s}
	var mask []byte
	if x, is := d.list[at].(*expr.Bitwise); is && at+1 < len(d.list) {
		mask = x.Mask
		at++
	}
	switch x := d.list[at].(type) {
	case *expr.Range:
		m.Op, m.Right = NotEqual, Value{First: x.FromData, Last: x.ToData}
		return m, at + 1
	case *expr.Cmp:
		m.Op = compareOpsBack[x.Op]
		l, _, _ := loadOf(d.list[loaded])
		switch {
		case mask != nil && s.typ.flags():
			m.Op, m.Right = Equal, Value{First: mask}
		case mask != nil:
			m.Right = maskedPrefix(s.typ, mask, x.Data)
		case s.load.length != l.length:
			m.Right = maskedPrefix(s.typ, prefixMask(s.typ.size, 8*int(l.length)), append(bytes.Clone(x.Data), make([]byte, s.typ.size)...)[:s.typ.size])
		case x.Op == expr.CmpOpGte && at+1 < len(d.list) && isLast(d.list[at+1]):
			m.Op, m.Right = Equal, Value{First: x.Data, Last: d.list[at+1].(*expr.Cmp).Data}
			return m, at + 2
		default:
			m.Right = Value{First: x.Data}
		}
		return m, at + 1
	}
	return m, 0
}

// isLast reports whether an expression is the second half of a range.
func isLast(x expr.Any) bool {
	c, is := x.(*expr.Cmp)
	return is && c.Op == expr.CmpOpLte
}

// maskedPrefix returns the prefix of a mask. A mask that is none yields a value that differs.
func maskedPrefix(t *Type, mask, b []byte) Value {
	ones := 0
	for _, octet := range mask {
		ones += bits.OnesCount8(octet)
	}
	a, ok := netip.AddrFromSlice(b)
	if t != ip4 && t != ip6 || !ok || len(mask) != t.size || ones == 8*t.size {
		return Value{}
	}
	return prefixValue(netip.PrefixFrom(a, ones).Masked())
}

func (d *decoder) reject(x *expr.Reject) Reject {
	r := Reject{Type: uint8(x.Type), Code: x.Code, table: d.table.Family}
	switch x.Type {
	case rejectReset:
		r.Reset = true
	case rejectICMP:
		r.Family = d.ip
	}
	return r
}

// nat decodes a translation, whose address and port are in registers.
func (d *decoder) nat(x expr.Any) (n NAT, ok bool) {
	var r struct{ address, lastAddress, port, lastPort uint32 }
	switch x := x.(type) {
	case *expr.NAT:
		n = NAT{Kind: SNAT, Random: x.Random, FullyRandom: x.FullyRandom, Persistent: x.Persistent}
		if x.Type == expr.NATTypeDestNAT {
			n.Kind = DNAT
		}
		r.address, r.lastAddress, r.port, r.lastPort = x.RegAddrMin, x.RegAddrMax, x.RegProtoMin, x.RegProtoMax
		if d.table.Family == Inet {
			n.Family = Family(x.Family)
		}
	case *expr.Masq:
		n = NAT{Kind: Masquerade, Random: x.Random, FullyRandom: x.FullyRandom, Persistent: x.Persistent}
		r.port, r.lastPort = x.RegProtoMin, x.RegProtoMax
	case *expr.Redir:
		n = NAT{
			Kind: Redirect, Random: x.Flags&expr.NF_NAT_RANGE_PROTO_RANDOM != 0,
			FullyRandom: x.Flags&expr.NF_NAT_RANGE_PROTO_RANDOM_FULLY != 0, Persistent: x.Flags&expr.NF_NAT_RANGE_PERSISTENT != 0,
		}
		r.port, r.lastPort = x.RegisterProtoMin, x.RegisterProtoMax
	default:
		return n, false
	}
	if n.Map = d.found; n.Map != nil {
		if s := n.Map.set(d.table); s != nil && len(s.Data) > 1 { // nft names the family of concatenated data
			n.Family = d.table.Family
			if f, is := x.(*expr.NAT); is {
				n.Family = Family(f.Family)
			}
		}
		return n, true
	}
	n.Address, _ = netip.AddrFromSlice(d.regs[r.address])
	n.Last, _ = netip.AddrFromSlice(d.regs[unlessFirst(r.address, r.lastAddress)])
	n.Port, n.LastPort = be16(d.regs[r.port]), be16(d.regs[unlessFirst(r.port, r.lastPort)])
	return n, true
}
