package iptables

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// The flags NF_NAT_RANGE_* (linux/netfilter/nf_nat.h).
const (
	natAddresses = 1 << iota
	natPorts
	natRandom
	natPersistent
	natFullyRandom
	natOffset
)

// The sizes of the structures. IPv4 has its own, older one.
const (
	natCompatSize = 20 // struct nf_nat_ipv4_multi_range_compat, with one range
	natRangeSize  = 40 // struct nf_nat_range
	natRange2Size = 42 // struct nf_nat_range2
)

// natRange is the part that all translations share. Its addresses and ports are in network
// order, unlike the rest of the structure.
type natRange struct {
	first, last netip.Addr // last is invalid if it is the first
	ports       PortRange
	flags       uint32
}

// read reads addresses and ports at offsets of a structure.
func (n *natRange) read(f Family, s structure, first, last, ports int) {
	if n.flags&natAddresses != 0 {
		n.first, n.last = f.address(s[first:]), f.address(s[last:])
		if n.last == n.first {
			n.last = netip.Addr{}
		}
	}
	if n.flags&natPorts != 0 {
		n.ports = PortRange{s.big16(ports), s.big16(ports + 2)}
	}
}

func readCompat(s structure) natRange {
	n := natRange{flags: s.uint32(4)}
	n.read(IPv4, s, 8, 12, 16)
	return n
}

func readRange(s structure) natRange {
	n := natRange{flags: s.uint32(0)}
	n.read(IPv6, s, 4, 20, 36)
	return n
}

// write is the inverse of read, and adds the flags.
func (n *natRange) write(s structure, flags, first, last, ports int) {
	if n.first.IsValid() {
		n.flags |= natAddresses
		copy(s[first:], n.first.AsSlice())
		copy(s[last:], n.first.AsSlice())
		if n.last.IsValid() {
			copy(s[last:], n.last.AsSlice())
		}
	}
	if n.ports != (PortRange{}) {
		n.flags |= natPorts
		binary.BigEndian.PutUint16(s[ports:], n.ports.First)
		binary.BigEndian.PutUint16(s[ports+2:], n.ports.Last)
	}
	s.put32(flags, n.flags)
}

// structure returns the range as the rules of a family have it.
func (n natRange) structure(f Family) structure {
	if f == IPv6 {
		s := make(structure, natRangeSize)
		n.write(s, 0, 4, 20, 36)
		return s
	}
	s := make(structure, natCompatSize)
	s.put32(0, 1)
	n.write(s, 4, 8, 12, 16)
	return s
}

// flagged adds a flag if a condition holds.
func (n natRange) flagged(on bool, flag uint32) natRange {
	if on {
		n.flags |= flag
	}
	return n
}

// String returns ADDRESS, :PORTS or ADDRESS:PORTS, with IPv6 addresses in brackets before
// ports.
func (n natRange) String() (s string) {
	if n.first.IsValid() {
		s = n.first.String()
	}
	if n.last.IsValid() {
		s += "-" + n.last.String()
	}
	if n.first.Is6() && n.ports != (PortRange{}) {
		s = "[" + s + "]"
	}
	if n.ports != (PortRange{}) {
		s += ":" + n.ports.join("-")
	}
	return s
}

// translation reads the new end of a connection, and the base of its ports if there may be
// one.
func (a *argument) translation(mayShift bool) (n natRange, base uint16, err error) {
	addresses, ports, hasPorts := a.splitPorts()
	if addresses != "" {
		if n.first, n.last, err = a.addresses(addresses); err != nil {
			return n, 0, a.errorf("is not ADDRESS, ADDRESS:PORT or :PORT, where each may be a range")
		}
	}
	if !hasPorts {
		return n, 0, nil
	}
	ports, shift, shifts := strings.Cut(ports, "/")
	if shifts {
		b, err := strconv.ParseUint(shift, 10, 16)
		if err != nil || b == 0 || !mayShift {
			return n, 0, a.errorf("has a base that is not a port")
		}
		base = uint16(b)
	}
	n.ports, err = parsePorts(a.option, ports, "-")
	return n, base, err
}

// splitPorts splits ADDRESS:PORTS, or [ADDRESS]:PORTS for IPv6.
func (a *argument) splitPorts() (addresses, ports string, has bool) {
	v := a.value()
	if a.family == IPv4 || strings.HasPrefix(v, ":") && !strings.HasPrefix(v, "::") {
		return strings.Cut(v, ":")
	}
	if inside, after, ok := strings.Cut(v, "]"); ok && strings.HasPrefix(inside, "[") {
		ports, has = strings.CutPrefix(after, ":")
		return inside[1:], ports, has
	}
	return v, "", false
}

func (n natRange) problems(target, option string, p place) (out []string) {
	switch {
	case !n.first.IsValid() && n.ports == PortRange{}:
		return append(out, target+" needs "+option)
	case n.first.IsValid() && !p.family.has(n.first):
		out = append(out, target+" address "+n.first.String()+" is not an "+p.family.String()+" address")
	case n.last.IsValid() && (!p.family.has(n.last) || n.last.Compare(n.first) <= 0):
		out = append(out, target+" addresses "+n.String()+" are not a range")
	}
	return append(out, n.portProblems(target, p)...)
}

func (n natRange) portProblems(target string, p place) (out []string) {
	if n.ports == (PortRange{}) {
		return nil
	}
	if n.ports.First > n.ports.Last || n.ports.First == 0 {
		out = append(out, target+" port range "+n.ports.join("-")+" is not valid")
	}
	return append(out, p.needs(target+" to a port", "tcp, udp, sctp or dccp", TCP, UDP, SCTP, DCCP)...)
}

func (n natRange) neutral(kind rule.NATKind) *rule.NAT {
	return &rule.NAT{Kind: kind, Address: n.first, Last: n.last, Ports: rule.PortRange(n.ports)}
}
