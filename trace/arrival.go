package trace

import "net/netip"

// Arrival is the kernel's routing decision for an incoming packet.
type Arrival struct {
	// Type is where the packet goes, unless it is dropped: RouteLocal, RouteBroadcast or
	// RouteMulticast to the node itself, RouteUnicast on.
	Type   RouteType
	Reason Reason // why it is dropped; 0 if it is not
	Routed Routed // RouteUnicast: its route. ReasonBlackhole: the route or rule

	// Uncertain: it depends on unknown facts. The other fields are not set.
	Uncertain bool
}

// Arrive determines the routing of a packet that comes in through f.In, after prerouting
// (ip_route_input_slow in net/ipv4/route.c). The order of the checks is the kernel's:
//
//	impossible source and destination     ─▶ multicast ─▶ route ─▶ reverse path
//	          martian                        not joined   no route,     martian source,
//	                                                      blackhole,    reverse path
//	                                                      not forwarding
func (n *Node) Arrive(f Flowi) Arrival {
	in := n.Interface(f.In)
	if in == nil || !f.Source.IsValid() || f.Source.Is4() != f.Destination.Is4() {
		return Arrival{Uncertain: true}
	}
	if in.Kind == "loopback" { // sent by the node itself, and already routed then
		r, found := n.Lookup(Flowi{Source: f.Source, Destination: f.Destination, Mark: f.Mark, TOS: f.TOS, Protocol: f.Protocol})
		local := found && !r.Uncertain && !r.Drops() && r.Route.Type == RouteLocal
		return Arrival{Type: RouteLocal, Uncertain: !local}
	}
	if f.Destination.Is6() {
		return n.arrive6(&f, in)
	}
	if f.Destination.IsMulticast() {
		return n.arriveMulticast(&f, in)
	}
	from, to := f.Source, f.Destination
	switch {
	case from.IsMulticast(), from == everybody:
		return Arrival{Reason: ReasonMartianSource}
	case to == everybody, from.IsUnspecified() && to.IsUnspecified():
		return n.arriveBroadcast(&f, in)
	case from.IsUnspecified():
		return Arrival{Reason: ReasonMartianSource}
	case to.IsUnspecified(), to.IsLoopback() && !in.RouteLocalnet:
		return Arrival{Reason: ReasonMartian}
	case !to.IsLoopback() && from.IsLoopback() && !in.RouteLocalnet:
		return Arrival{Reason: ReasonMartianSource}
	}
	return n.arriveRouted(&f, in)
}

var everybody = netip.AddrFrom4([4]byte{255, 255, 255, 255})

func (n *Node) arriveRouted(f *Flowi, in *Interface) Arrival {
	r, found := n.Lookup(*f)
	switch {
	case r.Uncertain:
		return Arrival{Uncertain: true}
	case found && !r.Drops() && r.Route.Type == RouteBroadcast:
		return n.arriveBroadcast(f, in)
	case found && !r.Drops() && r.Route.Type == RouteLocal:
		return n.validated(Arrival{Type: RouteLocal}, f.Source, f.Destination, "", f, in)
	case !in.Forwarding:
		return Arrival{Reason: ReasonNotForwarding}
	case !found:
		return Arrival{Reason: ReasonNoRoute}
	case r.Drops():
		return Arrival{Reason: ReasonBlackhole, Routed: r}
	}
	// The outgoing interface is part of the reverse lookup. If there are several, the
	// results must agree.
	var all Arrival
	for i, h := range r.Hops {
		a := n.validated(Arrival{Type: RouteUnicast}, f.Source, f.Destination, h.Interface, f, in)
		if i > 0 && (a.Reason != all.Reason || a.Uncertain != all.Uncertain) {
			return Arrival{Uncertain: true}
		}
		all = a
	}
	all.Routed = r
	return all
}

// arriveBroadcast validates the source of a broadcast packet.
func (n *Node) arriveBroadcast(f *Flowi, in *Interface) Arrival {
	a := Arrival{Type: RouteBroadcast}
	if f.Source.IsUnspecified() {
		return a
	}
	return n.validated(a, f.Source, netip.IPv4Unspecified(), "", f, in)
}

// arriveMulticast checks whether the interface has joined the group. Source filters
// (RFC 3376) are unknown.
func (n *Node) arriveMulticast(f *Flowi, in *Interface) Arrival {
	const igmp = 2
	localGroup := netip.PrefixFrom(netip.AddrFrom4([4]byte{224}), 24)
	switch {
	case len(in.Groups) == 0: // every interface has at least one, so they were not read
		return Arrival{Uncertain: true}
	case !in.Joined(f.Destination):
		return Arrival{Reason: ReasonNotJoined}
	case f.Source.IsMulticast(), f.Source == everybody, f.Source.IsLoopback() && !in.RouteLocalnet:
		return Arrival{Reason: ReasonMartianSource}
	case f.Source.IsUnspecified() && !localGroup.Contains(f.Destination) && f.Protocol != igmp:
		return Arrival{Reason: ReasonMartianSource}
	case f.Source.IsUnspecified():
		return Arrival{Type: RouteMulticast}
	}
	return n.validated(Arrival{Type: RouteMulticast}, f.Source, netip.IPv4Unspecified(), "", f, in)
}
