package iptables

import (
	"encoding/binary"
	"net/netip"
)

// Sizes and offsets of the info structs, which are in host byte order except
// for ports and addresses. The kernel pads them to 8 bytes.
const (
	addrTypeSize = 8 // struct xt_addrtype_info_v1

	conntrackFlags  = 146 // struct xt_conntrack_mtinfo2 and 3, match_flags
	conntrackInvert = 148
	conntrackStates = 150
	conntrackSize   = 154 // of 2; 3 goes on with ends of port ranges

	tcpSize = 12 // struct xt_tcp
	udpSize = 9  // struct xt_udp

	natRangeSize  = 42 // struct nf_nat_range2
	natCompatSize = 20 // struct nf_nat_ipv4_multi_range_compat
)

const (
	addrTypeNotSource = 1 << iota // XT_ADDRTYPE_INVERT_SOURCE
	addrTypeNotDest
	addrTypeLimitIn
	addrTypeLimitOut

	conntrackState = 1 // XT_CONNTRACK_STATE

	portsNotSource = 1 // XT_TCP_INV_SRCPT and XT_UDP_INV_SRCPT
	portsNotDest   = 2

	natMapAddress = 1 // NF_NAT_RANGE_MAP_IPS
	natMapPorts   = 2 // NF_NAT_RANGE_PROTO_SPECIFIED
)

// parseXt reads the attributes of a match or target expression.
func parseXt(a *attrs) (info []byte, name string, rev uint32) {
	rev, _ = a.uint32(xtRev)
	return a.value[xtInfo], a.text(xtName), rev
}

// decodeMatch reads the info of an xtables match. What it does not know in
// every bit it returns as Opaque.
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
	// Everything before the flags counts only if its flag is set. "-m state" has
	// a flag of its own and is not taken either.
	match := binary.NativeEndian.Uint16(info[conntrackFlags:])
	invert := binary.NativeEndian.Uint16(info[conntrackInvert:])
	c := ConnState{States(binary.NativeEndian.Uint16(info[conntrackStates:])), invert != 0}
	return c, match == conntrackState && invert&^conntrackState == 0 && c.problem() == ""
}

// decodePorts reads xt_tcp or xt_udp, which begin alike and end with the flags.
// iptables 1.8.9 writes them only without ports, older ones always.
func decodePorts(n ProtocolNumber, size int, info []byte, of Protocol) (Ports, bool) {
	if len(info) < size {
		return Ports{}, false
	}
	for _, option := range info[8 : size-1] { // TCP option and flags
		if option != 0 {
			return Ports{}, false
		}
	}
	inverted := info[size-1]
	side := func(at int) (PortRange, bool) {
		r := PortRange{binary.NativeEndian.Uint16(info[at:]), binary.NativeEndian.Uint16(info[at+2:])}
		switch r {
		case PortRange{0, 65535}:
			return PortRange{}, true
		case PortRange{}:
			return r, false // port 0
		}
		return r, true
	}
	source, ok1 := side(0)
	dest, ok2 := side(4)
	p := Ports{n, source, dest, inverted&portsNotSource != 0, inverted&portsNotDest != 0}
	return p, ok1 && ok2 && inverted <= portsNotSource|portsNotDest && len(p.problems(of)) == 0
}

// decodeTarget does for targets what decodeMatch does for matches.
func decodeTarget(name string, rev uint32, info []byte) Target {
	switch {
	case name == "DNAT" && rev == 2:
		if d, ok := decodeDNAT(info); ok {
			return d
		}
	case name == "SNAT" && rev == 0:
		if s, ok := decodeSNAT(info); ok {
			return s
		}
	case name == "MASQUERADE" && rev == 0:
		// One range that sets no flag: no ports, not random.
		if len(info) >= natCompatSize && binary.NativeEndian.Uint32(info) == 1 && zero(info[4:8]) {
			return Masquerade{}
		}
	}
	return Opaque{XtTarget, name, rev}
}

func decodeDNAT(info []byte) (d DNAT, ok bool) {
	if len(info) < natRangeSize {
		return d, false
	}
	first, last := [4]byte(info[4:]), [4]byte(info[20:])
	d.Address, d.Ports, ok = natRange(binary.NativeEndian.Uint32(info), first, last, be16(info[36:]), be16(info[38:]))
	return d, ok
}

func decodeSNAT(info []byte) (s SNAT, ok bool) {
	if len(info) < natCompatSize || binary.NativeEndian.Uint32(info) != 1 {
		return s, false
	}
	first, last := [4]byte(info[8:]), [4]byte(info[12:])
	s.Address, s.Ports, ok = natRange(binary.NativeEndian.Uint32(info[4:]), first, last, be16(info[16:]), be16(info[18:]))
	return s, ok
}

// natRange reads what a translation goes to, if it is one address and ports that
// are not chosen in a particular way.
func natRange(flags uint32, first, last [4]byte, firstPort, lastPort uint16) (a netip.Addr, ports PortRange, ok bool) {
	if flags&natMapAddress != 0 {
		if first != last {
			return a, ports, false // a range of addresses
		}
		a = netip.AddrFrom4(first)
	}
	if flags&natMapPorts != 0 {
		ports = PortRange{firstPort, lastPort}
	}
	// Other flags are --random, --persistent and a shifted range of ports.
	ok = flags != 0 && flags <= natMapAddress|natMapPorts && ports.First <= ports.Last &&
		(flags&natMapPorts != 0) == (ports.First != 0)
	return a, ports, ok
}

// decodeImmediate reads a verdict. The same expression can also put a value
// into a register.
func decodeImmediate(a *attrs) Target {
	opaque := Opaque{Kind: Expression, Name: "immediate"}
	dest, ok := a.uint32(immediateDest)
	data, err := parseAttrs(a.value[immediateData])
	if !ok || err != nil || dest != regVerdict || !a.only(immediateDest, immediateData) || !data.only(dataVerdict) {
		return opaque
	}
	verdict, err := parseAttrs(data.value[dataVerdict])
	if err != nil {
		return opaque
	}
	code, ok := verdict.uint32(verdictCode)
	if !ok {
		return opaque
	}
	switch chain := verdict.text(verdictChain); int32(code) {
	case verdictAccept:
		return Accept
	case verdictDrop:
		return Drop
	case verdictReturn:
		return Return
	case verdictJump:
		if chain != "" {
			return Jump{chain}
		}
	case verdictGoto:
		return Opaque{Kind: Expression, Name: "goto " + chain}
	}
	return opaque
}
