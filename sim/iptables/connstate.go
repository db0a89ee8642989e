package iptables

import "strings"

// States is a set of conntrack states: the bits of XT_CONNTRACK_STATE_*
// (linux/netfilter/xt_conntrack.h).
type States uint16

// The states. iptables calls SNATed and DNATed "SNAT" and "DNAT".
const (
	Invalid     States = 1 << 0
	Established States = 1 << 1
	Related     States = 1 << 2
	New         States = 1 << 3
	SNATed      States = 1 << 6 // the source was translated
	DNATed      States = 1 << 7 // the destination was translated
	Untracked   States = 1 << 8

	allStates = Invalid | Established | Related | New | SNATed | DNATed | Untracked
)

// String returns the states in iptables' order: "RELATED,ESTABLISHED".
func (s States) String() string {
	var out []string
	for _, n := range [...]struct {
		state States
		name  string
	}{
		{Invalid, "INVALID"}, {New, "NEW"}, {Related, "RELATED"}, {Established, "ESTABLISHED"},
		{Untracked, "UNTRACKED"}, {SNATed, "SNAT"}, {DNATed, "DNAT"}, {^allStates, "unknown"},
	} {
		if s&n.state != 0 {
			out = append(out, n.name)
		}
	}
	return strings.Join(out, ",")
}

// ConnState is "-m conntrack --ctstate": the packet's connection is in one of the states
// or, with Not, in none of them.
type ConnState struct {
	States States
	Not    bool
}

func (ConnState) match() {}

// String returns "-m conntrack --ctstate RELATED,ESTABLISHED".
func (c ConnState) String() string {
	if c.Not {
		return "-m conntrack ! --ctstate " + c.States.String()
	}
	return "-m conntrack --ctstate " + c.States.String()
}

func (c ConnState) problem() string {
	switch {
	case c.States == 0:
		return "conntrack names no state"
	case c.States&^allStates != 0:
		return "conntrack has an unknown state"
	}
	return ""
}
