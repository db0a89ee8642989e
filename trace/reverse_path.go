package trace

import (
	"net/netip"
	"slices"
)

// validated returns a, or why the packet is dropped because of its source
// (fib_validate_source in net/ipv4/fib_frontend.c): it is an address of the node, or no
// route leads back to it. out is the outgoing interface, empty if there is none.
func (n *Node) validated(a Arrival, from, to netip.Addr, out string, f *Flowi, in *Interface) Arrival {
	if in.ReversePath == 0 {
		switch {
		case in.AcceptLocal && out != in.Name:
			return a
		case !n.customized() && out != in.Name:
			if n.Owns(from) {
				return Arrival{Reason: ReasonMartianSource}
			}
			return a
		}
	}
	back := Flowi{
		Source: to, Destination: from, In: out, TOS: f.TOS,
		Protocol: f.Protocol, SourcePort: f.DestinationPort, DestinationPort: f.SourcePort,
	}
	if in.ReverseByMark {
		back.Mark = f.Mark
	}
	r, found := n.Lookup(back)
	switch {
	case r.Uncertain:
		return Arrival{Uncertain: true}
	case !found, r.Drops():
		if in.ReversePath != 0 {
			return Arrival{Reason: ReasonReversePath}
		}
		return a
	case r.Route.Type == RouteLocal && !in.AcceptLocal, r.Route.Type == RouteBroadcast:
		return Arrival{Reason: ReasonMartianSource}
	}
	if len(r.Route.Through(in.Name)) == 0 && (in.ReversePath == 1 || in.ReversePath != 0 && !in.addressed()) {
		return Arrival{Reason: ReasonReversePath}
	}
	return a
}

// customized reports whether the routing policy differs from the default, or routes contain
// a local address that no interface has.
func (n *Node) customized() bool {
	added := func(r Route) bool { return r.Type == RouteLocal && !r.Kernel }
	return !n.defaultPolicy(false) || slices.ContainsFunc(n.Routes, added) ||
		slices.ContainsFunc(n.Tables, func(t RouteTable) bool { return slices.ContainsFunc(t.Routes, added) })
}

// addressed reports whether the interface has an IPv4 address.
func (i *Interface) addressed() bool {
	return !all(i.Addresses, func(p netip.Prefix) bool { return !p.Addr().Is4() })
}
