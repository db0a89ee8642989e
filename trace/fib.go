package trace

import "net/netip"

// lookIn looks for a route in a rule's table. Under the default policy, the local and main
// tables are one (fib_trie_unmerge), in which local routes come first among those with the
// same prefix.
func (n *Node) lookIn(rule *RoutingRule, f *Flowi, merged bool) (Routed, bool) {
	table := rule.Table
	r, hops, ok := n.longest(n.table(table), f)
	if merged && table == TableLocal {
		if main, others, found := n.longest(n.Routes, f); found && (!ok || main.Destination.Bits() > r.Destination.Bits()) {
			table, r, hops, ok = TableMain, main, others, true
		}
	}
	suppressed := ok && !r.Type.Drops() && r.Destination.Bits() < rule.Shortest
	if !ok || suppressed || r.Type == RouteThrow {
		return Routed{}, false
	}
	return Routed{Rule: *rule, Table: table, Route: *r, Hops: hops}, true
}

// longest returns the route that a table selects, the one with the longest prefix, and its
// next hops. Among those with the same prefix, routes for the packet's type of service come
// first, then those with the lowest metric, then the kernel's order (fib_table_lookup).
// Among default routes that are equal in all of these, the kernel picks one whose gateway
// answers (fib_select_default), and so it does among all routes of IPv6 (rt6_select), so the
// next hops of all of them are returned.
func (n *Node) longest(list []Route, f *Flowi) (best *Route, hops []NextHop, ok bool) {
	six := f.Destination.Is6()
	for i := range list {
		r := &list[i]
		if !r.Destination.Contains(f.Destination) || r.TOS != 0 && r.TOS != f.TOS&routedTOS || !r.Type.matched(f.Destination) {
			continue
		}
		usable := n.usable(r, f.Out)
		if len(usable) == 0 && !r.Type.Drops() && r.Type != RouteThrow {
			continue
		}
		switch {
		case best == nil, r.before(best):
			best, hops = r, usable
		case (six || r.Destination.Bits() == 0) && r.Destination == best.Destination && !best.before(r) && r.Type == RouteUnicast && best.Type == RouteUnicast:
			hops = append(hops[:len(hops):len(hops)], usable...)
		}
	}
	return best, hops, best != nil
}

// before reports whether the kernel prefers a route to another of the same table.
func (r *Route) before(other *Route) bool {
	switch {
	case r.Destination.Bits() != other.Destination.Bits():
		return r.Destination.Bits() > other.Destination.Bits()
	case r.TOS != other.TOS:
		return r.TOS > other.TOS
	}
	return r.Metric < other.Metric
}

// usable returns the next hops of a route that the kernel may use for a packet, whose
// socket may be bound to an interface.
func (n *Node) usable(r *Route, out string) (list []NextHop) {
	for _, h := range r.NextHops() {
		if !h.Dead && !(h.LinkDown && n.ignoresLinkDown(h.Interface)) && (out == "" || out == h.Interface) {
			list = append(list, h)
		}
	}
	return list
}

// ignoresLinkDown reports whether the routes of an interface are ignored while it has no
// carrier.
func (n *Node) ignoresLinkDown(name string) bool {
	i := n.Interface(name)
	return i != nil && i.IgnoreLinkDown
}

// table returns the routes of a table. If only the main table is known, the local one is
// derived from the addresses.
func (n *Node) table(id uint32) []Route {
	if id == TableMain {
		return n.Routes
	}
	for i := range n.Tables {
		if n.Tables[i].ID == id {
			return n.Tables[i].Routes
		}
	}
	if id == TableLocal && len(n.Tables) == 0 {
		return n.localRoutes()
	}
	return nil
}

// localRoutes returns the routes that the kernel adds for the node's own addresses.
func (n *Node) localRoutes() []Route {
	local := func(to netip.Prefix, from netip.Addr, iface string) Route {
		return Route{Type: RouteLocal, Destination: to, Interface: iface, Source: from, Kernel: true, Scope: ScopeHost}
	}
	var list []Route
	for _, i := range n.Interfaces {
		for _, p := range i.Addresses {
			switch a := p.Addr(); {
			case a.IsLoopback() && a.Is4():
				list = append(list, local(p.Masked(), a, i.Name))
			default:
				list = append(list, local(netip.PrefixFrom(a, a.BitLen()), a, i.Name))
			}
		}
	}
	return list
}
