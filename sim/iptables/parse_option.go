package iptables

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

func (p *parser) address(option string, field *Address) error {
	s, err := p.value(option)
	if err != nil {
		return err
	}
	if *field != (Address{}) {
		return fmt.Errorf("%s is given twice", option)
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		var a netip.Addr
		if a, err = netip.ParseAddr(s); err == nil {
			prefix = netip.PrefixFrom(a, a.BitLen())
		}
	}
	if err != nil {
		return fmt.Errorf("%s %q is not an IPv4 address or prefix", option, s)
	}
	*field = Address{prefix, p.negated()}
	return problem(field.problem())
}

func problem(s string) error {
	if s == "" {
		return nil
	}
	return errors.New(s)
}

func (p *parser) iface(option string, field *Interface) error {
	s, err := p.value(option)
	if err != nil {
		return err
	}
	if *field != (Interface{}) {
		return fmt.Errorf("%s is given twice", option)
	}
	*field = Interface{s, p.negated()}
	return problem(field.problem())
}

func (p *parser) protocol(option string) error {
	s, err := p.value(option)
	if err != nil {
		return err
	}
	if p.made.Protocol != (Protocol{}) {
		return fmt.Errorf("%s is given twice", option)
	}
	for n := ProtocolNumber(1); n != 0; n++ {
		if n.String() == strings.ToLower(s) || strconv.Itoa(int(n)) == s {
			p.made.Protocol = Protocol{n, p.negated()}
			return nil
		}
	}
	return fmt.Errorf("%s %q is not a protocol: use a name such as tcp, udp or icmp, or a number from 1 to 255", option, s)
}

// module begins a match, to which option adds.
func (p *parser) module(option string) error {
	name, err := p.value(option)
	if err != nil {
		return err
	}
	var m Match
	switch name {
	case "tcp":
		m = Ports{Protocol: TCP}
	case "udp":
		m = Ports{Protocol: UDP}
	case "addrtype":
		m = AddrType{}
	case "conntrack":
		m = ConnState{}
	default:
		return fmt.Errorf("-m %s is not supported; the supported matches are tcp, udp, addrtype and conntrack", name)
	}
	p.made.Matches = append(p.made.Matches, m)
	return nil
}

// option reads an option of the last match.
func (p *parser) option(word string) error {
	last := len(p.made.Matches) - 1
	if word == "--sport" || word == "--dport" || word == "--source-port" || word == "--destination-port" {
		if _, ok := p.lastMatch().(Ports); !ok { // the protocol's match is implied
			n := p.made.Protocol.Number
			if n != TCP && n != UDP || p.made.Protocol.Not {
				return fmt.Errorf("%s needs -p tcp or -p udp before it", word)
			}
			p.made.Matches = append(p.made.Matches, Ports{Protocol: n})
			last++
		}
	}
	switch m := p.lastMatch().(type) {
	case Ports:
		err := p.ports(word, &m)
		p.made.Matches[last] = m
		return err
	case AddrType:
		err := p.addrType(word, &m)
		p.made.Matches[last] = m
		return err
	case ConnState:
		err := p.connState(word, &m)
		p.made.Matches[last] = m
		return err
	}
	if strings.HasPrefix(word, "-") {
		return fmt.Errorf("unknown option %s; the options are -s, -d, -i, -o, -p, -m and -j", word)
	}
	return fmt.Errorf("%q is not an option; the options are -s, -d, -i, -o, -p, -m and -j", word)
}

func (p *parser) lastMatch() Match {
	if n := len(p.made.Matches); n > 0 {
		return p.made.Matches[n-1]
	}
	return nil
}

func (p *parser) ports(word string, m *Ports) error {
	field, not := &m.Destination, &m.NotDestination
	switch word {
	case "--sport", "--source-port":
		field, not = &m.Source, &m.NotSource
	case "--dport", "--destination-port":
	default:
		return fmt.Errorf("unknown option %s of -m %s; the options are --sport and --dport", word, m.Protocol)
	}
	s, err := p.value(word)
	if err != nil {
		return err
	}
	if *field != (PortRange{}) {
		return fmt.Errorf("%s is given twice", word)
	}
	if *field, err = parsePorts(word, s, ":"); err != nil {
		return err
	}
	*not = p.negated()
	return nil
}

// parsePorts reads a port or a range. It rejects port 0 on its own.
func parsePorts(option, s, separator string) (r PortRange, err error) {
	first, last, isRange := strings.Cut(s, separator)
	a, err1 := strconv.ParseUint(first, 10, 16)
	b := a
	var err2 error
	if isRange {
		b, err2 = strconv.ParseUint(last, 10, 16)
	}
	if err1 != nil || err2 != nil || b == 0 {
		return r, fmt.Errorf("%s %q is not a port from 1 to 65535, or a range such as 80%s90", option, s, separator)
	}
	return PortRange{uint16(a), uint16(b)}, nil
}

func (p *parser) addrType(word string, m *AddrType) error {
	field, not := &m.Destination, &m.NotDestination
	switch word {
	case "--limit-iface-in":
		m.LimitIn = true
		return nil
	case "--limit-iface-out":
		m.LimitOut = true
		return nil
	case "--src-type":
		field, not = &m.Source, &m.NotSource
	case "--dst-type":
	default:
		return fmt.Errorf("unknown option %s of -m addrtype; the options are --src-type, --dst-type, --limit-iface-in and --limit-iface-out", word)
	}
	s, err := p.value(word)
	if err != nil {
		return err
	}
	if *field != 0 {
		return fmt.Errorf("%s is given twice", word)
	}
	*field, err = bitSet(word, s, allAddrTypes)
	*not = p.negated()
	return err
}

func (p *parser) connState(word string, m *ConnState) error {
	if word != "--ctstate" {
		return fmt.Errorf("unknown option %s of -m conntrack; the only option is --ctstate", word)
	}
	s, err := p.value(word)
	if err != nil {
		return err
	}
	if m.States != 0 {
		return fmt.Errorf("%s is given twice", word)
	}
	m.States, err = bitSet(word, s, allStates)
	m.Not = p.negated()
	return err
}

// bitSet reads a comma-separated list of names. all is the set of all names.
func bitSet[T interface {
	~uint16
	String() string
}](option, s string, all T) (set T, err error) {
	for _, name := range strings.Split(s, ",") {
		var found T
		for bit := T(1); bit != 0; bit <<= 1 {
			if all&bit != 0 && bit.String() == strings.ToUpper(name) {
				found = bit
			}
		}
		if found == 0 {
			return 0, fmt.Errorf("%s %q is not one of %s", option, name, all.String())
		}
		set |= found
	}
	return set, nil
}

// notSupported lists iptables targets that are not supported. No chain may have such a
// name.
var notSupported = []string{"REDIRECT", "LOG", "REJECT", "MARK", "CONNMARK", "TCPMSS", "NFQUEUE", "QUEUE", "TRACE", "NOTRACK", "CT", "NETMAP"}

func (p *parser) jump(option string) error {
	s, err := p.value(option)
	if err != nil {
		return err
	}
	if p.made.Target != nil {
		return fmt.Errorf("%s is given twice", option)
	}
	switch s {
	case "ACCEPT":
		p.made.Target = Accept
	case "DROP":
		p.made.Target = Drop
	case "RETURN":
		p.made.Target = Return
	case "MASQUERADE":
		p.made.Target = Masquerade{}
	case "DNAT":
		to, ports, err := p.translated("DNAT", "--to-destination")
		p.made.Target = DNAT{to, ports}
		return err
	case "SNAT":
		to, ports, err := p.translated("SNAT", "--to-source")
		p.made.Target = SNAT{to, ports}
		return err
	default:
		for _, name := range notSupported {
			if s == name {
				return fmt.Errorf("%s %s is not supported; the targets are ACCEPT, DROP, RETURN, DNAT, SNAT, MASQUERADE and chains", option, s)
			}
		}
		p.made.Target = Jump{s}
	}
	return nil
}

// translated reads the new address and ports of a translation.
func (p *parser) translated(target, option string) (a netip.Addr, ports PortRange, err error) {
	if len(p.words) == 0 || p.words[0] != option {
		return a, ports, fmt.Errorf("%s needs %s", target, option)
	}
	p.words = p.words[1:]
	s, err := p.value(option)
	if err != nil {
		return a, ports, err
	}
	address, after, hasPorts := strings.Cut(s, ":")
	if address != "" {
		if a, err = netip.ParseAddr(address); err != nil {
			return a, ports, fmt.Errorf("%s %q is not ADDRESS, ADDRESS:PORT or :PORT", option, s)
		}
	}
	if hasPorts {
		ports, err = parsePorts(option, after, "-")
	}
	return a, ports, err
}
