package iptables

import (
	"strings"

	"tracer/sim/rule"
)

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
	return setText(s, []named[States]{
		{Invalid, "INVALID"}, {New, "NEW"}, {Related, "RELATED"}, {Established, "ESTABLISHED"},
		{Untracked, "UNTRACKED"}, {SNATed, "SNAT"}, {DNATed, "DNAT"}, {^allStates, "unknown"},
	})
}

// Statuses is a set of a connection's status bits: some of IPS_*
// (linux/netfilter/nf_conntrack_common.h).
type Statuses uint16

// The statuses. NoStatus stands for none of them, which iptables calls "NONE"; the kernel
// has no bit for it.
const (
	Expected  Statuses = 1 << 0
	SeenReply Statuses = 1 << 1
	Assured   Statuses = 1 << 2
	Confirmed Statuses = 1 << 3
	NoStatus  Statuses = 1 << 15

	allStatuses = Expected | SeenReply | Assured | Confirmed | NoStatus
)

// String returns the statuses in iptables' order: "SEEN_REPLY,ASSURED".
func (s Statuses) String() string {
	return setText(s, []named[Statuses]{
		{Expected, "EXPECTED"}, {SeenReply, "SEEN_REPLY"}, {Assured, "ASSURED"}, {Confirmed, "CONFIRMED"},
		{NoStatus, "NONE"}, {^allStatuses, "unknown"},
	})
}

type named[T ~uint16] struct {
	bits T
	name string
}

func setText[T ~uint16](set T, names []named[T]) string {
	var out []string
	for _, n := range names {
		if set&n.bits != 0 {
			out = append(out, n.name)
		}
	}
	return strings.Join(out, ",")
}

// bitSet reads a comma-separated list of names. all is the set of all names.
func bitSet[T interface {
	~uint16
	String() string
}](a *argument, all T) (set T, err error) {
	for _, name := range strings.Split(a.value(), ",") {
		var found T
		for bit := T(1); bit != 0; bit <<= 1 {
			if all&bit != 0 && bit.String() == strings.ToUpper(name) {
				found = bit
			}
		}
		if found == 0 {
			return 0, a.errorf("is not one of %s", all.String())
		}
		set |= found
	}
	return set, nil
}

// states returns a packet's state as a set, which is empty if the state is unknown.
func states(s rule.State) States {
	switch s {
	case rule.Invalid:
		return Invalid
	case rule.New:
		return New
	case rule.Established:
		return Established
	case rule.Related:
		return Related
	case rule.Untracked:
		return Untracked
	}
	return 0
}
