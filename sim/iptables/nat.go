package iptables

import (
	"net/netip"
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// DNAT rewrites the destination of a connection. A zero Address or zero Ports leaves
// that part unchanged; at least one must be set. From several addresses the kernel picks
// one, from a range of ports a free one.
type DNAT struct {
	Address    netip.Addr
	Last       netip.Addr // the last of several addresses; invalid: only Address
	Ports      PortRange
	Base       uint16 // the original port that becomes the first of Ports; 0: none
	Random     bool
	Persistent bool // the same address for all connections of a client
}

// SNAT rewrites the source of a connection, as [DNAT] rewrites the destination.
type SNAT struct {
	Address     netip.Addr
	Last        netip.Addr
	Ports       PortRange
	Random      bool
	FullyRandom bool
	Persistent  bool
}

// Masquerade rewrites the source of a connection to an address of the outgoing interface.
type Masquerade struct {
	Ports       PortRange // zero: the original port, if it is free
	Random      bool
	FullyRandom bool
}

// Redirect rewrites the destination of a connection to the node itself: the incoming
// interface's address or, for the node's own connections, 127.0.0.1.
type Redirect struct {
	Ports  PortRange // zero: unchanged
	Random bool
}

var dnatKind = &kind[DNAT]{
	name: "DNAT",
	options: []option[DNAT]{
		{"--to-destination", "[ADDRESS[-ADDRESS]][:PORT[-PORT[/PORT]]]", false, func(d *DNAT, a *argument) error {
			to, base, err := a.translation(true)
			d.Address, d.Last, d.Ports, d.Base = to.first, to.last, to.ports, base
			return err
		}},
		{"--random", "", false, func(d *DNAT, _ *argument) error { d.Random = true; return nil }},
		{"--persistent", "", false, func(d *DNAT, _ *argument) error { d.Persistent = true; return nil }},
	},
	read: readDNAT(IPv4), inIPv6: &layout[DNAT]{readDNAT(IPv6), natRange2Size},
	size: natRange2Size,
}

func readDNAT(f Family) func(uint32, structure) (DNAT, bool) {
	return func(revision uint32, s structure) (DNAT, bool) {
		t := natRange{flags: s.uint32(0)}
		t.read(f, s, 4, 20, 36)
		d := DNAT{t.first, t.last, t.ports, 0, t.flags&natRandom != 0, t.flags&natPersistent != 0}
		if t.flags&natOffset != 0 {
			d.Base = s.big16(40)
		}
		return d, revision == 2
	}
}

var snatKind = &kind[SNAT]{
	name: "SNAT",
	options: []option[SNAT]{
		{"--to-source", "[ADDRESS[-ADDRESS]][:PORT[-PORT]]", false, func(d *SNAT, a *argument) error {
			to, _, err := a.translation(false)
			d.Address, d.Last, d.Ports = to.first, to.last, to.ports
			return err
		}},
		{"--random", "", false, func(d *SNAT, _ *argument) error { d.Random = true; return nil }},
		{"--random-fully", "", false, func(d *SNAT, _ *argument) error { d.FullyRandom = true; return nil }},
		{"--persistent", "", false, func(d *SNAT, _ *argument) error { d.Persistent = true; return nil }},
	},
	read:   func(revision uint32, s structure) (SNAT, bool) { return snatOf(readCompat(s)), revision == 0 },
	size:   natCompatSize,
	inIPv6: &layout[SNAT]{func(revision uint32, s structure) (SNAT, bool) { return snatOf(readRange(s)), revision == 1 }, natRangeSize},
}

func snatOf(t natRange) SNAT {
	return SNAT{t.first, t.last, t.ports, t.flags&natRandom != 0, t.flags&natFullyRandom != 0, t.flags&natPersistent != 0}
}

var masqueradeKind = &kind[Masquerade]{
	name: "MASQUERADE",
	options: []option[Masquerade]{
		{"--to-ports", "PORT[-PORT]", false, func(m *Masquerade, a *argument) (err error) {
			m.Ports, err = parsePorts(a.option, a.value(), "-")
			return err
		}},
		{"--random", "", false, func(m *Masquerade, _ *argument) error { m.Random = true; return nil }},
		{"--random-fully", "", false, func(m *Masquerade, _ *argument) error { m.FullyRandom = true; return nil }},
	},
	read: func(revision uint32, s structure) (Masquerade, bool) {
		return masqueradeOf(readCompat(s)), revision == 0
	},
	size: natCompatSize,
	inIPv6: &layout[Masquerade]{func(revision uint32, s structure) (Masquerade, bool) {
		return masqueradeOf(readRange(s)), revision == 0
	}, natRangeSize},
}

func masqueradeOf(t natRange) Masquerade {
	return Masquerade{t.ports, t.flags&natRandom != 0, t.flags&natFullyRandom != 0}
}

var redirectKind = &kind[Redirect]{
	name: "REDIRECT",
	options: []option[Redirect]{
		{"--to-ports", "PORT[-PORT]", false, func(r *Redirect, a *argument) (err error) {
			r.Ports, err = parsePorts(a.option, a.value(), "-")
			return err
		}},
		{"--random", "", false, func(r *Redirect, _ *argument) error { r.Random = true; return nil }},
	},
	read:   func(revision uint32, s structure) (Redirect, bool) { return redirectOf(readCompat(s)), revision == 0 },
	size:   natCompatSize,
	inIPv6: &layout[Redirect]{func(revision uint32, s structure) (Redirect, bool) { return redirectOf(readRange(s)), revision == 0 }, natRangeSize},
}

func redirectOf(t natRange) Redirect {
	return Redirect{t.ports, t.flags&natRandom != 0}
}

func (d DNAT) common() natRange {
	return natRange{d.Address, d.Last, d.Ports, 0}.flagged(d.Random, natRandom).flagged(d.Persistent, natPersistent).flagged(d.Base != 0, natOffset)
}

func (s SNAT) common() natRange {
	return natRange{s.Address, s.Last, s.Ports, 0}.flagged(s.Random, natRandom).flagged(s.FullyRandom, natFullyRandom).flagged(s.Persistent, natPersistent)
}

func (m Masquerade) common() natRange {
	return natRange{ports: m.Ports}.flagged(m.Random, natRandom).flagged(m.FullyRandom, natFullyRandom)
}

func (r Redirect) common() natRange { return natRange{ports: r.Ports}.flagged(r.Random, natRandom) }

// String returns "DNAT --to-destination 172.17.0.2:5000".
func (d DNAT) String() string { n := d.common(); return n.text("DNAT", "--to-destination", d.to()) }

// to returns the new destination, with the base.
func (d DNAT) to() string {
	n := d.common()
	to := n.String()
	if d.Base != 0 {
		return to + "/" + strconv.Itoa(int(d.Base))
	}
	return to
}

// String returns "SNAT --to-source 10.127.16.1".
func (s SNAT) String() string { n := s.common(); return n.text("SNAT", "--to-source", n.String()) }

// String returns "MASQUERADE" or "MASQUERADE --to-ports 1024-65535 --random".
func (m Masquerade) String() string {
	n := m.common()
	return n.text("MASQUERADE", "--to-ports", strings.TrimPrefix(n.String(), ":"))
}

// String returns "REDIRECT --to-ports 8080".
func (r Redirect) String() string {
	n := r.common()
	return n.text("REDIRECT", "--to-ports", strings.TrimPrefix(n.String(), ":"))
}

func (n natRange) text(target, option, to string) string {
	t := text{words: []string{target}}
	t.addIf(to != "", option, to)
	t.addIf(n.flags&natRandom != 0, "--random")
	t.addIf(n.flags&natFullyRandom != 0, "--random-fully")
	t.addIf(n.flags&natPersistent != 0, "--persistent")
	return t.String()
}

func (d DNAT) listed() string { n := d.common(); return n.listed("to:", d.to()) }

func (s SNAT) listed() string { n := s.common(); return n.listed("to:", n.String()) }

func (m Masquerade) listed() string {
	n := m.common()
	return n.listed("masq ports: ", strings.TrimPrefix(n.String(), ":"))
}

func (r Redirect) listed() string {
	n := r.common()
	return n.listed("redir ports ", strings.TrimPrefix(n.String(), ":"))
}

// listed returns the new end and the flags as iptables -L prints them.
func (n natRange) listed(label, to string) string {
	t := text{}
	t.addIf(to != "", label+to)
	t.addIf(n.flags&natRandom != 0, "random")
	t.addIf(n.flags&natFullyRandom != 0, "random-fully")
	t.addIf(n.flags&natPersistent != 0, "persistent")
	return t.String()
}

// encode writes revision 2, which has the base.
func (d DNAT) encode(c *code) {
	n := d.common()
	s := make(structure, natRange2Size)
	n.write(s, 0, 4, 20, 36)
	s.putBig16(40, d.Base)
	c.target("DNAT", 2, s)
}

// encode writes revision 0 for IPv4, and 1 for IPv6, as iptables and ip6tables do.
func (s SNAT) encode(c *code) { c.target("SNAT", uint32(c.family), s.common().structure(c.family)) }

func (m Masquerade) encode(c *code) { c.target("MASQUERADE", 0, m.common().structure(c.family)) }

func (r Redirect) encode(c *code) { c.target("REDIRECT", 0, r.common().structure(c.family)) }

func (d DNAT) problems(p place) []string {
	out := d.common().problems("DNAT", "--to-destination", p)
	if d.Base != 0 && d.Ports.First == d.Ports.Last {
		out = append(out, "DNAT shifts ports, but has no range of them")
	}
	return append(out, natPlace(p, "DNAT", hookPrerouting, hookOutput)...)
}

func (s SNAT) problems(p place) []string {
	return append(s.common().problems("SNAT", "--to-source", p), natPlace(p, "SNAT", hookPostrouting, hookInput)...)
}

func (m Masquerade) problems(p place) []string {
	return append(m.common().portProblems("MASQUERADE", p), natPlace(p, "MASQUERADE", hookPostrouting)...)
}

func (r Redirect) problems(p place) []string {
	return append(r.common().portProblems("REDIRECT", p), natPlace(p, "REDIRECT", hookPrerouting, hookOutput)...)
}

// natPlace checks that a translation is in table nat, at a hook where the kernel allows
// it: destination translation before routing, source translation after it.
func natPlace(p place, target string, hooks ...uint32) []string {
	if out := p.only(target, "nat"); out != nil {
		return out
	}
	return p.at(target, hooks...)
}

func (d DNAT) effect(r *rule.Rule)       { r.NAT = d.common().neutral(rule.DNAT) }
func (s SNAT) effect(r *rule.Rule)       { r.NAT = s.common().neutral(rule.SNAT) }
func (m Masquerade) effect(r *rule.Rule) { r.NAT = m.common().neutral(rule.Masquerade) }
func (r Redirect) effect(out *rule.Rule) { out.NAT = r.common().neutral(rule.Redirect) }
