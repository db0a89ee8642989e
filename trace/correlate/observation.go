package correlate

import (
	"slices"

	"tracer/trace"
	"tracer/trace/join"
)

// observation is one place on a packet's path, with its headers there: a frame on an
// interface, or a base chain of netfilter. A journey consists of its observations in
// order; a change is a difference between two consecutive ones.
type observation struct {
	node    string
	stay    int // number of the packet's stay in a node, from 0
	headers *trace.Headers
	frame   *join.Sighting // a frame, or
	chain   *evaluation    // a base chain,
	within  *traversal     // and the traversal that it belongs to
}

// observations returns a packet's frames and traversals in order.
func (n *network) observations(t *track) []observation {
	var out []observation
	left := slices.Clone(t.Client.traversals)
	for i := 0; i < len(t.Sightings); {
		end := i + 1
		for end < len(t.Sightings) && !n.graph.leaves(t.Sightings[end-1].Point, t.Sightings[end].Point) {
			end++
		}
		var of *traversal
		if k := slices.IndexFunc(left, func(v *traversal) bool { return v.stay == i }); k >= 0 {
			of = left[k]
			left = slices.Delete(left, k, k+1)
		}
		out = numbered(out, n.stay(t.Sightings[i:end], of))
		i = end
	}
	// The rest was never on a wire: dropped before its first frame.
	for _, v := range left {
		out = numbered(out, n.stay(nil, v))
	}
	return out
}

// numbered appends the observations of the next stay.
func numbered(list, stay []observation) []observation {
	number := 0
	if len(list) > 0 {
		number = list[len(list)-1].stay + 1
	}
	for i := range stay {
		stay[i].stay = number
	}
	return append(list, stay...)
}

// stay orders the observations of one stay in a node: incoming frames, chains, outgoing
// frames. If bridged frames meet iptables, a frame that came in through a bridge port
// passes prerouting before the bridge hands it up.
func (n *network) stay(frames []join.Sighting, of *traversal) []observation {
	var out []observation
	next := 0
	chains := func(until func(trace.Hook) bool) {
		for of != nil && next < len(of.evaluations) && until(of.evaluations[next].place.Hook) {
			e := of.evaluations[next]
			out = append(out, observation{node: of.node, headers: &e.packet.Headers, chain: e, within: of})
			next++
		}
	}
	all := func(trace.Hook) bool { return true }
	prerouting := func(h trace.Hook) bool { return h == trace.Prerouting }
	for i := range frames {
		at := &n.graph.points[frames[i].Point]
		switch {
		case at.direction != trace.Out:
		case i > 0 && n.readdressed(&frames[i-1], &frames[i]):
			chains(prerouting)
		default:
			chains(all)
		}
		bridged := i == 0 && at.direction == trace.In && at.node.Filters(frames[i].Packet.Dst.Addr())
		if bridged && at.iface.Kind == "bridge" { // the frame at the port is missing
			chains(prerouting)
		}
		out = append(out, observation{node: at.node.Name, headers: &frames[i].Packet.Headers, frame: &frames[i]})
		if bridged && at.iface.Master != "" {
			chains(prerouting)
		}
	}
	chains(all)
	return out
}

// out returns the interface through which the packet leaves the node, if known at an
// observation, or nil.
func (n *network) out(o *observation) *trace.Interface {
	if o.frame != nil {
		return n.graph.points[o.frame.Point].iface
	}
	return n.graph.nodes[o.node].ByIndex(o.chain.out)
}

// in returns the interface through which the packet came into the node, if known at an
// observation, or nil.
func (n *network) in(o *observation) *trace.Interface {
	switch {
	case o.chain != nil:
		return n.graph.nodes[o.node].ByIndex(o.chain.in)
	case n.graph.points[o.frame.Point].direction == trace.In:
		return n.graph.points[o.frame.Point].iface
	}
	return nil
}
