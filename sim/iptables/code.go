package iptables

import "encoding/binary"

// code collects the nf_tables expressions of a rule, in order. A value that is loaded is
// compared by the next comparison; all use one register, as iptables does.
type code struct {
	family Family
	list   []any
}

// The kinds of expressions.
type (
	// metaLoad loads what the kernel knows about a packet besides its bytes.
	metaLoad struct{ key uint32 }
	// headerLoad loads bytes of a header.
	headerLoad struct{ base, offset, length uint32 }
	// masked keeps some bits of the loaded value.
	masked struct{ mask []byte }
	// comparison ends the rule unless the loaded value compares as op says.
	comparison struct {
		op    uint32
		value []byte
	}
	// between ends the rule unless the loaded value is in a range or, with not, outside.
	between struct {
		not      bool
		from, to []byte
	}
	// rate ends the rule if packets come faster.
	rate struct {
		packets, seconds uint64
		burst            uint32
	}
	// counting counts packets that get here.
	counting struct{}
	// verdictOf ends the evaluation, or continues in a chain.
	verdictOf struct {
		code  int32
		chain string
	}
	// xtension is an xtables match or target. Its info is a C structure in host byte
	// order, whose fields include/uapi/linux/netfilter/xt_*.h describe.
	xtension struct {
		family   Family
		target   bool
		name     string
		revision uint32
		info     []byte
	}
)

// Header bases (enum nft_payload_bases in linux/netfilter/nf_tables.h).
const (
	networkHeader   = 1
	transportHeader = 2
)

// Meta keys (enum nft_meta_keys).
const (
	metaMark  = 3
	metaIn    = 6
	metaOut   = 7
	metaProto = 16
)

// Comparison operators (enum nft_cmp_ops).
const (
	opEqual = iota
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
)

func (c *code) add(e any) { c.list = append(c.list, e) }

func (c *code) compare(not bool, value []byte) {
	op := uint32(opEqual)
	if not {
		op = opNotEqual
	}
	c.add(comparison{op, value})
}

// match adds an xtables match.
func (c *code) match(name string, revision uint32, info []byte) {
	c.add(xtension{family: c.family, name: name, revision: revision, info: info})
}

// target adds an xtables target.
func (c *code) target(name string, revision uint32, info []byte) {
	c.add(xtension{family: c.family, target: true, name: name, revision: revision, info: info})
}

// structure is a C structure in host byte order.
type structure []byte

func (s structure) uint8(at int) uint8        { return s[at] }
func (s structure) uint16(at int) uint16      { return binary.NativeEndian.Uint16(s[at:]) }
func (s structure) uint32(at int) uint32      { return binary.NativeEndian.Uint32(s[at:]) }
func (s structure) put8(at int, v uint8)      { s[at] = v }
func (s structure) put16(at int, v uint16)    { binary.NativeEndian.PutUint16(s[at:], v) }
func (s structure) put32(at int, v uint32)    { binary.NativeEndian.PutUint32(s[at:], v) }
func (s structure) putBig16(at int, v uint16) { binary.BigEndian.PutUint16(s[at:], v) }
func (s structure) big16(at int) uint16       { return binary.BigEndian.Uint16(s[at:]) }
func (s structure) isSet(at int) bool         { return s[at] != 0 }

func (s structure) set(at int, on bool) {
	if on {
		s[at] = 1
	}
}

// text returns a string that ends at a NUL or at the end of its field.
func (s structure) text(at, size int) string {
	b := s[at : at+size]
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

func every(b []byte, value byte) bool {
	for _, c := range b {
		if c != value {
			return false
		}
	}
	return true
}

func fill(b []byte, value byte) {
	for i := range b {
		b[i] = value
	}
}

// zero reports whether all bytes are 0.
func zero(b []byte) bool { return every(b, 0) }
