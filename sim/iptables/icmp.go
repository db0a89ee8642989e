package iptables

import (
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// ICMPType is "-m icmp", or "-m icmp6" for IPv6: the type of an ICMP message and, unless any
// will do, its code.
type ICMPType struct {
	Type        uint8 // 255: any
	First, Last uint8 // of the codes
	Not         bool
	Family      Family
}

const anyICMP = 255

var icmpKind = &kind[ICMPType]{
	name: "icmp", only: new(IPv4), start: ICMPType{Type: anyICMP, Last: 255},
	options: []option[ICMPType]{{"--icmp-type", "TYPE[/CODE]", true, (*ICMPType).set}},
	read: func(revision uint32, s structure) (ICMPType, bool) {
		return ICMPType{s.uint8(0), s.uint8(1), s.uint8(2), s.uint8(3) != 0, IPv4}, revision == 0
	},
	size: 4, // struct ipt_icmp in linux/netfilter_ipv4/ip_tables.h
}

var icmp6Kind = &kind[ICMPType]{
	name: "icmp6", only: new(IPv6), start: ICMPType{Family: IPv6}, single: true,
	options: []option[ICMPType]{{"--icmpv6-type", "TYPE[/CODE]", true, (*ICMPType).set}},
	read: func(revision uint32, s structure) (ICMPType, bool) {
		return ICMPType{s.uint8(0), s.uint8(1), s.uint8(2), s.uint8(3) != 0, IPv6}, revision == 0
	},
	size: 4, // struct ip6t_icmp in linux/netfilter_ipv6/ip6_tables.h
}

// icmpCodes is a type of message, and a range of its codes.
type icmpCodes struct{ kind, first, last uint8 }

// icmpNames are iptables' names of types and codes.
var icmpNames = map[string]icmpCodes{
	"any": {anyICMP, 0, 255}, "echo-reply": {0, 0, 255}, "pong": {0, 0, 255},
	"destination-unreachable": {3, 0, 255}, "network-unreachable": {3, 0, 0}, "host-unreachable": {3, 1, 1},
	"protocol-unreachable": {3, 2, 2}, "port-unreachable": {3, 3, 3}, "fragmentation-needed": {3, 4, 4},
	"source-route-failed": {3, 5, 5}, "network-unknown": {3, 6, 6}, "host-unknown": {3, 7, 7},
	"network-prohibited": {3, 9, 9}, "host-prohibited": {3, 10, 10}, "communication-prohibited": {3, 13, 13},
	"source-quench": {4, 0, 255}, "redirect": {5, 0, 255}, "network-redirect": {5, 0, 0}, "host-redirect": {5, 1, 1},
	"echo-request": {8, 0, 255}, "ping": {8, 0, 255},
	"router-advertisement": {9, 0, 255}, "router-solicitation": {10, 0, 255},
	"time-exceeded": {11, 0, 255}, "ttl-exceeded": {11, 0, 255},
	"ttl-zero-during-transit": {11, 0, 0}, "ttl-zero-during-reassembly": {11, 1, 1},
	"parameter-problem": {12, 0, 255}, "ip-header-bad": {12, 0, 0}, "required-option-missing": {12, 1, 1},
	"timestamp-request": {13, 0, 255}, "timestamp-reply": {14, 0, 255},
	"address-mask-request": {17, 0, 255}, "address-mask-reply": {18, 0, 255},
}

// icmp6Names are ip6tables' names.
var icmp6Names = map[string]icmpCodes{
	"destination-unreachable": {1, 0, 255}, "no-route": {1, 0, 0}, "communication-prohibited": {1, 1, 1}, "beyond-scope": {1, 2, 2},
	"address-unreachable": {1, 3, 3}, "port-unreachable": {1, 4, 4}, "failed-policy": {1, 5, 5}, "reject-route": {1, 6, 6},
	"packet-too-big": {2, 0, 255}, "time-exceeded": {3, 0, 255}, "ttl-exceeded": {3, 0, 255},
	"ttl-zero-during-transit": {3, 0, 0}, "ttl-zero-during-reassembly": {3, 1, 1},
	"parameter-problem": {4, 0, 255}, "bad-header": {4, 0, 0}, "unknown-header-type": {4, 1, 1}, "unknown-option": {4, 2, 2},
	"echo-request": {128, 0, 255}, "ping": {128, 0, 255}, "echo-reply": {129, 0, 255}, "pong": {129, 0, 255},
	"router-solicitation": {133, 0, 255}, "router-advertisement": {134, 0, 255},
	"neighbour-solicitation": {135, 0, 255}, "neighbor-solicitation": {135, 0, 255},
	"neighbour-advertisement": {136, 0, 255}, "neighbor-advertisement": {136, 0, 255}, "redirect": {137, 0, 255},
}

func (m *ICMPType) set(a *argument) error {
	names := [...]map[string]icmpCodes{icmpNames, icmp6Names}[m.Family&1]
	if c, ok := names[strings.ToLower(a.value())]; ok {
		m.Type, m.First, m.Last, m.Not = c.kind, c.first, c.last, a.not
		return nil
	}
	kind, code, has := strings.Cut(a.value(), "/")
	t, err1 := strconv.ParseUint(kind, 10, 8)
	m.Type, m.First, m.Last, m.Not = uint8(t), 0, 255, a.not
	var err2 error
	if has {
		var n uint64
		n, err2 = strconv.ParseUint(code, 10, 8)
		m.First, m.Last = uint8(n), uint8(n)
	}
	if err1 != nil || err2 != nil {
		return a.errorf("is not a type such as echo-request, or a number from 0 to 255, or TYPE/CODE")
	}
	return nil
}

// any reports whether any type will do. ip6tables has no such value.
func (m ICMPType) any() bool { return m.Type == anyICMP && m.Family == IPv4 }

func (m ICMPType) condition() string {
	option := [...]string{"--icmp-type ", "--icmpv6-type "}[m.Family&1]
	switch {
	case m.any(): // whatever the code
		return option + "any"
	case m.First == 0 && m.Last == 255:
		return option + strconv.Itoa(int(m.Type))
	}
	return option + strconv.Itoa(int(m.Type)) + "/" + strconv.Itoa(int(m.First))
}

// module is the match's name.
func (m ICMPType) module() string { return [...]string{"icmp", "icmp6"}[m.Family&1] }

// String returns "-m icmp --icmp-type 3/4".
func (m ICMPType) String() string {
	t := begin(m.module())
	t.add(m.Not, m.condition())
	return t.String()
}

func (m ICMPType) listed() string {
	s := [...]string{"icmptype ", "ipv6-icmptype "}[m.Family&1]
	if m.Not {
		s = [...]string{"icmp !type ", "ipv6-icmp !type "}[m.Family&1]
	}
	s += strconv.Itoa(int(m.Type))
	if m.First == m.Last {
		s += " code " + strconv.Itoa(int(m.First))
	}
	return s
}

func (m ICMPType) problems(p place) []string {
	out := p.needs("-m "+m.module(), m.protocol().String(), m.protocol())
	if !m.any() && m.First != m.Last && (m.First != 0 || m.Last != 255) {
		out = append(out, "icmp has a range of codes, which iptables does not print")
	}
	return out
}

func (m ICMPType) encode(c *code) {
	s := structure{m.Type, m.First, m.Last, 0}
	s.set(3, m.Not)
	c.match(m.module(), 0, s)
}

func (m ICMPType) protocol() ProtocolNumber { return [...]ProtocolNumber{ICMP, ICMPv6}[m.Family&1] }

// fails: of ICMP, type 255 matches any type, whatever the codes (icmp_type_code_match).
func (m ICMPType) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Header == nil || !f.Header.Transport || f.Protocol != uint8(m.protocol()) {
		return rule.Mismatch{}, false
	}
	kind, code := f.Header.ICMPType, f.Header.ICMPCode
	holds := m.any() || m.Type == kind && m.First <= code && code <= m.Last
	if holds != m.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(m.Not, m.condition(), strconv.Itoa(int(kind))+"/"+strconv.Itoa(int(code)))
}
