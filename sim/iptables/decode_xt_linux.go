package iptables

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"golang.org/x/sys/unix"
)

// The info of an xtables match or target is a C structure in host byte order, except for
// the ports and addresses of a translation. The kernel pads it to 8 bytes. Package xt
// provides the names of the flags but does not decode the structures here: it takes
// missing fields for zero and trusts a count of ranges.
const (
	addrTypeSize = 8 // struct xt_addrtype_info_v1

	conntrackFlags  = 146 // struct xt_conntrack_mtinfo2 and 3, match_flags
	conntrackInvert = 148
	conntrackStates = 150
	conntrackSize   = 154 // of revision 2; revision 3 adds the upper ends of port ranges

	tcpSize = 12 // struct xt_tcp
	udpSize = 9  // struct xt_udp

	natRangeSize  = 42 // struct nf_nat_range2
	natCompatSize = 20 // struct nf_nat_ipv4_multi_range_compat
)

// The flags of xt_addrtype (XT_ADDRTYPE_* in linux/netfilter/xt_addrtype.h). The
// constants of that name in package xt are address types.
const (
	addrTypeNotSource = 1 << iota
	addrTypeNotDest
	addrTypeLimitIn
	addrTypeLimitOut
)

// decodeMatch decodes an xtables match. It returns an [Opaque] unless it knows the
// meaning of every bit.
func decodeMatch(name string, rev uint32, info []byte, of Protocol) Match {
	var m Match
	ok := false
	switch {
	case name == "addrtype" && rev == 1:
		m, ok = decodeAddrType(info)
	case name == "conntrack" && (rev == 2 || rev == 3):
		m, ok = decodeConnState(info)
	case name == "tcp" && rev == 0:
		m, ok = decodePorts(TCP, tcpSize, info, of)
	case name == "udp" && rev == 0:
		m, ok = decodePorts(UDP, udpSize, info, of)
	}
	if !ok {
		return Opaque{XtMatch, name, rev}
	}
	return m
}

func decodeAddrType(info []byte) (AddrType, bool) {
	if len(info) < addrTypeSize {
		return AddrType{}, false
	}
	flags := binary.NativeEndian.Uint32(info[4:])
	a := AddrType{
		Source:         AddrTypes(binary.NativeEndian.Uint16(info)),
		Destination:    AddrTypes(binary.NativeEndian.Uint16(info[2:])),
		NotSource:      flags&addrTypeNotSource != 0,
		NotDestination: flags&addrTypeNotDest != 0,
		LimitIn:        flags&addrTypeLimitIn != 0,
		LimitOut:       flags&addrTypeLimitOut != 0,
	}
	return a, flags < addrTypeLimitOut<<1 && len(a.problems()) == 0
}

func decodeConnState(info []byte) (ConnState, bool) {
	if len(info) < conntrackSize {
		return ConnState{}, false
	}
	// A field before the flags counts only if its flag is set. "-m state" has a flag of
	// its own, which is not understood here.
	match := xt.ConntrackFlags(binary.NativeEndian.Uint16(info[conntrackFlags:]))
	invert := xt.ConntrackFlags(binary.NativeEndian.Uint16(info[conntrackInvert:]))
	c := ConnState{States(binary.NativeEndian.Uint16(info[conntrackStates:])), invert != 0}
	return c, match == xt.ConntrackState && invert&^xt.ConntrackState == 0 && c.problem() == ""
}

// decodePorts decodes xt_tcp or xt_udp, which begin alike and end with the flags.
// iptables 1.8.9 writes them only for a match without ports; older versions always do.
func decodePorts(n ProtocolNumber, size int, info []byte, of Protocol) (Ports, bool) {
	if len(info) < size || !zero(info[8:size-1]) { // a TCP option or flags
		return Ports{}, false
	}
	inverted := xt.TcpInvFlagset(info[size-1]) // UDP uses the same bits for ports
	side := func(at int) (PortRange, bool) {
		r := PortRange{binary.NativeEndian.Uint16(info[at:]), binary.NativeEndian.Uint16(info[at+2:])}
		if r == (PortRange{0, 65535}) {
			return PortRange{}, true
		}
		return r, r != PortRange{} // the zero range is port 0
	}
	source, ok1 := side(0)
	dest, ok2 := side(4)
	p := Ports{n, source, dest, inverted&xt.TcpInvSrcPorts != 0, inverted&xt.TcpInvDestPorts != 0}
	return p, ok1 && ok2 && inverted <= xt.TcpInvSrcPorts|xt.TcpInvDestPorts && len(p.problems(of)) == 0
}

// decodeTarget decodes an xtables target, like decodeMatch.
func decodeTarget(name string, rev uint32, info []byte) Target {
	switch {
	case name == "DNAT" && rev == 2 && len(info) >= natRangeSize:
		if a, ports, ok := natRange(info, 20, 36); ok {
			return DNAT{a, ports}
		}
	case len(info) < natCompatSize || binary.NativeEndian.Uint32(info) != 1: // not exactly one range
	case name == "SNAT" && rev == 0:
		if a, ports, ok := natRange(info[4:], 8, 12); ok {
			return SNAT{a, ports}
		}
	case name == "MASQUERADE" && rev == 0 && zero(info[4:8]): // no flag: no ports, not random
		return Masquerade{}
	}
	return Opaque{XtTarget, name, rev}
}

// natRange decodes a translation. b holds flags and an address; the last address of the
// range and the ports are at the given offsets. It understands a single address, and
// ports that are not chosen in a particular way.
func natRange(b []byte, last, ports int) (a netip.Addr, r PortRange, ok bool) {
	const address, port = unix.NF_NAT_RANGE_MAP_IPS, unix.NF_NAT_RANGE_PROTO_SPECIFIED
	flags := binary.NativeEndian.Uint32(b)
	if flags&address != 0 {
		first := [4]byte(b[4:])
		if first != [4]byte(b[last:]) {
			return a, r, false
		}
		a = netip.AddrFrom4(first)
	}
	if flags&port != 0 {
		r = PortRange{be16(b[ports:]), be16(b[ports+2:])}
	}
	// Other flags are --random, --persistent and a shifted range of ports.
	return a, r, flags != 0 && flags <= address|port && r.First <= r.Last && (flags&port != 0) == (r.First != 0)
}

// decodeImmediate decodes a verdict. The same expression can also load a register.
func decodeImmediate(a *attrs) Target {
	register, data := a.uint32(unix.NFTA_IMMEDIATE_DREG), a.nested(unix.NFTA_IMMEDIATE_DATA)
	v := data.nested(unix.NFTA_DATA_VERDICT)
	code, chain := expr.VerdictKind(int32(v.uint32(unix.NFTA_VERDICT_CODE))), v.text(unix.NFTA_VERDICT_CHAIN)
	opaque := Opaque{Kind: Expression, Name: "immediate"}
	if register != unix.NFT_REG_VERDICT || !a.complete() || !data.complete() || v.bad {
		return opaque
	}
	switch code {
	case expr.VerdictAccept:
		return Accept
	case expr.VerdictDrop:
		return Drop
	case expr.VerdictReturn:
		return Return
	case expr.VerdictJump:
		if chain != "" {
			return Jump{chain}
		}
	case expr.VerdictGoto:
		opaque.Name = "goto " + chain
	}
	return opaque
}
