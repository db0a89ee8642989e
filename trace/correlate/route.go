package correlate

import (
	"slices"

	"tracer/trace"
)

// addressed explains a new hardware address: the source of an outgoing frame is the
// interface's own address, the destination the next hop's in the neighbour table. If there
// are several next hops, the destination shows which was used.
func (n *network) addressed(f trace.Field, p *passing) trace.Cause {
	inferred := trace.Cause{Kind: trace.CauseInferred}
	node, out := n.graph.nodes[p.o.node], n.out(p.o)
	if f == trace.FieldSourceMAC && n.givenBack(p) {
		return trace.Cause{Kind: trace.CauseBridge}
	}
	if out == nil || f == trace.FieldSourceMAC && out.MAC != p.o.headers.SrcMAC {
		return inferred
	}
	r, ok := n.route(p)
	if !ok {
		return inferred
	}
	next := nextHops(node, &r, out, p.o.headers)
	if len(next) != 1 { // several: one machine has all of the addresses
		return inferred
	}
	return trace.Cause{Kind: trace.CauseNeighbour, Interface: next[0].Interface, Neighbour: next[0].Address}
}

// nextHops returns the next hops of a route to which a frame can have been sent, judging by
// its destination address.
func nextHops(node *trace.Node, r *trace.Routed, out *trace.Interface, h *trace.Headers) (list []trace.Neighbour) {
	for _, hop := range r.Hops {
		next := trace.Neighbour{Address: hop.Gateway, MAC: h.DstMAC, Interface: hop.Interface}
		if !next.Address.IsValid() {
			next.Address = h.Dst.Addr()
		}
		own := hop.Interface == out.Name || hop.Interface == out.Master
		if own && slices.Contains(node.Neighbours, next) && !slices.Contains(list, next) {
			list = append(list, next)
		}
	}
	return list
}

// route returns the route by which a node forwarded a packet, if that is certain. If the
// routes have changed since the previous snapshot, the outgoing frame shows which was used.
func (n *network) route(p *passing) (trace.Routed, bool) {
	f := n.flow(p)
	var list []trace.Routed
	for _, node := range []*trace.Node{n.graph.nodes[p.o.node], n.graph.before[p.o.node]} {
		if node == nil {
			continue
		}
		r, ok := node.Lookup(f)
		if !ok || r.Uncertain || r.Drops() {
			continue
		}
		same := func(o trace.Routed) bool { return o.Route.String() == r.Route.String() }
		if !slices.ContainsFunc(list, same) {
			list = append(list, r)
		}
	}
	if len(list) > 1 && p.left != nil {
		list = slices.DeleteFunc(list, func(r trace.Routed) bool {
			return len(nextHops(n.graph.nodes[p.o.node], &r, n.out(p.left), p.left.headers)) == 0
		})
	}
	if len(list) != 1 {
		return trace.Routed{}, false
	}
	return list[0], true
}

// flow returns the key of a node's route lookup for a packet: the destination was already
// translated, the source was not.
func (n *network) flow(p *passing) trace.Flowi {
	h := p.o.headers
	f := trace.Flowi{
		Source: p.entered.headers.Src.Addr(), Destination: h.Dst.Addr(), TOS: h.TOS, Protocol: uint8(h.Protocol),
		SourcePort: p.entered.headers.Src.Port(), DestinationPort: h.Dst.Port(),
	}
	if in := n.in(p.entered); in != nil {
		if f.In = in.Name; in.Master != "" {
			f.In = in.Master
		}
	}
	for _, o := range []*observation{p.entered, p.before, p.o} {
		if o.chain != nil {
			f.Mark = o.chain.fwmark
		}
	}
	return f
}
