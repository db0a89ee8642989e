package iptables

import "net/netip"

// Verdict ends the evaluation of a chain.
type Verdict uint8

// The verdicts.
const (
	Accept Verdict = iota + 1
	Drop
	Return // go on in the calling chain, or take the base chain's policy
)

func (Verdict) target() {}

// String returns "ACCEPT", "DROP", "RETURN" or "unknown".
func (v Verdict) String() string {
	switch v {
	case Accept:
		return "ACCEPT"
	case Drop:
		return "DROP"
	case Return:
		return "RETURN"
	}
	return "unknown"
}

// Jump evaluates a user-defined chain, and goes on after this rule if nothing
// there decided.
type Jump struct {
	Chain string
}

func (Jump) target() {}

// String returns the chain's name.
func (j Jump) String() string { return j.Chain }

// DNAT rewrites the destination of a connection. The zero Address or Ports
// leave that part as it is, but not both can be zero. Of a range of ports the
// kernel takes a free one.
type DNAT struct {
	Address netip.Addr
	Ports   PortRange
}

func (DNAT) target() {}

// String returns "DNAT --to-destination 172.17.0.2:5000".
func (d DNAT) String() string { return "DNAT --to-destination " + translated(d.Address, d.Ports) }

func (d DNAT) problems(of Protocol) []string { return natProblems("DNAT", d.Address, d.Ports, of) }

// SNAT rewrites the source of a connection, as [DNAT] does the destination.
type SNAT struct {
	Address netip.Addr
	Ports   PortRange
}

func (SNAT) target() {}

// String returns "SNAT --to-source 10.127.16.1".
func (s SNAT) String() string { return "SNAT --to-source " + translated(s.Address, s.Ports) }

func (s SNAT) problems(of Protocol) []string { return natProblems("SNAT", s.Address, s.Ports, of) }

// translated writes what a connection's end becomes.
func translated(a netip.Addr, ports PortRange) (s string) {
	if a.IsValid() {
		s = a.String()
	}
	if ports != (PortRange{}) {
		s += ":" + ports.join("-")
	}
	return s
}

func natProblems(target string, a netip.Addr, ports PortRange, of Protocol) []string {
	var out []string
	switch {
	case !a.IsValid() && ports == PortRange{}:
		out = append(out, target+" has neither an address nor a port to go to")
	case a.IsValid() && !a.Is4():
		out = append(out, target+" goes to "+a.String()+", which is not an IPv4 address")
	}
	if ports == (PortRange{}) {
		return out
	}
	if ports.First > ports.Last || ports.First == 0 {
		out = append(out, target+" port range "+ports.join("-")+" is not one")
	}
	switch n := of.Number; {
	case of.Not, n != TCP && n != UDP && n != DCCP && n != SCTP:
		out = append(out, target+" to a port needs -p tcp, udp, sctp or dccp")
	}
	return out
}

// Masquerade rewrites the source of a connection to the address of the
// outgoing interface.
type Masquerade struct{}

func (Masquerade) target() {}

// String returns "MASQUERADE".
func (Masquerade) String() string { return "MASQUERADE" }
