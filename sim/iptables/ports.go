package iptables

import (
	"strconv"
	"strings"
)

// PortRange is the ports First to Last, both included. The zero value is no
// range: any port in a match, the unchanged port in [DNAT]. So port 0 alone,
// which no packet of an ordinary program carries, cannot be said.
type PortRange struct {
	First, Last uint16
}

// Port is the range of one port.
func Port(n uint16) PortRange { return PortRange{n, n} }

// join prints the range with iptables' separator: ":" in a match, "-" in DNAT.
func (p PortRange) join(separator string) string {
	if p.First == p.Last {
		return strconv.Itoa(int(p.First))
	}
	return strconv.Itoa(int(p.First)) + separator + strconv.Itoa(int(p.Last))
}

// Ports is "-m tcp" or "-m udp" with "--sport" and "--dport". Without any range
// it only repeats the protocol, as iptables does for a bare "-m tcp".
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
		out = append(out, "ports are matched for tcp and udp only, not "+p.Protocol.String())
	case of.Not || of.Number != p.Protocol:
		out = append(out, "-m "+p.Protocol.String()+" needs -p "+p.Protocol.String())
	}
	for _, side := range []struct {
		r   PortRange
		not bool
	}{{p.Source, p.NotSource}, {p.Destination, p.NotDestination}} {
		switch {
		case side.r.First > side.r.Last:
			out = append(out, "port range "+side.r.join(":")+" is backwards")
		case side.r == PortRange{} && side.not:
			out = append(out, "negation without ports")
		case side.r == PortRange{0, 65535}:
			out = append(out, "ports 0:65535 are every port: leave them out")
		}
	}
	return out
}
