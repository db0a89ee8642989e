package nft

import (
	"net/netip"

	"tracer/sim/rule"
)

// fails returns the first condition of the rule that a packet does not meet. ok is false if
// none is known to fail: the rule matches, it has parts that are not understood, or it
// depends on missing facts.
func (r *Rule) fails(t *Table, f *rule.Facts) (m rule.Mismatch, ok bool) {
	for _, s := range r.Statements {
		switch s := s.(type) {
		case Opaque:
			return rule.Mismatch{}, false
		case Match:
			if m, ok = s.fails(t, f); ok {
				return m, true
			}
		case Branch:
			if m, ok = missing(t, s.Left, s.Set, s.Name, s.String(), f); ok {
				return m, true
			}
		case NAT:
			if s.Map != nil {
				return missing(t, s.Map.Left, s.Map.Set, s.Map.Name, s.String(), f)
			}
		}
	}
	return rule.Mismatch{}, false
}

// fact is what is known about a packet's value.
type fact struct {
	value []byte // nil: not known
	not   []byte // if value is nil: what it is not; nil: nothing is known
	none  string // the packet has no such value, but this: a protocol
}

// fact returns what is known about the value that a selector names.
func (s *Selector) fact(f *rule.Facts) fact {
	if s.l4 != 0 && f.Protocol != s.l4 {
		return fact{none: proto.text([]byte{f.Protocol})}
	}
	if s.ip != 0 && (s.ip == IPv4) != f.Source.Addr().Is4() {
		return fact{none: nfProto.text([]byte{byte(version(f))})}
	}
	switch s.load.kind {
	case loadMeta:
		return s.meta(f)
	case loadNetwork:
		return s.network(f)
	case loadTransport:
		return s.transport(f)
	case loadCt:
		if bit := stateBits[f.State]; bit != 0 {
			return fact{value: ctState.number(bit)}
		}
	case loadFibSource:
		return addressType(f, f.Source.Addr())
	case loadFibDestination:
		return addressType(f, f.Destination.Addr())
	}
	return fact{}
}

func version(f *rule.Facts) Family {
	if f.Source.Addr().Is4() {
		return IPv4
	}
	return IPv6
}

func (s *Selector) meta(f *rule.Facts) fact {
	switch s.load.key {
	case metaIn:
		return nameFact(f.In)
	case metaOut:
		return nameFact(f.Out)
	case metaNFProto:
		return fact{value: []byte{byte(version(f))}}
	case metaL4Proto:
		return fact{value: []byte{f.Protocol}}
	}
	return fact{}
}

// nameFact: without an interface, the kernel compares an empty name.
func nameFact(name string) fact {
	b := make([]byte, maxName)
	copy(b, name)
	return fact{value: b}
}

func (s *Selector) network(f *rule.Facts) fact {
	switch s.name {
	case "ip saddr", "ip6 saddr":
		return fact{value: f.Source.Addr().AsSlice()}
	case "ip daddr", "ip6 daddr":
		return fact{value: f.Destination.Addr().AsSlice()}
	case "ip protocol":
		return fact{value: []byte{f.Protocol}}
	case "ip ttl", "ip6 hoplimit":
		if f.Header != nil {
			return fact{value: []byte{f.Header.TTL}}
		}
	}
	return fact{}
}

func (s *Selector) transport(f *rule.Facts) fact {
	switch {
	case s.typ == service && f.Ports && s.load.offset == 0:
		return fact{value: service.number(uint32(f.Source.Port()))}
	case s.typ == service && f.Ports:
		return fact{value: service.number(uint32(f.Destination.Port()))}
	case s.typ != service && f.Header != nil && f.Header.Transport:
		return fact{value: []byte{f.Header.ICMPType}}
	}
	return fact{}
}

// stateBits are the bits of ct state (NF_CT_STATE_BIT).
var stateBits = map[rule.State]uint32{rule.Invalid: 1, rule.Established: 2, rule.Related: 4, rule.New: 8, rule.Untracked: 64}

// addressType: whether an address is the node's own is all that is known about its type.
func addressType(f *rule.Facts, a netip.Addr) fact {
	b := fibType.number(local)
	switch {
	case f.Local == nil:
		return fact{}
	case f.Local(a):
		return fact{value: b}
	}
	return fact{not: b}
}

// fails reports that a packet does not meet the condition.
func (m Match) fails(t *Table, f *rule.Facts) (rule.Mismatch, bool) {
	if m.Set != nil || m.Name != "" {
		if m.Op == Equal {
			return missing(t, m.Left, m.Set, m.Name, m.String(), f)
		}
		return present(t, &m, f)
	}
	s := m.Left[0]
	is := s.fact(f)
	switch {
	case is.none != "":
		return rule.Mismatch{Condition: m.String(), Was: is.none}, true
	case is.value == nil && is.not == nil:
		return rule.Mismatch{}, false
	case is.value == nil: // it is only known what the value is not
		return rule.Mismatch{Condition: m.String()}, m.Op == Equal && m.Right.one() && m.Right.holds(s.typ, is.not)
	case m.compare(s.typ, is.value):
		return rule.Mismatch{}, false
	}
	return rule.Mismatch{Condition: m.String(), Was: s.typ.shown(is.value)}, true
}

// compare reports whether a value meets the condition.
func (m Match) compare(t *Type, b []byte) bool {
	if t.flags() {
		if m.Op == NotEqual {
			return t.value(b) != t.value(m.Right.First)
		}
		return t.value(b)&t.value(m.Right.First) != 0
	}
	switch holds := m.Right.holds(t, b); m.Op {
	case Equal:
		return holds
	case NotEqual:
		return !holds
	}
	is, than := t.value(b), t.value(m.Right.First)
	switch m.Op {
	case Less:
		return is < than
	case LessEqual:
		return is <= than
	case Greater:
		return is > than
	}
	return is >= than
}

// shown returns a packet's value as text; empty if it has none.
func (t *Type) shown(b []byte) string {
	if t == ifName {
		return string(trimName(b))
	}
	return t.text(b)
}
