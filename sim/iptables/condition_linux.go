package iptables

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// condition decodes a comparison of a loaded value. It returns false for one that it
// does not understand, including a second condition of the same kind.
func (d *decoder) condition(l *load, op uint32, value []byte) bool {
	not := op == unix.NFT_CMP_NEQ
	if _, ok := l.port(); ok && len(value) == 2 {
		r, not, ok := portCompare(op, be16(value))
		return ok && d.port(l, r, not)
	}
	if l.is(unix.NFT_PAYLOAD_TRANSPORT_HEADER, offsetSourcePort, 4) && l.mask == nil && len(value) == 4 && op == unix.NFT_CMP_EQ {
		// For two single ports, iptables compares both at once, even for "! --sport A !
		// --dport B". To the kernel that means "not both", so only the comparison
		// without negation is understood.
		both := Ports{Source: Port(be16(value)), Destination: Port(be16(value[2:]))}
		return both.Source.First != 0 && both.Destination.First != 0 && d.addPorts(both)
	}
	if op > unix.NFT_CMP_NEQ {
		return false
	}
	if l.base == 0 {
		return d.metaCondition(l, value, not)
	}
	return d.headerCondition(l, value, not)
}

func (d *decoder) metaCondition(l *load, value []byte, not bool) bool {
	switch l.meta {
	case unix.NFT_META_L4PROTO:
		return l.mask == nil && d.protocol(value, not)
	case unix.NFT_META_IIFNAME:
		return d.iface(&d.rule.In, value, not)
	case unix.NFT_META_OIFNAME:
		return d.iface(&d.rule.Out, value, not)
	case unix.NFT_META_MARK:
		m, ok := decodeMark(l.mask, value, not)
		return ok && d.understood(m)
	}
	return false
}

func (d *decoder) headerCondition(l *load, value []byte, not bool) bool {
	source, destination := d.family.offsets()
	switch {
	case d.family == IPv4 && l.is(unix.NFT_PAYLOAD_NETWORK_HEADER, offsetProtocol, 1) && l.mask == nil:
		return d.protocol(value, not)
	case l.is(unix.NFT_PAYLOAD_TRANSPORT_HEADER, offsetTCPFlags, 1) && len(l.mask) == 1 && len(value) == 1:
		return d.addPorts(Ports{Flags: TCPFlags{l.mask[0], value[0], not}})
	case d.family == IPv4 && l.is(unix.NFT_PAYLOAD_NETWORK_HEADER, offsetFragment, 2):
		f, ok := decodeFragments(l.mask, value, not)
		return ok && hold(d, &d.rule.Fragments, f)
	case l.base == unix.NFT_PAYLOAD_NETWORK_HEADER && l.offset == source:
		return d.address(&d.rule.Source, l, value, not)
	case l.base == unix.NFT_PAYLOAD_NETWORK_HEADER && l.offset == destination:
		return d.address(&d.rule.Destination, l, value, not)
	}
	return false
}

func (d *decoder) protocol(value []byte, not bool) bool {
	if len(value) != 1 || value[0] == 0 {
		return false
	}
	p := Protocol{ProtocolNumber(value[0]), not}
	return hold(d, &d.rule.Protocol, p)
}

// iface decodes an interface name: with a NUL it is complete, without one it is a
// prefix. nft pads names to 16 bytes; iptables ends them at the NUL.
func (d *decoder) iface(field *Interface, value []byte, not bool) bool {
	name := unix.ByteSliceToString(value)
	whole := len(name) < len(value)
	switch {
	case whole && name == noInterface && !not:
		return hold(d, field, Interface{"+", true})
	case whole && !zero(value[len(name):]), !plausibleInterface(name):
		return false
	case !whole:
		name += "+"
	case name[len(name)-1] == '+':
		return false // the name itself ends in "+", which -i cannot express
	}
	if len(name) > maxInterfaceName {
		return false
	}
	return hold(d, field, Interface{name, not})
}

// address decodes a prefix. For a prefix of whole bytes only these are loaded; otherwise
// the value is masked.
func (d *decoder) address(field *Address, l *load, value []byte, not bool) bool {
	size := d.family.size()
	if len(value) != int(l.length) || l.length == 0 || len(value) > size {
		return false
	}
	length := 8 * len(value)
	if l.mask != nil {
		var ok bool
		if length, ok = prefixLength(l.mask); !ok || length == 0 {
			return false
		}
	}
	p := netip.PrefixFrom(d.family.address(append(value[:len(value):len(value)], make([]byte, size-len(value))...)), length)
	if p != p.Masked() {
		return false
	}
	return hold(d, field, Address{p, not})
}

// understood adds a match that plain expressions form.
func (d *decoder) understood(m Match) bool {
	d.conditional()
	d.add(m)
	return true
}

// port adds a condition on one port.
func (d *decoder) port(l *load, r PortRange, not bool) bool {
	destination, ok := l.port()
	if !ok {
		return false
	}
	p := Ports{Source: r, NotSource: not}
	if destination {
		p = Ports{Destination: r, NotDestination: not}
	}
	return d.addPorts(p)
}

// addPorts merges a condition into the previous match if possible: iptables writes
// "--sport" and "--dport" of one match as two comparisons.
func (d *decoder) addPorts(p Ports) bool {
	p.Protocol = d.rule.Protocol.Number
	if len(p.problems(place{family: d.family, protocol: d.rule.Protocol})) != 0 || p.bare() {
		return false
	}
	d.conditional()
	if n := len(d.rule.Matches); n > 0 {
		if last, ok := d.rule.Matches[n-1].(Ports); ok && !last.bare() && last.Option == (TCPOption{}) {
			if both, ok := last.and(p); ok {
				d.rule.Matches[n-1] = both
				return true
			}
		}
	}
	d.rule.Matches = append(d.rule.Matches, p)
	return true
}

// and returns the match that holds if both hold, if there is one.
func (p Ports) and(q Ports) (both Ports, ok bool) {
	join := func(a PortRange, notA bool, b PortRange, notB bool) (PortRange, bool) {
		switch {
		case b == PortRange{}:
			return a, notA
		case a == PortRange{}:
			return b, notB
		case !notA && !notB && a.Last == 65535 && b.First == 0 && a.First <= b.Last:
			return PortRange{a.First, b.Last}, false // nft writes ">= A" and "<= B"
		}
		ok = false
		return PortRange{}, false
	}
	both, ok = Ports{Protocol: p.Protocol}, true
	both.Source, both.NotSource = join(p.Source, p.NotSource, q.Source, q.NotSource)
	both.Flags = p.Flags
	if q.Flags != (TCPFlags{}) {
		both.Flags, ok = q.Flags, ok && p.Flags == TCPFlags{}
	}
	both.Destination, both.NotDestination = join(p.Destination, p.NotDestination, q.Destination, q.NotDestination)
	return both, ok
}

// portCompare returns the ports for which a comparison holds. iptables writes ":53" as
// "<= 53" and "! :53" as "> 53".
func portCompare(op uint32, port uint16) (r PortRange, not, ok bool) {
	switch op {
	case unix.NFT_CMP_EQ, unix.NFT_CMP_NEQ:
		return Port(port), op == unix.NFT_CMP_NEQ, port != 0
	case unix.NFT_CMP_LTE, unix.NFT_CMP_GT:
		return PortRange{0, port}, op == unix.NFT_CMP_GT, port != 0
	case unix.NFT_CMP_GTE, unix.NFT_CMP_LT:
		return PortRange{port, 65535}, op == unix.NFT_CMP_LT, port != 0
	}
	return PortRange{}, false, false
}

// hold sets a condition of the rule. It returns false if it is already set.
func hold[T comparable](d *decoder, field *T, value T) bool {
	var unset T
	if *field != unset {
		return false
	}
	d.conditional()
	*field = value
	return true
}

func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
