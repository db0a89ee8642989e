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
func (d DNAT) String() string {
	s := "DNAT --to-destination "
	if d.Address.IsValid() {
		s += d.Address.String()
	}
	if d.Ports != (PortRange{}) {
		s += ":" + d.Ports.join("-")
	}
	return s
}

func (d DNAT) problems(of Protocol) []string {
	var out []string
	switch {
	case !d.Address.IsValid() && d.Ports == PortRange{}:
		out = append(out, "DNAT has neither an address nor a port to go to")
	case d.Address.IsValid() && !d.Address.Is4():
		out = append(out, "DNAT goes to "+d.Address.String()+", which is not an IPv4 address")
	}
	if d.Ports == (PortRange{}) {
		return out
	}
	if d.Ports.First > d.Ports.Last || d.Ports.First == 0 {
		out = append(out, "DNAT port range "+d.Ports.join("-")+" is not one")
	}
	switch n := of.Number; {
	case of.Not, n != TCP && n != UDP && n != DCCP && n != SCTP:
		out = append(out, "DNAT to a port needs -p tcp, udp, sctp or dccp")
	}
	return out
}

// Masquerade rewrites the source of a connection to the address of the
// outgoing interface.
type Masquerade struct{}

func (Masquerade) target() {}

// String returns "MASQUERADE".
func (Masquerade) String() string { return "MASQUERADE" }
