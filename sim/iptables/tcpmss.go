package iptables

import (
	"strconv"

	"tracer/sim/rule"
)

// MSS is "-m tcpmss": the maximum segment size that a TCP segment announces is in a range.
// It fails for segments that announce none.
type MSS struct {
	unjudged
	First, Last uint16
	Not         bool
}

var mssKind = &kind[MSS]{
	name: "tcpmss", single: true,
	options: []option[MSS]{{"--mss", "MSS[:MSS]", true, func(m *MSS, a *argument) error {
		r, err := a.span(0xffff)
		m.First, m.Last, m.Not = uint16(r.from), uint16(r.to), a.not
		return err
	}}},
	read: func(revision uint32, s structure) (MSS, bool) {
		return MSS{First: s.uint16(0), Last: s.uint16(2), Not: s.isSet(4)}, revision == 0
	},
	size: 5, // struct xt_tcpmss_match_info
}

// String returns "-m tcpmss --mss 1400:1500".
func (m MSS) String() string {
	t := begin("tcpmss")
	t.add(m.Not, "--mss", span{uint32(m.First), uint32(m.Last)}.String())
	return t.String()
}

func (m MSS) listed() string {
	return "tcpmss match " + inverted(m.Not, span{uint32(m.First), uint32(m.Last)}.String())
}

func (m MSS) problems(p place) []string {
	out := p.needs("-m tcpmss", "tcp", TCP)
	if m.Last == 0 || m.First > m.Last {
		out = append(out, "tcpmss has no valid range")
	}
	return out
}

func (m MSS) encode(c *code) {
	s := make(structure, 5)
	s.put16(0, m.First)
	s.put16(2, m.Last)
	s.set(4, m.Not)
	c.match("tcpmss", 0, s)
}

// SetMSS is "-j TCPMSS": it sets the maximum segment size in a SYN, or lowers it to fit the
// path's MTU. The zero value lowers it.
type SetMSS struct{ MSS uint16 }

const clampMSS = 0xffff // XT_TCPMSS_CLAMP_PMTU (linux/netfilter/xt_TCPMSS.h)

var setMSSKind = &kind[SetMSS]{
	name: "TCPMSS", single: true,
	options: []option[SetMSS]{
		{"--set-mss", "MSS", false, func(m *SetMSS, a *argument) error {
			n, err := a.number(0xffff - 20)
			m.MSS = uint16(n)
			return err
		}},
		{"--clamp-mss-to-pmtu", "", false, func(m *SetMSS, a *argument) error {
			m.MSS = 0
			return nil
		}},
	},
	read: func(revision uint32, s structure) (SetMSS, bool) {
		m := SetMSS{s.uint16(0)}
		if m.MSS == clampMSS {
			m.MSS = 0
		} else if m.MSS == 0 {
			return m, false
		}
		return m, revision == 0
	},
	size: 2,
}

// String returns "TCPMSS --clamp-mss-to-pmtu" or "TCPMSS --set-mss 1400".
func (m SetMSS) String() string {
	if m.MSS == 0 {
		return "TCPMSS --clamp-mss-to-pmtu"
	}
	return "TCPMSS --set-mss " + strconv.Itoa(int(m.MSS))
}

func (m SetMSS) listed() string {
	if m.MSS == 0 {
		return "TCPMSS clamp to PMTU"
	}
	return "TCPMSS set " + strconv.Itoa(int(m.MSS))
}

func (m SetMSS) problems(p place) []string {
	out := p.needs("TCPMSS", "tcp", TCP)
	switch m.MSS {
	case clampMSS:
		out = append(out, "TCPMSS sets a size that is not valid")
	case 0:
		out = append(out, p.at("TCPMSS --clamp-mss-to-pmtu", hookForward, hookOutput, hookPostrouting)...)
	}
	return out
}

func (m SetMSS) encode(c *code) {
	s := make(structure, 2) // struct xt_tcpmss_info
	s.put16(0, m.MSS)
	if m.MSS == 0 {
		s.put16(0, clampMSS)
	}
	c.target("TCPMSS", 0, s)
}

// effect: an announced size is only ever lowered. If none is announced, that of RFC 9293
// (3.7.1) or a smaller one is inserted, represented here by 0 (tcpmss_mangle_packet).
func (m SetMSS) effect(r *rule.Rule) {
	r.Sets = append(r.Sets, rule.Set{Field: rule.MSS, Gives: func(from, to uint64) bool {
		switch {
		case from == 0:
			return to <= 536
		case m.MSS == 0:
			return to <= from
		}
		return to == min(from, uint64(m.MSS))
	}})
}
