package correlate

import (
	"net/netip"

	"tracer/trace"
)

// changes compares two consecutive observations and names what changed each field. link
// is the packet with the last link header seen.
func (n *network) changes(before, o *observation, link *trace.Headers, a association) []trace.Change {
	list := trace.Differences(before.headers, o.headers, link)
	for i := range list {
		c := &list[i]
		switch c.Field {
		case trace.FieldTTL:
			c.Cause = n.routed(before, o)
		case trace.FieldSourceMAC, trace.FieldDestinationMAC:
			c.Cause = n.addressed(c.Field, o)
		default:
			c.Hook = hookBetween(before, o)
			c.Cause = n.translated(c.Field, before, o, a)
		}
	}
	return list
}

// hookBetween returns the hook at which addresses changed, if the two observations leave
// only one: both are there, or one is and the other is the frame next to it.
func hookBetween(before, o *observation) trace.Hook {
	switch {
	case before.chain != nil && o.chain != nil:
		if h := before.chain.place.Hook; h == o.chain.place.Hook {
			return h
		}
	case o.chain != nil:
		if h := o.chain.place.Hook; h.First() {
			return h
		}
	case before.chain != nil:
		if h := before.chain.place.Hook; h.Last() {
			return h
		}
	}
	return 0
}

// translated finds what changed an address or a port: the NAT rule that the packet just
// met, or else the entry of its connection. Either must account for the value that was
// observed.
func (n *network) translated(f trace.Field, before, o *observation, a association) trace.Cause {
	if before.chain != nil {
		for _, s := range before.chain.steps {
			r := n.rule(o.node, s.RuleRef)
			if s.Terminal && n.explains(o.node, r, f, before.chain, o.headers, n.out(o)) {
				s.Text = r.Text
				return trace.Cause{Kind: trace.CauseRule, Rule: s.RuleRef, Entry: a.id(o.node), Translation: translations[r.NAT.Kind]}
			}
		}
	}
	if l := a.nodes[o.node]; l != nil && l.gives(f, o.headers) {
		d := l.decision(f)
		return trace.Cause{
			Kind: trace.CauseConntrack, Entry: l.entry.entry.ID, Reverse: l.direction == trace.Reply,
			Origin: d.origin, Translation: d.translation,
		}
	}
	return trace.Cause{Kind: trace.CauseInferred}
}

// routed explains a decremented TTL: the node forwarded the packet, by the route to the
// interface through which it left.
func (n *network) routed(before, o *observation) trace.Cause {
	if before.node == o.node && o.headers.TTL == before.headers.TTL-1 {
		route, ok := n.graph.nodes[o.node].Route(o.headers.Dst.Addr())
		if out := n.out(o); ok && out != nil && route.Interface == out.Name {
			return trace.Cause{Kind: trace.CauseRouting, Route: route}
		}
	}
	return trace.Cause{Kind: trace.CauseInferred}
}

// addressed explains a new hardware address: frames leave with the outgoing interface's
// own address as the source, and as the destination the one that the neighbour table has
// for the next hop.
func (n *network) addressed(f trace.Field, o *observation) trace.Cause {
	if o.frame == nil {
		return trace.Cause{Kind: trace.CauseInferred}
	}
	at := &n.graph.points[o.frame.Point]
	hop := nextHop(at.node, o.headers.Dst.Addr())
	cause := trace.Cause{Kind: trace.CauseNeighbour, Interface: at.iface.Name, Neighbour: hop}
	if f == trace.FieldSourceMAC && at.iface.MAC == o.headers.SrcMAC {
		return cause
	}
	for _, e := range at.node.Neighbours {
		if f == trace.FieldDestinationMAC && e.Address == hop && e.Interface == at.iface.Name && e.MAC == o.headers.DstMAC {
			return cause
		}
	}
	return trace.Cause{Kind: trace.CauseInferred}
}

// nextHop returns the address to which a node hands a packet: a gateway's, or the
// destination itself.
func nextHop(n *trace.Node, to netip.Addr) netip.Addr {
	if r, ok := n.Route(to); ok && r.Gateway.IsValid() {
		return r.Gateway
	}
	return to
}
