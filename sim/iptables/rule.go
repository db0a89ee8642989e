package iptables

import "strings"

// Rule is one line of a chain. Every condition must hold for the target to be
// taken; a zero condition holds for every packet.
type Rule struct {
	Source      Address
	Destination Address
	In          Interface
	Out         Interface
	Protocol    Protocol
	Matches     []Match
	Target      Target // nil: the rule counts and goes on to the next

	// Set by [Read] only, and not written by [Ruleset.Install].
	Handle  uint64 // unique in the table; what the kernel's rule trace names
	Packets uint64 // packets that met all conditions
	Bytes   uint64 // their IP lengths, summed
}

// String returns the rule as iptables -S prints it, without "-A CHAIN ":
//
//	! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000
//
// Text in square brackets is no iptables syntax: it names a part that is there
// but not understood, see [Opaque].
func (r Rule) String() string {
	var parts []string
	add := func(not bool, flag, value string) {
		if value == "" {
			return
		}
		if not {
			parts = append(parts, "!")
		}
		parts = append(parts, flag, value)
	}
	add(r.Source.Not, "-s", r.Source.text())
	add(r.Destination.Not, "-d", r.Destination.text())
	add(r.In.Not, "-i", r.In.Name)
	add(r.Out.Not, "-o", r.Out.Name)
	if r.Protocol.Number != 0 {
		add(r.Protocol.Not, "-p", r.Protocol.Number.String())
	}
	for _, m := range r.Matches {
		parts = append(parts, m.String())
	}
	switch t := r.Target.(type) {
	case nil:
	case Opaque:
		parts = append(parts, t.String())
	default:
		parts = append(parts, "-j", t.String())
	}
	return strings.Join(parts, " ")
}

// Spec returns the rule with the command that appends it to chain:
// "-A DOCKER -i docker0 -j RETURN".
func (r Rule) Spec(chain string) string {
	if s := r.String(); s != "" {
		return "-A " + chain + " " + s
	}
	return "-A " + chain
}

// Understood reports whether the model holds everything the rule does. If not,
// some part is [Opaque], and what the rule does to a packet cannot be told.
func (r Rule) Understood() bool {
	for _, m := range r.Matches {
		if _, opaque := m.(Opaque); opaque {
			return false
		}
	}
	_, opaque := r.Target.(Opaque)
	return !opaque
}

// Match is one "-m" part of a rule: [AddrType], [Ports], [ConnState] or [Opaque].
type Match interface {
	String() string // in iptables syntax, from "-m" on
	match()
}

// Target is what a rule does: a [Verdict], [Jump], [DNAT], [SNAT], [Masquerade]
// or [Opaque].
type Target interface {
	String() string // in iptables syntax, what follows "-j"
	target()
}
