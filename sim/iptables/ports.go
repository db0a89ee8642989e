package iptables

import (
	"strconv"
	"strings"
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

// Ports is "-m tcp" or "-m udp" with "--sport" and "--dport". Without ranges it is a
// bare "-m tcp", which merely repeats the protocol.
type Ports struct {
	Protocol       ProtocolNumber // TCP or UDP, the same as the rule's
	Source         PortRange
	Destination    PortRange
	NotSource      bool
	NotDestination bool
}

func (Ports) match() {}

// String returns "-m tcp --dport 80".
func (p Ports) String() string {
	var b strings.Builder
	b.WriteString("-m ")
	b.WriteString(p.Protocol.String())
	write := func(r PortRange, not bool, flag string) {
		if r == (PortRange{}) {
			return
		}
		if not {
			b.WriteString(" !")
		}
		b.WriteString(flag)
		b.WriteString(r.join(":"))
	}
	write(p.Source, p.NotSource, " --sport ")
	write(p.Destination, p.NotDestination, " --dport ")
	return b.String()
}

func (p Ports) problems(of Protocol) []string {
	var out []string
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
	return out
}
