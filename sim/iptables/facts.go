package iptables

import (
	"net/netip"
	"strconv"
	"strings"
)

// Facts are what is known of a packet where a rule looks at it.
type Facts struct {
	In, Out             string // interfaces; empty: it came in, or leaves, by none
	Source, Destination netip.AddrPort
	Protocol            ProtocolNumber
	Ports               bool   // the ports are known: it is no fragment
	State               States // of its connection; 0: not known
	// Local tells whether an address is one of the machine's own.
	Local func(netip.Addr) bool
}

// Failed is the condition of a rule that does not hold for a packet.
type Failed struct {
	Condition string // as in the rule: "! -i docker0", "--dport 80"
	Was       string // what it was instead: "docker0", "443"; empty: nothing
}

// Fails returns the first condition of a rule that does not hold. ok is false if
// none is known not to hold: then the rule holds, or has parts that are not
// understood, or asks for what is not known.
func (r Rule) Fails(f *Facts) (failed Failed, ok bool) {
	for _, c := range []struct {
		set, holds, not bool
		flag, value     string
		was             string
	}{
		{r.Source.Prefix.IsValid(), r.Source.Prefix.Contains(f.Source.Addr()), r.Source.Not, "-s", r.Source.text(), f.Source.Addr().String()},
		{r.Destination.Prefix.IsValid(), r.Destination.Prefix.Contains(f.Destination.Addr()), r.Destination.Not, "-d", r.Destination.text(), f.Destination.Addr().String()},
		{r.In.Name != "", r.In.is(f.In), r.In.Not, "-i", r.In.Name, f.In},
		{r.Out.Name != "", r.Out.is(f.Out), r.Out.Not, "-o", r.Out.Name, f.Out},
		{r.Protocol.Number != 0, r.Protocol.Number == f.Protocol, r.Protocol.Not, "-p", r.Protocol.Number.String(), f.Protocol.String()},
	} {
		if c.set && c.holds == c.not {
			return Failed{negated(c.not, c.flag+" "+c.value), c.was}, true
		}
	}
	for _, m := range r.Matches {
		switch m := m.(type) {
		case Ports:
			failed, ok = m.fails(f)
		case ConnState:
			failed, ok = m.fails(f)
		case AddrType:
			failed, ok = m.fails(f)
		}
		if ok {
			return failed, true
		}
	}
	return Failed{}, false
}

func negated(not bool, condition string) string {
	if not {
		return "! " + condition
	}
	return condition
}

// is reports whether an interface has the name, or begins with it.
func (i Interface) is(name string) bool {
	if prefix, wildcard := strings.CutSuffix(i.Name, "+"); wildcard {
		return strings.HasPrefix(name, prefix)
	}
	return i.Name == name
}

func (p Ports) fails(f *Facts) (Failed, bool) {
	if !f.Ports {
		return Failed{}, false
	}
	for _, c := range []struct {
		r    PortRange
		not  bool
		flag string
		port uint16
	}{
		{p.Source, p.NotSource, "--sport ", f.Source.Port()},
		{p.Destination, p.NotDestination, "--dport ", f.Destination.Port()},
	} {
		if c.r != (PortRange{}) && (c.r.First <= c.port && c.port <= c.r.Last) == c.not {
			return Failed{negated(c.not, c.flag+c.r.join(":")), strconv.Itoa(int(c.port))}, true
		}
	}
	return Failed{}, false
}

func (c ConnState) fails(f *Facts) (Failed, bool) {
	// Whether a connection is translated is not among the facts.
	if f.State == 0 || c.States&(SNATed|DNATed) != 0 || (c.States&f.State != 0) != c.Not {
		return Failed{}, false
	}
	return Failed{negated(c.Not, "--ctstate "+c.States.String()), f.State.String()}, true
}

func (a AddrType) fails(f *Facts) (Failed, bool) {
	if a.LimitIn || a.LimitOut || f.Local == nil {
		return Failed{}, false
	}
	for _, c := range []struct {
		types   AddrTypes
		not     bool
		flag    string
		address netip.Addr
	}{
		{a.Source, a.NotSource, "--src-type ", f.Source.Addr()},
		{a.Destination, a.NotDestination, "--dst-type ", f.Destination.Addr()},
	} {
		// Of the types only LOCAL is known.
		if c.types == Local && f.Local(c.address) == c.not {
			return Failed{negated(c.not, c.flag+"LOCAL"), c.address.String()}, true
		}
	}
	return Failed{}, false
}
