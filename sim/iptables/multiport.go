package iptables

import (
	"slices"
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// Multiport is "-m multiport": a port of the packet is in one of up to 15 ranges, where a
// range with two ends counts twice.
type Multiport struct {
	Side   Side
	Ranges []PortRange
	Not    bool
}

// Side selects the port of a packet that a match tests (enum xt_multiport_flags in
// linux/netfilter/xt_multiport.h).
type Side uint8

// The sides.
const (
	SourceSide Side = iota
	DestinationSide
	EitherSide
)

const mostMultiports = 15 // XT_MULTI_PORTS

var multiportKind = &kind[Multiport]{
	name: "multiport", single: true,
	options: []option[Multiport]{
		{"--sports --source-ports", "PORTS", true, multiports(SourceSide)},
		{"--dports --destination-ports", "PORTS", true, multiports(DestinationSide)},
		{"--ports", "PORTS", true, multiports(EitherSide)},
	},
	read: readMultiport,
	size: 48, // struct xt_multiport_v1
}

func multiports(side Side) func(*Multiport, *argument) error {
	return func(m *Multiport, a *argument) error {
		m.Side, m.Not = side, a.not
		for _, s := range strings.Split(a.value(), ",") {
			r, err := parsePorts(a.option, s, ":")
			if err != nil {
				return err
			}
			m.Ranges = append(m.Ranges, r)
		}
		return nil
	}
}

func readMultiport(revision uint32, s structure) (m Multiport, ok bool) {
	m.Side, m.Not = Side(s.uint8(0)), s.isSet(47)
	n := int(s.uint8(1))
	if revision != 1 || n > mostMultiports {
		return m, false
	}
	for i := 0; i < n; i++ {
		r := Port(s.uint16(2 + 2*i))
		if s.isSet(32+i) && i+1 < n {
			i++
			r.Last = s.uint16(2 + 2*i)
		}
		m.Ranges = append(m.Ranges, r)
	}
	return m, true
}

func (m Multiport) flag() string {
	return nameOf(uint32(m.Side), "--sports", "--dports", "--ports")
}

func (m Multiport) list() string {
	parts := make([]string, len(m.Ranges))
	for i, r := range m.Ranges {
		parts[i] = r.join(":")
	}
	return strings.Join(parts, ",")
}

// String returns "-m multiport --dports 80,8000:8080".
func (m Multiport) String() string {
	t := begin("multiport")
	t.add(m.Not, m.flag(), m.list())
	return t.String()
}

func (m Multiport) listed() string {
	not := ""
	if m.Not {
		not = " !"
	}
	return "multiport " + nameOf(uint32(m.Side), "sports", "dports", "ports") + " " + not + m.list()
}

func (m Multiport) problems(p place) []string {
	const udpLite = 136
	out := p.needs("-m multiport", "tcp, udp, udplite, sctp or dccp", TCP, UDP, SCTP, DCCP, udpLite)
	n := 0
	for _, r := range m.Ranges {
		n++
		if r.First != r.Last {
			n++
		}
		if r.First > r.Last {
			out = append(out, "port range "+r.join(":")+" is in the wrong order")
		}
	}
	if n == 0 || n > mostMultiports || m.Side > EitherSide {
		out = append(out, "multiport needs 1 to "+strconv.Itoa(mostMultiports)+" ports; a range counts twice")
	}
	return out
}

func (m Multiport) encode(c *code) {
	s := make(structure, 48)
	s.put8(0, uint8(m.Side))
	n := 0
	put := func(port uint16) {
		if n < mostMultiports {
			s.put16(2+2*n, port)
			n++
		}
	}
	for _, r := range m.Ranges {
		put(r.First)
		if r.First != r.Last && n < mostMultiports {
			s.put8(32+n-1, 1)
			put(r.Last)
		}
	}
	s.put8(1, uint8(n))
	s.set(47, m.Not)
	c.match("multiport", 1, s)
}

func (m Multiport) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if !f.Ports {
		return rule.Mismatch{}, false
	}
	has := func(port uint16) bool {
		return slices.ContainsFunc(m.Ranges, func(r PortRange) bool { return r.First <= port && port <= r.Last })
	}
	source, dest := f.Source.Port(), f.Destination.Port()
	holds, was := has(source), strconv.Itoa(int(source))
	switch m.Side {
	case DestinationSide:
		holds, was = has(dest), strconv.Itoa(int(dest))
	case EitherSide:
		holds, was = holds || has(dest), was+", "+strconv.Itoa(int(dest))
	}
	if holds != m.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(m.Not, m.flag()+" "+m.list(), was)
}
