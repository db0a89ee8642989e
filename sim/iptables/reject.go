package iptables

import (
	"strings"

	"tracer/sim/rule"
)

// Reject drops a packet and answers with an error: an ICMP destination unreachable (RFC 792)
// or, for a TCP segment, a reset.
type Reject uint8

// The answers (enum ipt_reject_with in linux/netfilter_ipv4/ipt_REJECT.h), and those of IPv6
// (RFC 4443; enum ip6t_reject_with in linux/netfilter_ipv6/ip6t_REJECT.h), from reject6 on.
const (
	RejectNet            Reject = 0
	RejectHost           Reject = 1
	RejectProtocol       Reject = 2
	RejectPort           Reject = 3
	RejectNetProhibited  Reject = 5
	RejectHostProhibited Reject = 6
	RejectReset          Reject = 7
	RejectProhibited     Reject = 8

	reject6            Reject = 16
	Reject6NoRoute            = reject6 + 0
	Reject6Prohibited         = reject6 + 1
	Reject6Address            = reject6 + 3
	Reject6Port               = reject6 + 4
	Reject6Reset              = reject6 + 6
	Reject6Policy             = reject6 + 7
	Reject6RejectRoute        = reject6 + 8
)

var rejects = [...]struct {
	name, alias string
	code        uint8 // of the ICMP message
}{
	RejectNet:            {"icmp-net-unreachable", "net-unreach", 0},
	RejectHost:           {"icmp-host-unreachable", "host-unreach", 1},
	RejectProtocol:       {"icmp-proto-unreachable", "proto-unreach", 2},
	RejectPort:           {"icmp-port-unreachable", "port-unreach", 3},
	RejectNetProhibited:  {"icmp-net-prohibited", "net-prohib", 9},
	RejectHostProhibited: {"icmp-host-prohibited", "host-prohib", 10},
	RejectReset:          {"tcp-reset", "tcp-rst", 0},
	RejectProhibited:     {"icmp-admin-prohibited", "admin-prohib", 13},
	Reject6NoRoute:       {"icmp6-no-route", "no-route", 0},
	Reject6Prohibited:    {"icmp6-adm-prohibited", "adm-prohibited", 1},
	Reject6Address:       {"icmp6-addr-unreachable", "addr-unreach", 3},
	Reject6Port:          {"icmp6-port-unreachable", "port-unreach", 4},
	Reject6Reset:         {"tcp-reset", "tcp-reset", 0},
	Reject6Policy:        {"icmp6-policy-fail", "policy-fail", 5},
	Reject6RejectRoute:   {"icmp6-reject-route", "reject-route", 6},
}

// family returns the family whose rules have the answer.
func (r Reject) family() Family {
	if r >= reject6 {
		return IPv6
	}
	return IPv4
}

var rejectKind = &kind[Reject]{
	name: "REJECT", start: RejectPort, startIPv6: new(Reject6Port),
	options: []option[Reject]{{"--reject-with", "TYPE", false, (*Reject).set}},
	read: func(revision uint32, s structure) (Reject, bool) {
		return Reject(min(s.uint32(0), 255)), revision == 0
	},
	size: 4,
	inIPv6: &layout[Reject]{func(revision uint32, s structure) (Reject, bool) {
		return reject6 + Reject(min(s.uint32(0), 255-uint32(reject6))), revision == 0
	}, 4},
}

// set accepts an abbreviated name, as iptables does.
func (r *Reject) set(a *argument) error {
	v := strings.ToLower(a.value())
	var names []string
	for i, n := range rejects {
		if n.name == "" || Reject(i).family() != a.family {
			continue
		}
		if strings.HasPrefix(n.name, v) || strings.HasPrefix(n.alias, v) {
			*r = Reject(i)
			return nil
		}
		names = append(names, n.name)
	}
	return a.errorf("is not one of %s", strings.Join(names, ", "))
}

// reset reports whether the answer is a TCP reset.
func (r Reject) reset() bool { return r == RejectReset || r == Reject6Reset }

func (r Reject) known() bool { return int(r) < len(rejects) && rejects[r].name != "" }

// String returns "REJECT --reject-with icmp-port-unreachable".
func (r Reject) String() string {
	if !r.known() {
		return "REJECT --reject-with unknown"
	}
	return "REJECT --reject-with " + rejects[r].name
}

func (r Reject) listed() string {
	if !r.known() {
		return "reject-with unknown"
	}
	return "reject-with " + rejects[r].name
}

func (r Reject) problems(p place) []string {
	out := append(p.only("REJECT", "filter"), p.at("REJECT", hookInput, hookForward, hookOutput)...)
	if !r.known() || r.family() != p.family {
		out = append(out, "REJECT has an unknown type")
	}
	if r.reset() {
		out = append(out, p.needs("REJECT --reject-with tcp-reset", "tcp", TCP)...)
	}
	return out
}

func (r Reject) encode(c *code) {
	s := make(structure, 4) // struct ipt_reject_info
	s.put32(0, uint32(r&^reject6))
	c.target("REJECT", 0, s)
}

func (r Reject) effect(out *rule.Rule) {
	switch {
	case r.reset():
		out.Rejects = &rule.Reject{Reset: true}
	case r.family() == IPv6:
		out.Rejects = &rule.Reject{Code6: rejects[r].code}
	default:
		out.Rejects = &rule.Reject{Code: rejects[r].code}
	}
}
