package iptables

import (
	"encoding/hex"
	"strconv"
)

// load is what an expression put into a register, to be compared by a later one.
type load struct {
	register uint32
	meta     uint32 // key, if base is 0
	base     uint32 // header, else
	offset   uint32
	length   uint32
	mask     []byte // what a bitwise expression left of it; nil is all
	compared bool
}

// idle tells whether the load has no effect even if nothing compares it.
// iptables leaves one behind for "-i +".
func (l *load) idle() bool {
	return l.mask == nil && l.is(0, 0, 0) && (l.meta == keyIn || l.meta == keyOut)
}

func (l *load) is(base, offset, length uint32) bool {
	return l.base == base && l.offset == offset && l.length == length
}

// port reports whether the load is one port of the TCP or UDP header.
func (l *load) port() (destination, ok bool) {
	if l.mask != nil || l.base != baseTransport || l.length != 2 {
		return false, false
	}
	return l.offset == offsetDestPort, l.offset == offsetSourcePort || l.offset == offsetDestPort
}

// String returns what Opaque shows: "payload transport+13 1b & 0x17".
func (l *load) String() string {
	var s string
	if l.base == 0 {
		s = "meta " + metaName(l.meta)
	} else {
		s = "payload " + headerName(l.base) + "+" + strconv.FormatUint(uint64(l.offset), 10) + " " +
			strconv.FormatUint(uint64(l.length), 10) + "b"
	}
	if l.mask != nil {
		s += " & 0x" + hex.EncodeToString(l.mask)
	}
	return s
}

// parseLoad reads a meta or payload expression that loads a register. It is
// not ok if the expression does anything else, as setting a mark.
func parseLoad(name string, a *attrs) (l load, ok bool) {
	field := func(kind int) uint32 {
		v, there := a.uint32(kind)
		ok = ok && there
		return v
	}
	ok = true
	switch name {
	case "meta":
		ok = a.only(metaDest, metaKey)
		l.register, l.meta = field(metaDest), field(metaKey)
	case "payload":
		ok = a.only(payloadDest, payloadBase, payloadOffset, payloadLen)
		l.register, l.base = field(payloadDest), field(payloadBase)
		l.offset, l.length = field(payloadOffset), field(payloadLen)
		// Base 0 is the link layer header, which a rule of ours never looks at.
		ok = ok && (l.base == baseNetwork || l.base == baseTransport)
	default:
		ok = false
	}
	return l, ok
}

// apply masks the loaded value as a bitwise expression says. It is not ok if
// the expression works on something else or does not only mask.
func (l *load) apply(a *attrs) bool {
	source, ok1 := a.uint32(bitwiseSource)
	dest, ok2 := a.uint32(bitwiseDest)
	mask, ok3 := a.data(bitwiseMask)
	xor, ok4 := a.data(bitwiseXor)
	op, hasOp := a.uint32(bitwiseOp)
	switch {
	case !ok1 || !ok2 || !ok3 || !ok4,
		!a.only(bitwiseSource, bitwiseDest, bitwiseLen, bitwiseMask, bitwiseXor, bitwiseOp),
		hasOp && op != 0, // NFT_BITWISE_MASK_XOR; others shift or combine registers
		source != l.register || dest != l.register,
		l.mask != nil || l.compared,
		l.base == 0 || len(mask) != int(l.length) || !zero(xor):
		return false
	}
	l.mask = mask
	return true
}

func headerName(base uint32) string {
	if base == baseTransport {
		return "transport"
	}
	return "network"
}

// metaName names the NFT_META_* keys that iptables or a user may well use.
func metaName(key uint32) string {
	names := [...]string{
		"len", "protocol", "priority", "mark", "iif", "oif", "iifname", "oifname", "iiftype", "oiftype",
		"skuid", "skgid", "nftrace", "rtclassid", "secmark", "nfproto", "l4proto", "ibrname", "obrname",
		"pkttype", "cpu", "iifgroup", "oifgroup", "cgroup",
	}
	if key < uint32(len(names)) {
		return names[key]
	}
	return strconv.FormatUint(uint64(key), 10)
}

func opName(op uint32) string {
	names := [...]string{"==", "!=", "<", "<=", ">", ">="}
	if op < uint32(len(names)) {
		return names[op]
	}
	return "op " + strconv.FormatUint(uint64(op), 10)
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
