package trace

import (
	"net/netip"
	"slices"
)

// Flowi is the key of a route lookup: what the kernel knows about the packet (struct flowi4 and
// flowi6 in include/net/flow.h).
type Flowi struct {
	Source, Destination         netip.Addr
	In                          string // the incoming interface; empty: the node itself sends
	Out                         string // the interface that the socket is bound to; empty: any
	Mark                        uint32
	TOS                         uint8
	Protocol                    uint8 // of the IP header
	SourcePort, DestinationPort uint16
}

// Routed is the result of [Node.Lookup].
type Routed struct {
	Rule  RoutingRule // the rule that decided
	Table uint32      // 0: the rule itself drops the packet
	Route Route
	Hops  []NextHop // those that the kernel may choose; several for a multipath route

	// Uncertain: a rule before this one has conditions that tracer cannot evaluate, and may
	// have decided instead.
	Uncertain bool
}

// Drops reports whether the rule or the route drops the packet.
func (r *Routed) Drops() bool { return r.Table == 0 || r.Route.Type.Drops() }

// Drop returns the type of the route that drops the packet, or the equivalent type if the
// rule itself does; 0 if neither drops it.
func (r *Routed) Drop() RouteType {
	if r.Route.Type.Drops() {
		return r.Route.Type
	}
	switch r.Rule.Action {
	case PolicyBlackhole:
		return RouteBlackhole
	case PolicyUnreachable:
		return RouteUnreachable
	case PolicyProhibit:
		return RouteProhibit
	}
	return 0
}

// Lookup finds the route of a packet as the kernel does (fib_lookup): the rules of the
// routing policy in order, and in each rule's table the longest matching prefix. ok is
// false if there is no route.
//
//	rule 0      from all lookup local    no route ──▶ next rule
//	rule 100    fwmark 0x1 lookup 100    not marked ─▶ next rule
//	rule 32766  from all lookup main     default via 10.0.0.1
func (n *Node) Lookup(f Flowi) (r Routed, ok bool) {
	six := f.Destination.Is6()
	rules, merged := n.policy(six), !six && n.defaultPolicy(six)
	if len(rules) == 0 {
		rules = DefaultPolicy(six)
	}
	uncertain := false
	for i := 0; i < len(rules); i++ {
		rule := &rules[i]
		switch matches := rule.matches(&f); {
		case rule.Unknown:
			uncertain = uncertain || matches || rule.Not
			continue
		case matches == rule.Not:
			continue
		}
		switch rule.Action {
		case PolicyLookup:
			if found, ok := n.lookIn(rule, &f, merged); ok {
				found.Uncertain = uncertain
				return found, true
			}
		case PolicyGoto:
			i = rule.target(rules, i)
		case PolicyNop:
		default:
			return Routed{Rule: *rule, Uncertain: uncertain}, true
		}
	}
	return Routed{Uncertain: uncertain}, false
}

// policy returns the rules of a family. Usually, IPv4's come first.
func (n *Node) policy(six bool) []RoutingRule {
	other := slices.IndexFunc(n.Policy, func(r RoutingRule) bool { return r.IPv6 != six })
	if other < 0 {
		return n.Policy
	}
	return slices.DeleteFunc(slices.Clone(n.Policy), func(r RoutingRule) bool { return r.IPv6 != six })
}

// defaultPolicy reports whether the policy of a family is the kernel's default, or unknown.
func (n *Node) defaultPolicy(six bool) bool {
	rules := n.policy(six)
	return len(rules) == 0 || slices.Equal(rules, DefaultPolicy(six))
}

// target returns the position before the target of a goto, or the current position: the
// kernel only goes forward.
func (r *RoutingRule) target(rules []RoutingRule, at int) int {
	for i := at + 1; i < len(rules); i++ {
		if rules[i].Priority == r.Goto {
			return i - 1
		}
	}
	return at
}

// matches reports whether a packet meets all conditions.
func (r *RoutingRule) matches(f *Flowi) bool {
	in := f.In
	if in == "" {
		in = "lo"
	}
	return (r.In == "" || r.In == in) && (r.Out == "" || r.Out == f.Out) &&
		(f.Mark^r.Mark)&r.Mask == 0 &&
		within(r.From, f.Source) && within(r.To, f.Destination) &&
		(r.TOS == 0 || r.TOS == f.TOS&routedTOS || f.Destination.Is6() && r.TOS == f.TOS) &&
		(r.Protocol == 0 || r.Protocol == f.Protocol) &&
		r.SourcePorts.holds(f.SourcePort) && r.DestinationPorts.holds(f.DestinationPort)
}

// routedTOS is the mask of the TOS bits that routing considers (IPTOS_RT_MASK).
const routedTOS = 0x1c

// within reports whether a prefix, if it is one, contains an address.
func within(p netip.Prefix, a netip.Addr) bool {
	return !p.IsValid() || p.Bits() == 0 || p.Contains(a)
}

func (p PortRange) holds(port uint16) bool {
	return p == PortRange{} || p.First <= port && port <= p.Last
}
