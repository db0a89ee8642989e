package iptables

import "strings"

// Rule is one rule of a chain. Its target applies to packets that meet all its
// conditions. A zero condition matches every packet.
type Rule struct {
	Source      Address
	Destination Address
	In          Interface
	Out         Interface
	Protocol    Protocol
	Fragments   Fragments
	Matches     []Match
	Target      Target // nil: only count

	// Set by [Read], ignored by [Ruleset.Install].
	Handle  uint64 // unique within the table; the kernel's rule trace refers to it
	Packets uint64 // that met all conditions
	Bytes   uint64 // the sum of those packets' IP lengths
}

// String returns the rule as iptables -S prints it, without "-A CHAIN ":
//
//	! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000
//
// Text in square brackets is not iptables syntax: see [Opaque].
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
	if r.Fragments != 0 {
		parts = append(parts, r.Fragments.String())
	}
	for _, m := range r.Matches {
		parts = append(parts, m.String())
	}
	switch t := r.Target.(type) {
	case nil:
	case Opaque:
		parts = append(parts, t.String())
	case Goto:
		parts = append(parts, "-g", t.Chain)
	default:
		parts = append(parts, "-j", t.String())
	}
	return strings.Join(parts, " ")
}

// Spec returns the command that appends the rule to a chain:
// "-A DOCKER -i docker0 -j RETURN".
func (r Rule) Spec(chain string) string {
	if s := r.String(); s != "" {
		return "-A " + chain + " " + s
	}
	return "-A " + chain
}
