package iptables

import (
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// ICMPType is "-m icmp": the type of an ICMP message and, unless any will do, its code.
type ICMPType struct {
	Type        uint8 // 255: any
	First, Last uint8 // of the codes
	Not         bool
}

const anyICMP = 255

var icmpKind = &kind[ICMPType]{
	name: "icmp", start: ICMPType{Type: anyICMP, Last: 255},
	options: []option[ICMPType]{{"--icmp-type", "TYPE[/CODE]", true, (*ICMPType).set}},
	read: func(revision uint32, s structure) (ICMPType, bool) {
		return ICMPType{s.uint8(0), s.uint8(1), s.uint8(2), s.uint8(3) != 0}, revision == 0
	},
	size: 4, // struct ipt_icmp in linux/netfilter_ipv4/ip_tables.h
}

// icmpNames are iptables' names of types and codes.
var icmpNames = map[string]ICMPType{
	"any": {anyICMP, 0, 255, false}, "echo-reply": {0, 0, 255, false}, "pong": {0, 0, 255, false},
	"destination-unreachable": {3, 0, 255, false}, "network-unreachable": {3, 0, 0, false}, "host-unreachable": {3, 1, 1, false},
	"protocol-unreachable": {3, 2, 2, false}, "port-unreachable": {3, 3, 3, false}, "fragmentation-needed": {3, 4, 4, false},
	"source-route-failed": {3, 5, 5, false}, "network-unknown": {3, 6, 6, false}, "host-unknown": {3, 7, 7, false},
	"network-prohibited": {3, 9, 9, false}, "host-prohibited": {3, 10, 10, false}, "communication-prohibited": {3, 13, 13, false},
	"source-quench": {4, 0, 255, false}, "redirect": {5, 0, 255, false}, "network-redirect": {5, 0, 0, false}, "host-redirect": {5, 1, 1, false},
	"echo-request": {8, 0, 255, false}, "ping": {8, 0, 255, false},
	"router-advertisement": {9, 0, 255, false}, "router-solicitation": {10, 0, 255, false},
	"time-exceeded": {11, 0, 255, false}, "ttl-exceeded": {11, 0, 255, false},
	"ttl-zero-during-transit": {11, 0, 0, false}, "ttl-zero-during-reassembly": {11, 1, 1, false},
	"parameter-problem": {12, 0, 255, false}, "ip-header-bad": {12, 0, 0, false}, "required-option-missing": {12, 1, 1, false},
	"timestamp-request": {13, 0, 255, false}, "timestamp-reply": {14, 0, 255, false},
	"address-mask-request": {17, 0, 255, false}, "address-mask-reply": {18, 0, 255, false},
}

func (m *ICMPType) set(a *argument) error {
	if named, ok := icmpNames[strings.ToLower(a.value())]; ok {
		*m = named
		m.Not = a.not
		return nil
	}
	kind, code, has := strings.Cut(a.value(), "/")
	t, err1 := strconv.ParseUint(kind, 10, 8)
	*m = ICMPType{uint8(t), 0, 255, a.not}
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

func (m ICMPType) condition() string {
	switch {
	case m.Type == anyICMP: // whatever the code
		return "--icmp-type any"
	case m.First == 0 && m.Last == 255:
		return "--icmp-type " + strconv.Itoa(int(m.Type))
	}
	return "--icmp-type " + strconv.Itoa(int(m.Type)) + "/" + strconv.Itoa(int(m.First))
}

// String returns "-m icmp --icmp-type 3/4".
func (m ICMPType) String() string {
	t := begin("icmp")
	t.add(m.Not, m.condition())
	return t.String()
}

func (m ICMPType) listed() string {
	s := "icmptype "
	if m.Not {
		s = "icmp !type "
	}
	s += strconv.Itoa(int(m.Type))
	if m.First == m.Last {
		s += " code " + strconv.Itoa(int(m.First))
	}
	return s
}

func (m ICMPType) problems(p place) []string {
	out := p.needs("-m icmp", "icmp", ICMP)
	if m.Type != anyICMP && m.First != m.Last && (m.First != 0 || m.Last != 255) {
		out = append(out, "icmp has a range of codes, which iptables does not print")
	}
	return out
}

func (m ICMPType) encode(c *code) {
	s := structure{m.Type, m.First, m.Last, 0}
	s.set(3, m.Not)
	c.match("icmp", 0, s)
}

// fails: type 255 matches any type, whatever the codes (icmp_type_code_match).
func (m ICMPType) fails(f *rule.Facts) (rule.Mismatch, bool) {
	if f.Header == nil || !f.Header.Transport || f.Protocol != uint8(ICMP) {
		return rule.Mismatch{}, false
	}
	kind, code := f.Header.ICMPType, f.Header.ICMPCode
	holds := m.Type == anyICMP || m.Type == kind && m.First <= code && code <= m.Last
	if holds != m.Not {
		return rule.Mismatch{}, false
	}
	return mismatch(m.Not, m.condition(), strconv.Itoa(int(kind))+"/"+strconv.Itoa(int(code)))
}
