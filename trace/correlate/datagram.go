package correlate

import (
	"net/netip"
	"slices"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
)

// fragmentKey is the key of a datagram's fragments in the rule trace of a node that does not
// reassemble them.
func fragmentKey(h *trace.Headers) packet.Key {
	return packet.Key{
		EtherType: h.EtherType, Protocol: h.Protocol, ID: h.ID, Fragment: 1<<16 - 1,
		Rest: packet.HashOf(h.Src.Addr(), h.Dst.Addr()),
	}
}

// keyAt returns a packet's key in the rule trace of a node.
func keyAt(node string, t *track, s *join.Sighting) traversalKey {
	if s.Packet.IsFragment() {
		return traversalKey{node, fragmentKey(&s.Packet.Headers)}
	}
	return traversalKey{node, t.Key}
}

// candidates returns the traversals that a track may have made of the node of its sighting i,
// oldest first.
func (c *Correlator) candidates(t *track, i int) []*traversal {
	s := &t.Sightings[i]
	list := c.traversals.of(keyAt(c.network.node(s).Name, t, s), c.released)
	if s.Packet.IsFragment() {
		list = slices.DeleteFunc(list, func(v *traversal) bool { return !v.covers(s) })
	}
	return list
}

// covers reports whether a sighting with the same [fragmentKey] lies within the fragment that
// made the traversal. The outgoing link may have required smaller fragments.
func (t *traversal) covers(s *join.Sighting) bool {
	const header = 20 // without options
	h := &t.evaluations[0].packet.Headers
	return h.IsFragment() && h.Fragment <= s.Packet.Fragment && s.Packet.Fragment < h.Fragment+h.Length-header
}

// assignFragments merges the traversals of a datagram's fragments into one, in a node that does
// not reassemble them, or only after its first chains. The result follows the fragment that was
// dropped, or else the first. It is nil if there are no such traversals.
//
// If not all fragments continued, those that did are separate packets from there on.
func (c *Correlator) assignFragments(t *track, i int) *traversal {
	s := &t.Sightings[i]
	if len(s.Fragments) == 0 {
		return nil
	}
	at := &c.network.graph.points[s.Point]
	list := c.traversals.of(traversalKey{at.node.Name, fragmentKey(&s.Packet.Headers)}, c.released)
	list = slices.DeleteFunc(list, func(v *traversal) bool {
		passed := at.direction == trace.In && v.evaluations[0].packet.TTL != s.Packet.TTL // at another time
		return passed || c.separate(v)
	})
	if len(list) == 0 {
		return nil
	}
	main := list[max(0, slices.IndexFunc(list, func(v *traversal) bool { return v.last().dropped }))]
	for _, e := range main.evaluations {
		e.parts = []*evaluation{e}
		e.packet.Src, e.packet.Dst = withPort(e.packet.Src, s.Packet.Src), withPort(e.packet.Dst, s.Packet.Dst)
	}
	for _, v := range list {
		c.traversals.remove(v)
		if v != main {
			main.join(v)
		}
	}
	main.stay = i
	return main
}

// separate reports whether a traversal is that of a fragment that has a track of its own.
func (c *Correlator) separate(v *traversal) bool {
	return slices.ContainsFunc(c.tracks, func(t *track) bool {
		return slices.ContainsFunc(t.Sightings, func(s join.Sighting) bool {
			return s.Packet.IsFragment() && keyAt(c.network.node(&s).Name, t, &s) == traversalKey{v.node, v.key} && v.covers(&s)
		})
	})
}

// join adds the traversal of another fragment of the same datagram. That fragment may have
// reached further chains.
func (t *traversal) join(v *traversal) {
	for _, e := range v.evaluations {
		at := slices.IndexFunc(t.evaluations, func(o *evaluation) bool {
			return o.place == e.place && o.table == e.table && o.chains[0] == e.chains[0]
		})
		if at < 0 {
			at = len(t.evaluations) - 1
		}
		t.evaluations[at].parts = append(t.evaluations[at].parts, e)
	}
}

// withPort adds the datagram's port to an end of its fragment, unless their addresses differ.
func withPort(end, whole netip.AddrPort) netip.AddrPort {
	if end.Addr() == whole.Addr() {
		return whole
	}
	return end
}

// met returns the steps of an evaluation. If a datagram's fragments met the chain one by
// one, each distinct path is listed with the number of fragments that took it.
func (n *network) met(node string, e *evaluation) []trace.Step {
	if e.parts == nil {
		return n.steps(node, e)
	}
	var paths [][]trace.Step
	for _, part := range e.parts {
		path := n.steps(node, part)
		if len(path) == 0 {
			continue
		}
		at := slices.IndexFunc(paths, func(o []trace.Step) bool { return slices.EqualFunc(o, path, sameStep) })
		if at < 0 {
			at = len(paths)
			paths = append(paths, path)
		}
		for i := range paths[at] {
			paths[at][i].Fragments++
		}
	}
	return slices.Concat(paths...)
}

// sameStep reports whether two fragments took the same step.
func sameStep(a, b trace.Step) bool {
	return a.Hook == b.Hook && a.RuleRef == b.RuleRef && a.Verdict == b.Verdict && slices.Equal(a.Unmatched, b.Unmatched)
}
