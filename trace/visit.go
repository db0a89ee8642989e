package trace

import (
	"slices"

	"tracer/trace/nftrace"
)

// spot is one place on a packet's path, with its headers there: a frame on an
// interface, or a checkpoint at a netfilter hook. A journey is its spots in
// order; a change is what differs between two neighbours, and its cause is
// sought between them.
type spot struct {
	node   string
	packet *Packet
	seen   *sighting  // a frame, or
	passed *traversal // a hook
	of     *pass      // the pass that the hook belongs to
}

// spots puts a walk's frames and passes together, in the order in which the
// packet was there.
func (w *walk) spots(c *Chart) []spot {
	var out []spot
	passes := slices.Clone(w.passes)
	for i := 0; i < len(w.sightings); {
		end := i + 1
		for end < len(w.sightings) && !c.leaves(w.sightings[end-1].point, w.sightings[end].point) {
			end++
		}
		var of *pass
		if n := slices.IndexFunc(passes, func(p *pass) bool { return p.stay == i }); n >= 0 {
			of = passes[n]
			passes = slices.Delete(passes, n, n+1)
		}
		out = append(out, visit(c, w.sightings[i:end], of)...)
		i = end
	}
	// What is left was never on a wire: dropped before its first frame.
	for _, p := range passes {
		out = append(out, visit(c, nil, p)...)
	}
	return out
}

// visit orders the spots of one stay in a node: the frames on the way in, the hooks, the
// frames on the way out. Where bridged frames meet iptables, a frame that came
// in by a port of a bridge passes prerouting before the bridge hands it up.
func visit(c *Chart, frames []sighting, of *pass) []spot {
	var out []spot
	hook := 0
	hooks := func(until func(nftrace.Hook) bool) {
		for of != nil && hook < len(of.traversals) && until(of.traversals[hook].place.Hook) {
			t := of.traversals[hook]
			out = append(out, spot{node: of.node, packet: &t.packet, passed: t, of: of})
			hook++
		}
	}
	for i := range frames {
		at := c.points[frames[i].point]
		if at.direction == directionOut && (i == 0 || c.points[frames[i-1].point].direction != directionOut) {
			hooks(func(nftrace.Hook) bool { return true })
		}
		out = append(out, spot{node: at.node, packet: &frames[i].packet, seen: &frames[i]})
		if n := c.State.Node(at.node); i == 0 && at.direction == directionIn && n != nil && n.BridgeNetfilter {
			if port := n.Interface(at.iface); port != nil && port.Master != "" {
				hooks(func(h nftrace.Hook) bool { return h == nftrace.Prerouting })
			}
		}
	}
	hooks(func(nftrace.Hook) bool { return true })
	return out
}
