package iptables

import (
	"encoding/hex"
	"fmt"

	"golang.org/x/sys/unix"
)

// load is a value that an expression puts into a register for a later one to compare.
type load struct {
	register uint32
	meta     uint32 // the key, if base is 0
	base     uint32 // otherwise the header
	offset   uint32
	length   uint32
	mask     []byte // set by a bitwise expression; nil: all bits
	compared bool
}

// idle reports whether an uncompared load can be ignored. iptables leaves one behind for
// "-i +".
func (l *load) idle() bool {
	return l.mask == nil && (l.isMeta(unix.NFT_META_IIFNAME) || l.isMeta(unix.NFT_META_OIFNAME))
}

// size is the number of bytes loaded. Apart from header fields, only marks are masked.
func (l *load) size() uint32 {
	if l.isMeta(unix.NFT_META_MARK) {
		return 4
	}
	return l.length
}

func (l *load) is(base, offset, length uint32) bool {
	return l.base == base && l.offset == offset && l.length == length
}

func (l *load) isMeta(key uint32) bool { return l.base == 0 && l.meta == key }

// port reports whether the load is one port of the TCP or UDP header.
func (l *load) port() (destination, ok bool) {
	if l.mask != nil || l.base != unix.NFT_PAYLOAD_TRANSPORT_HEADER || l.length != 2 {
		return false, false
	}
	return l.offset == offsetDestPort, l.offset == offsetSourcePort || l.offset == offsetDestPort
}

// String returns what [Opaque] shows: "payload transport+13 1b & 0x17".
func (l *load) String() string {
	var s string
	switch l.base {
	case 0:
		s = "meta " + metaName(l.meta)
	case unix.NFT_PAYLOAD_NETWORK_HEADER:
		s = fmt.Sprintf("payload network+%d %db", l.offset, l.length)
	default:
		s = fmt.Sprintf("payload transport+%d %db", l.offset, l.length)
	}
	if l.mask != nil {
		s += " & 0x" + hex.EncodeToString(l.mask)
	}
	return s
}

// parseLoad decodes a meta or payload expression. ok is false if it does anything but
// load a register, for example set a mark.
func parseLoad(name string, a *attrs) (l load, ok bool) {
	if name == "meta" {
		l.register, l.meta = a.uint32(unix.NFTA_META_DREG), a.uint32(unix.NFTA_META_KEY)
		return l, a.complete()
	}
	l.register, l.base = a.uint32(unix.NFTA_PAYLOAD_DREG), a.uint32(unix.NFTA_PAYLOAD_BASE)
	l.offset, l.length = a.uint32(unix.NFTA_PAYLOAD_OFFSET), a.uint32(unix.NFTA_PAYLOAD_LEN)
	return l, a.complete() && (l.base == unix.NFT_PAYLOAD_NETWORK_HEADER || l.base == unix.NFT_PAYLOAD_TRANSPORT_HEADER)
}

// apply masks the loaded value as a bitwise expression specifies. It returns false if
// the expression uses another register or does more than mask.
func (l *load) apply(a *attrs) bool {
	const op = 6 // NFTA_BITWISE_OP: absent before Linux 5.6
	source, dest := a.uint32(unix.NFTA_BITWISE_SREG), a.uint32(unix.NFTA_BITWISE_DREG)
	mask, xor := a.data(unix.NFTA_BITWISE_MASK), a.data(unix.NFTA_BITWISE_XOR)
	a.skip(unix.NFTA_BITWISE_LEN)
	if a.has(op) && a.uint32(op) != unix.NFT_BITWISE_BOOL || !a.complete() || // other operations shift or combine registers
		source != l.register || dest != l.register || l.mask != nil || l.compared ||
		len(mask) != int(l.size()) || !zero(xor) {
		return false
	}
	l.mask = mask
	return true
}

// metaName names the NFT_META_* keys that rules are likely to use.
func metaName(key uint32) string {
	return nameOf(key,
		"len", "protocol", "priority", "mark", "iif", "oif", "iifname", "oifname", "iiftype", "oiftype",
		"skuid", "skgid", "nftrace", "rtclassid", "secmark", "nfproto", "l4proto", "ibrname", "obrname",
		"pkttype", "cpu", "iifgroup", "oifgroup", "cgroup")
}

// opName names the NFT_CMP_* operators, of which the first two are also NFT_RANGE_*.
func opName(op uint32) string {
	if op > unix.NFT_CMP_GTE {
		return fmt.Sprintf("op %d", op)
	}
	return nameOf(op, "==", "!=", "<", "<=", ">", ">=")
}
