package iptables

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// PortRange is the ports from First to Last, inclusive. The zero value means any port in
// a match, and the original port in a translation. Port 0 on its own, which ordinary
// programs do not use, cannot be expressed.
type PortRange struct {
	First, Last uint16
}

// Port returns the range of a single port.
func Port(n uint16) PortRange { return PortRange{n, n} }

// join formats the range with a separator: iptables uses ":" in matches and "-" in
// translations.
func (p PortRange) join(separator string) string {
	if p.First == p.Last {
		return strconv.Itoa(int(p.First))
	}
	return strconv.Itoa(int(p.First)) + separator + strconv.Itoa(int(p.Last))
}

// parsePorts reads a port or a range. It rejects port 0 on its own.
func parsePorts(option, s, separator string) (r PortRange, err error) {
	first, last, isRange := strings.Cut(s, separator)
	from, to := uint64(0), uint64(65535)
	var err1, err2 error
	if first != "" || !isRange {
		from, err1 = strconv.ParseUint(first, 10, 16)
	}
	switch {
	case !isRange:
		to = from
	case last != "":
		to, err2 = strconv.ParseUint(last, 10, 16)
	}
	if err1 != nil || err2 != nil || to == 0 || separator == "-" && isRange && (first == "" || last == "") || s == separator {
		a := argument{option: option, values: []string{s}}
		return r, a.errorf("is not a port from 1 to 65535, or a range such as 80%s90", separator)
	}
	return PortRange{uint16(from), uint16(to)}, nil
}

// Ports is "-m tcp" or "-m udp": conditions on the transport header. Without any, it merely
// repeats the protocol.
type Ports struct {
	Protocol       ProtocolNumber // TCP or UDP, the same as the rule's
	Source         PortRange
	Destination    PortRange
	NotSource      bool
	NotDestination bool
	Flags          TCPFlags
	Option         TCPOption
}

var tcpKind = &kind[Ports]{
	name: "tcp", start: Ports{Protocol: TCP},
	options: append(portOptions(),
		option[Ports]{"--syn", "", true, func(p *Ports, a *argument) error {
			p.Flags = TCPFlags{Mask: flagFIN | flagSYN | flagRST | flagACK, Set: flagSYN, Not: a.not}
			return nil
		}},
		option[Ports]{"--tcp-flags", "MASK SET", true, func(p *Ports, a *argument) error { return p.Flags.set(a) }},
		option[Ports]{"--tcp-option", "NUMBER", true, func(p *Ports, a *argument) error {
			n, err := a.number(255)
			if n == 0 && err == nil {
				err = a.errorf("is not a number from 1 to 255")
			}
			p.Option = TCPOption{uint8(n), a.not}
			return err
		}}),
	read: func(revision uint32, s structure) (Ports, bool) {
		if revision != 0 {
			return Ports{}, false
		}
		p, ok := readPorts(TCP, s, s.uint8(11))
		p.Option = TCPOption{s.uint8(8), s.uint8(11)&tcpNotOption != 0}
		p.Flags = TCPFlags{s.uint8(9), s.uint8(10), s.uint8(11)&tcpNotFlags != 0}
		return p, ok && s.uint8(11) <= tcpNotOption|tcpNotFlags|notSourcePorts|notDestPorts
	},
	size: tcpSize, older: true,
}

var udpKind = &kind[Ports]{
	name: "udp", start: Ports{Protocol: UDP},
	options: portOptions(),
	read: func(revision uint32, s structure) (Ports, bool) {
		if revision != 0 {
			return Ports{}, false
		}
		p, ok := readPorts(UDP, s, s.uint8(8))
		return p, ok && s.uint8(8) <= notSourcePorts|notDestPorts
	},
	size: udpSize, older: true,
}

const (
	tcpSize = 12 // struct xt_tcp (linux/netfilter/xt_tcpudp.h)
	udpSize = 9  // struct xt_udp

	notSourcePorts = 1
	notDestPorts   = 2
	tcpNotFlags    = 4
	tcpNotOption   = 8
)

func portOptions() []option[Ports] {
	return []option[Ports]{
		{"--sport --source-port", "PORT[:PORT]", true, func(p *Ports, a *argument) (err error) {
			p.Source, err = parsePorts(a.option, a.value(), ":")
			p.NotSource = a.not
			return err
		}},
		{"--dport --destination-port", "PORT[:PORT]", true, func(p *Ports, a *argument) (err error) {
			p.Destination, err = parsePorts(a.option, a.value(), ":")
			p.NotDestination = a.not
			return err
		}},
	}
}

// readPorts reads the common part of xt_tcp and xt_udp. iptables 1.8.9 writes them only for a
// match without ports; older versions always do.
func readPorts(n ProtocolNumber, s structure, inverted uint8) (Ports, bool) {
	side := func(at int) (PortRange, bool) {
		r := PortRange{s.uint16(at), s.uint16(at + 2)}
		if r == (PortRange{0, 65535}) {
			return PortRange{}, true
		}
		return r, r != PortRange{} // the zero range is port 0
	}
	source, ok1 := side(0)
	dest, ok2 := side(4)
	p := Ports{Protocol: n, Source: source, Destination: dest, NotSource: inverted&notSourcePorts != 0, NotDestination: inverted&notDestPorts != 0}
	return p, ok1 && ok2
}

// bare reports whether the match has no conditions.
func (p Ports) bare() bool { return p == Ports{Protocol: p.Protocol} }

// String returns "-m tcp --dport 80".
func (p Ports) String() string {
	t := begin(p.Protocol.String())
	if (p.Source != PortRange{}) {
		t.add(p.NotSource, "--sport", p.Source.join(":"))
	}
	if (p.Destination != PortRange{}) {
		t.add(p.NotDestination, "--dport", p.Destination.join(":"))
	}
	if p.Option != (TCPOption{}) {
		t.add(p.Option.Not, p.Option.String())
	}
	if p.Flags != (TCPFlags{}) {
		t.add(p.Flags.Not, p.Flags.String())
	}
	return t.String()
}

func (p Ports) listed() string {
	t := text{words: []string{p.Protocol.String()}}
	for _, side := range []struct {
		name string
		r    PortRange
		not  bool
	}{{"spt", p.Source, p.NotSource}, {"dpt", p.Destination, p.NotDestination}} {
		if side.r == (PortRange{}) {
			continue
		}
		if side.r.First != side.r.Last {
			side.name += "s"
		}
		t.add(false, side.name+":"+inverted(side.not, side.r.join(":")))
	}
	t.addIf(p.Option != TCPOption{}, "option="+inverted(p.Option.Not, strconv.Itoa(int(p.Option.Kind))))
	t.addIf(p.Flags != TCPFlags{}, "flags:"+inverted(p.Flags.Not, fmt.Sprintf("0x%02X/0x%02X", p.Flags.Mask, p.Flags.Set)))
	return t.String()
}

func (p Ports) problems(at place) []string {
	var out []string
	of := at.protocol
	switch {
	case p.Protocol != TCP && p.Protocol != UDP:
		out = append(out, "only tcp and udp have ports to match, not "+p.Protocol.String())
	case of.Not || of.Number != p.Protocol:
		out = append(out, "-m "+p.Protocol.String()+" needs -p "+p.Protocol.String())
	}
	for _, side := range []struct {
		r   PortRange
		not bool
	}{{p.Source, p.NotSource}, {p.Destination, p.NotDestination}} {
		switch {
		case side.r.First > side.r.Last:
			out = append(out, "port range "+side.r.join(":")+" is in the wrong order")
		case side.r == PortRange{} && side.not:
			out = append(out, "negation without ports")
		case side.r == PortRange{0, 65535}:
			out = append(out, "ports 0:65535 match every port; omit them")
		}
	}
	if p.Protocol != TCP && (p.Flags != TCPFlags{} || p.Option != TCPOption{}) {
		out = append(out, "only tcp has flags and options")
	}
	if p.Flags != (TCPFlags{}) && p.Flags.Mask == 0 || (p.Flags.Mask|p.Flags.Set)&^allTCPFlags != 0 {
		out = append(out, "--tcp-flags needs a mask, of FIN, SYN, RST, PSH, ACK and URG")
	}
	if p.Option.Not && p.Option.Kind == 0 {
		out = append(out, "negation without a TCP option")
	}
	return out
}

// encode compares with nf_tables expressions, as iptables does since 1.8.8. A match without
// conditions or with a TCP option is an xt match.
//
// For two single ports, iptables compares both at once, even if they are negated. But
// the negation of both is "not both", which is not what "! --sport A ! --dport B" means,
// so here they become two comparisons.
func (p Ports) encode(c *code) {
	if p.bare() || p.Option != (TCPOption{}) {
		p.encodeXt(c)
		return
	}
	if p.Flags != (TCPFlags{}) {
		c.add(headerLoad{transportHeader, offsetTCPFlags, 1})
		c.add(masked{[]byte{p.Flags.Mask}})
		c.compare(p.Flags.Not, []byte{p.Flags.Set})
	}
	source, dest := p.Source != PortRange{}, p.Destination != PortRange{}
	if source && dest && p.Source.First == p.Source.Last && p.Destination.First == p.Destination.Last && !p.NotSource && !p.NotDestination {
		value := binary.BigEndian.AppendUint16(nil, p.Source.First)
		value = binary.BigEndian.AppendUint16(value, p.Destination.First)
		c.add(headerLoad{transportHeader, offsetSourcePort, 4})
		c.compare(false, value)
		return
	}
	if source {
		p.Source.encode(c, offsetSourcePort, p.NotSource)
	}
	if dest {
		p.Destination.encode(c, offsetDestPort, p.NotDestination)
	}
}

func (p PortRange) encode(c *code, offset uint32, not bool) {
	first, last := binary.BigEndian.AppendUint16(nil, p.First), binary.BigEndian.AppendUint16(nil, p.Last)
	c.add(headerLoad{transportHeader, offset, 2})
	switch {
	case p.First == p.Last:
		c.compare(not, first)
	case p.First == 0 && not:
		c.add(comparison{opGreater, last})
	case p.First == 0:
		c.add(comparison{opLessEqual, last})
	default:
		c.add(between{not, first, last})
	}
}

func (p Ports) encodeXt(c *code) {
	s, name, inverted := make(structure, tcpSize), "tcp", 11
	if p.Protocol == UDP {
		s, name, inverted = make(structure, udpSize), "udp", 8
	}
	put := func(at int, r PortRange, not bool, flag uint8) {
		if (r == PortRange{}) {
			r.Last = 65535
		}
		s.put16(at, r.First)
		s.put16(at+2, r.Last)
		if not {
			s[inverted] |= flag
		}
	}
	put(0, p.Source, p.NotSource, notSourcePorts)
	put(4, p.Destination, p.NotDestination, notDestPorts)
	if p.Protocol == TCP {
		s[8], s[9], s[10] = p.Option.Kind, p.Flags.Mask, p.Flags.Set
		if p.Flags.Not {
			s[inverted] |= tcpNotFlags
		}
		if p.Option.Not {
			s[inverted] |= tcpNotOption
		}
	}
	c.match(name, 0, s)
}

func (p Ports) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Ports {
		for _, c := range []struct {
			r    PortRange
			not  bool
			flag string
			port uint16
		}{
			{p.Source, p.NotSource, "--sport ", f.Source.Port()},
			{p.Destination, p.NotDestination, "--dport ", f.Destination.Port()},
		} {
			if c.r != (PortRange{}) && (c.r.First <= c.port && c.port <= c.r.Last) == c.not {
				return mismatch(c.not, c.flag+c.r.join(":"), strconv.Itoa(int(c.port)))
			}
		}
	}
	return p.Flags.fails(f)
}
