package trace

import "net/netip"

// Refuses returns why an interface drops an IPv6 packet before its first hook (ip6_rcv_core in
// net/ipv6/ip6_input.c), or 0. IPv4 has such checks only after prerouting.
func (i *Interface) Refuses(from, to netip.Addr) Reason {
	switch {
	case i.Kind == "loopback":
		return 0
	case i.NoIPv6:
		return ReasonNoIPv6
	case from.IsMulticast(), from.IsLoopback():
		return ReasonMartianSource
	case to.IsLoopback():
		return ReasonMartian
	}
	return 0
}

// arrive6 is [Node.Arrive] for IPv6 (ip6_route_input in net/ipv6/route.c, ip6_forward in
// net/ipv6/ip6_output.c). There are no martians here, but in [Interface.Refuses], and no reverse
// path: the route is looked for first, and a router only checks that the source can be answered.
func (n *Node) arrive6(f *Flowi, in *Interface) Arrival {
	if f.Destination.IsLoopback() { // a translation undone: the route is that of lo, and must be in's
		return Arrival{Reason: ReasonNoRoute}
	}
	if f.Destination.IsMulticast() {
		switch {
		case len(in.Groups) == 0: // every interface has at least one, so they were not read
			return Arrival{Uncertain: true}
		case !in.Joined(f.Destination):
			return Arrival{Reason: ReasonNotJoined}
		}
		return Arrival{Type: RouteMulticast}
	}
	if f.Destination.IsLinkLocalUnicast() { // only through the incoming interface (rt6_need_strict)
		if in.Owns(f.Destination) {
			return Arrival{Type: RouteLocal}
		}
		return Arrival{Uncertain: true}
	}
	r, found := n.Lookup(*f)
	switch {
	case r.Uncertain:
		return Arrival{Uncertain: true}
	case !found:
		return Arrival{Reason: ReasonNoRoute}
	case r.Drops():
		return Arrival{Reason: ReasonBlackhole, Routed: r}
	case r.Route.Type == RouteLocal, r.Route.Type == RouteAnycast:
		return Arrival{Type: RouteLocal}
	case !n.Forwarding6:
		return Arrival{Reason: ReasonNotForwarding}
	case f.Source.IsUnspecified():
		return Arrival{Reason: ReasonMartianSource}
	case f.Source.IsLinkLocalUnicast():
		return Arrival{Reason: ReasonScope}
	}
	return Arrival{Type: RouteUnicast, Routed: r}
}
