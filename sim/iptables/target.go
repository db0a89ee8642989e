package iptables

import "net/netip"

// Verdict ends the evaluation of a chain.
type Verdict uint8

// The verdicts.
const (
	Accept Verdict = iota + 1
	Drop
	Return // continue in the calling chain, or apply the base chain's policy
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

// Jump evaluates a user-defined chain, then continues after this rule if that chain
// reaches no verdict.
type Jump struct {
	Chain string
}

func (Jump) target() {}

// String returns the chain's name.
func (j Jump) String() string { return j.Chain }

// DNAT rewrites the destination of a connection. A zero Address or zero Ports leaves
// that part unchanged; at least one must be set. From a range of ports the kernel picks
// a free one.
type DNAT struct {
	Address netip.Addr
	Ports   PortRange
}

func (DNAT) target() {}

// String returns "DNAT --to-destination 172.17.0.2:5000".
func (d DNAT) String() string { return "DNAT --to-destination " + translated(d.Address, d.Ports) }

func (d DNAT) problems(of Protocol) []string { return natProblems("DNAT", d.Address, d.Ports, of) }

// SNAT rewrites the source of a connection, as [DNAT] rewrites the destination.
type SNAT struct {
	Address netip.Addr
	Ports   PortRange
}

func (SNAT) target() {}

// String returns "SNAT --to-source 10.127.16.1".
func (s SNAT) String() string { return "SNAT --to-source " + translated(s.Address, s.Ports) }

func (s SNAT) problems(of Protocol) []string { return natProblems("SNAT", s.Address, s.Ports, of) }

// translated formats the new end of a connection: ADDRESS, :PORTS or ADDRESS:PORTS.
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
		out = append(out, target+" needs an address or a port")
	case a.IsValid() && !a.Is4():
		out = append(out, target+" address "+a.String()+" is not an IPv4 address")
	}
	if ports == (PortRange{}) {
		return out
	}
	if ports.First > ports.Last || ports.First == 0 {
		out = append(out, target+" port range "+ports.join("-")+" is not valid")
	}
	switch n := of.Number; {
	case of.Not, n != TCP && n != UDP && n != DCCP && n != SCTP:
		out = append(out, target+" to a port needs -p tcp, udp, sctp or dccp")
	}
	return out
}

// Masquerade rewrites the source of a connection to the address of the outgoing interface.
type Masquerade struct{}

func (Masquerade) target() {}

// String returns "MASQUERADE".
func (Masquerade) String() string { return "MASQUERADE" }
