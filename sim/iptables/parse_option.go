package iptables

import (
	"fmt"
	"slices"
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
	return field.set(&argument{p.family, option, []string{s}, p.negated()})
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
	if text := field.problem(); text != "" {
		return fmt.Errorf("%s", text)
	}
	return nil
}

func (p *parser) protocol(option string) error {
	s, err := p.value(option)
	if err != nil {
		return err
	}
	if p.made.Protocol != (Protocol{}) {
		return fmt.Errorf("%s is given twice", option)
	}
	n, ok := protocolNamed(s)
	if p.family == IPv6 && strings.EqualFold(s, "icmpv6") {
		n, ok = ICMPv6, true
	}
	if !ok {
		return fmt.Errorf("%s %q is not a protocol: use a name such as tcp, udp or icmp, or a number from 1 to 255", option, s)
	}
	p.made.Protocol = Protocol{n, p.negated()}
	return nil
}

// protocolNamed finds a protocol by its name or number.
func protocolNamed(s string) (ProtocolNumber, bool) {
	for n := ProtocolNumber(1); n != 0; n++ {
		if n.String() == strings.ToLower(s) || strconv.Itoa(int(n)) == s {
			return n, true
		}
	}
	return 0, false
}

// module begins a match, to which option adds.
func (p *parser) module(option string) error {
	name, err := p.value(option)
	if err != nil {
		return err
	}
	e := find(matchKinds, p.family, name)
	if e == nil {
		return fmt.Errorf("-m %s is not supported; the supported matches are %s", name, strings.Join(names(matchKinds, p.family), ", "))
	}
	p.parts = append(p.parts, &parsing{extension: e, flag: "-m", part: e.begin(p.family)})
	return nil
}

// otherTargets are iptables targets that are not supported. No chain may have such a name.
var otherTargets = []string{
	"AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNSECMARK", "CT", "ECN", "HMARK", "IDLETIMER", "LED", "NFLOG", "NFQUEUE", "NOTRACK", "QUEUE",
	"RATEEST", "SECMARK", "SET", "SYNPROXY", "TCPOPTSTRIP", "TEE", "TPROXY", "TRACE", "ULOG",
}

// isTarget reports whether a name is that of a target, which no chain can have.
func isTarget(name string) bool {
	return slices.Contains([]string{"ACCEPT", "DROP", "RETURN"}, name) || slices.Contains(append(names(targetKinds, IPv4), names(targetKinds, IPv6)...), name) || slices.Contains(otherTargets, name)
}

func (p *parser) jump(option string) error {
	s, err := p.value(option)
	if err != nil {
		return err
	}
	if p.made.Target != nil || slices.ContainsFunc(p.parts, func(e *parsing) bool { return e.flag == "-j" }) {
		return fmt.Errorf("%s is given twice", option)
	}
	e := find(targetKinds, p.family, s)
	switch {
	case option == "-g" || option == "--goto":
		if isTarget(s) {
			return fmt.Errorf("%s %s: only a chain can be gone to", option, s)
		}
		p.made.Target = Goto{s}
	case s == "ACCEPT":
		p.made.Target = Accept
	case s == "DROP":
		p.made.Target = Drop
	case s == "RETURN":
		p.made.Target = Return
	case e != nil:
		p.parts = append(p.parts, &parsing{extension: e, flag: "-j", part: e.begin(p.family)})
	case isTarget(s):
		return fmt.Errorf("%s %s is not supported; the targets are ACCEPT, DROP, RETURN, %s and chains", option, s, strings.Join(names(targetKinds, p.family), ", "))
	default:
		p.made.Target = Jump{s}
	}
	return nil
}
