package nft

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// newExpression returns an empty expression of a kind, or nil if the kind is not used here.
func newExpression(name string) expr.Any {
	switch name {
	case "meta":
		return &expr.Meta{}
	case "payload":
		return &expr.Payload{}
	case "cmp":
		return &expr.Cmp{}
	case "bitwise":
		return &expr.Bitwise{}
	case "range":
		return &expr.Range{}
	case "lookup":
		return &expr.Lookup{}
	case "immediate":
		return &expr.Immediate{}
	case "counter":
		return &expr.Counter{}
	case "limit":
		return &expr.Limit{}
	case "ct":
		return &expr.Ct{}
	case "fib":
		return &expr.Fib{}
	case "nat":
		return &expr.NAT{}
	case "masq":
		return &expr.Masq{}
	case "redir":
		return &expr.Redir{}
	case "reject":
		return &expr.Reject{}
	}
	return nil
}

// readExpression decodes an expression. It returns nil unless the kernel's attributes are
// those that the result would be written with.
func readExpression(f Family, name string, data []byte) expr.Any {
	x := newExpression(name)
	if x == nil || expr.Unmarshal(byte(f), data, x) != nil {
		return nil
	}
	if i, is := x.(*expr.Immediate); is && i.Register == unix.NFT_REG_VERDICT {
		if v, ok := readVerdict(data); ok {
			return v
		}
		return nil
	}
	again, err := expr.MarshalExprData(byte(f), x)
	if err != nil {
		return nil
	}
	a, err := parseAttrs(data)
	if err != nil {
		return nil
	}
	b, err := parseAttrs(again)
	if err != nil {
		return nil
	}
	if kind, has := natFlags[name]; has {
		a.given(kind)
		b.given(kind)
		oneOf(&a, name)
		oneOf(&b, name)
	}
	if name != "counter" && !a.equal(&b) {
		return nil
	}
	return x
}

// readVerdict decodes an expression that gives a verdict.
func readVerdict(data []byte) (*expr.Verdict, bool) {
	m, err := parseAttrs(data)
	if err != nil || !m.only(unix.NFTA_IMMEDIATE_DREG, unix.NFTA_IMMEDIATE_DATA) {
		return nil, false
	}
	d, err := m.nested(unix.NFTA_IMMEDIATE_DATA)
	if err != nil || !d.only(unix.NFTA_DATA_VERDICT) {
		return nil, false
	}
	v, err := d.nested(unix.NFTA_DATA_VERDICT)
	if err != nil || !v.only(unix.NFTA_VERDICT_CODE, unix.NFTA_VERDICT_CHAIN) {
		return nil, false
	}
	return &expr.Verdict{Kind: expr.VerdictKind(int32(v.uint32(unix.NFTA_VERDICT_CODE))), Chain: v.text(unix.NFTA_VERDICT_CHAIN)}, true
}

// natFlags are the attributes with the flags of translations.
var natFlags = map[string]uint16{"nat": unix.NFTA_NAT_FLAGS, "masq": unix.NFTA_MASQ_FLAGS, "redir": unix.NFTA_REDIR_FLAGS}

// given removes the flags that the kernel derives from other attributes: that there is an
// address, and that there is a port.
func (m *message) given(kind uint16) {
	const derived = unix.NF_NAT_RANGE_MAP_IPS | unix.NF_NAT_RANGE_PROTO_SPECIFIED
	m.attrs[kind] = binary.BigEndian.AppendUint32(nil, m.uint32(kind)&^derived)
}

// oneOf removes the last address or port of a range if it is the first: the kernel adds it.
func oneOf(m *message, name string) {
	for _, r := range map[string][][2]uint16{
		"nat":   {{unix.NFTA_NAT_REG_ADDR_MIN, unix.NFTA_NAT_REG_ADDR_MAX}, {unix.NFTA_NAT_REG_PROTO_MIN, unix.NFTA_NAT_REG_PROTO_MAX}},
		"masq":  {{unix.NFTA_MASQ_REG_PROTO_MIN, unix.NFTA_MASQ_REG_PROTO_MAX}},
		"redir": {{unix.NFTA_REDIR_REG_PROTO_MIN, unix.NFTA_REDIR_REG_PROTO_MAX}},
	}[name] {
		if bytes.Equal(m.attrs[r[0]], m.attrs[r[1]]) {
			delete(m.attrs, r[1])
		}
	}
}

// readExpressions decodes the expressions of a rule. It returns nil if one is not understood.
func readExpressions(f Family, b []byte) (list []expr.Any) {
	bad := elements(b, func(_ uint16, b []byte) error {
		e, err := parseAttrs(b)
		if err != nil {
			return err
		}
		x := readExpression(f, e.text(unix.NFTA_EXPR_NAME), e.attrs[unix.NFTA_EXPR_DATA])
		if x == nil {
			return errMessage
		}
		list = append(list, x)
		return nil
	})
	if bad != nil {
		return nil
	}
	return divided(f, list)
}

// divided undoes nft's merging: it compares fields of a header that follow each other at once,
// such as both ports.
func divided(f Family, list []expr.Any) (out []expr.Any) {
	for i := 0; i < len(list); i++ {
		if m, is := list[i].(*expr.Meta); is && m.Key == expr.MetaKeyNFPROTO && i+1 < len(list) {
			if c, tests := list[i+1].(*expr.Cmp); tests && c.Op == expr.CmpOpEq && len(c.Data) == 1 {
				f = Family(c.Data[0])
			}
		}
		l, loads := list[i].(*expr.Payload)
		if loads && i+1 < len(list) {
			c, compares := list[i+1].(*expr.Cmp)
			if first := firstField(f, l); compares && first > 0 && c.Op == expr.CmpOpEq && len(c.Data) == int(l.Len) {
				for _, part := range [][2]uint32{{0, first}, {first, l.Len}} {
					load, cmp := *l, *c
					load.Offset, load.Len, cmp.Data = l.Offset+part[0], part[1]-part[0], c.Data[part[0]:part[1]]
					out = append(out, &load, &cmp)
				}
				i++
				continue
			}
		}
		out = append(out, list[i])
	}
	return out
}

// firstField returns the length of the first of two fields that are loaded at once, or 0. The
// fields of the network header depend on the version of IP: in a table of family inet, on a test
// before.
func firstField(f Family, l *expr.Payload) uint32 {
	whole, _, ok := loadOf(l)
	if !ok {
		return 0
	}
	field := func(offset, length uint32) bool {
		return slices.ContainsFunc(selectors, func(s *Selector) bool {
			return s.load.kind == whole.kind && s.load.offset == offset && s.load.length == length && (s.ip == 0 || s.ip == f)
		})
	}
	if field(whole.offset, whole.length) {
		return 0
	}
	for first := uint32(1); first < whole.length; first++ {
		if field(whole.offset, first) && field(whole.offset+first, whole.length-first) {
			return first
		}
	}
	return 0
}

// loadOf returns what an expression loads into a register. ok is false if it does anything
// else.
func loadOf(x expr.Any) (l load, register uint32, ok bool) {
	switch x := x.(type) {
	case *expr.Meta:
		return load{kind: loadMeta, key: uint32(x.Key)}, x.Register, !x.SourceRegister
	case *expr.Payload:
		if x.OperationType != expr.PayloadLoad {
			return l, 0, false
		}
		l = load{kind: loadTransport, offset: x.Offset, length: x.Len}
		if x.Base == expr.PayloadBaseNetworkHeader {
			l.kind = loadNetwork
		}
		return l, x.DestRegister, x.Base == expr.PayloadBaseNetworkHeader || x.Base == expr.PayloadBaseTransportHeader
	case *expr.Ct:
		return load{kind: loadCt, key: uint32(x.Key)}, x.Register, !x.SourceRegister
	case *expr.Fib:
		l.kind = loadFibDestination
		if x.FlagSADDR {
			l.kind = loadFibSource
		}
		return l, x.Register, reflect.DeepEqual(x, l.expression(x.Register))
	}
	return l, 0, false
}

// sameExpressions compares a rule's expressions with those that its statements yield. Counts,
// the ids of sets, and what the kernel derives do not matter.
func sameExpressions(a, b []expr.Any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := plain(a[i]), plain(b[i])
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

func plain(x expr.Any) expr.Any {
	switch x := x.(type) {
	case *expr.Counter:
		return &expr.Counter{}
	case *expr.Lookup:
		l := *x
		l.SetID = 0
		return &l
	case *expr.NAT:
		n := *x
		n.Specified = false
		n.RegAddrMax, n.RegProtoMax = unlessFirst(n.RegAddrMin, n.RegAddrMax), unlessFirst(n.RegProtoMin, n.RegProtoMax)
		return &n
	case *expr.Masq:
		n := *x
		n.ToPorts, n.RegProtoMax = false, unlessFirst(n.RegProtoMin, n.RegProtoMax)
		return &n
	case *expr.Redir:
		n := *x
		n.Flags &^= unix.NF_NAT_RANGE_PROTO_SPECIFIED
		n.RegisterProtoMax = unlessFirst(n.RegisterProtoMin, n.RegisterProtoMax)
		return &n
	}
	return x
}

// unlessFirst returns the register of a range's end, or 0 if it is that of its beginning.
func unlessFirst(first, last uint32) uint32 {
	if first == last {
		return 0
	}
	return last
}

func be16(b []byte) uint16 {
	if len(b) != 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}
