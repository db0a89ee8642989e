package correlate

import (
	"slices"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/nftrace"
	"tracer/trace/packet"
)

// topology is the [join.Topology] of a known network. Its conntrack entries may predict
// addresses.
type topology struct {
	graph      *graph
	entries    *ctEntries
	marks      *marks
	rules      *history
	traversals *traversals
}

// Place orders sightings by time, and adjacent points in the order of their edge.
func (n *topology) Place(t *track, s *join.Sighting) int {
	at := len(t.Sightings)
	for at > 0 {
		before := &t.Sightings[at-1]
		if !s.Before(before) && n.graph.between(s.Point, before.Point) == 0 {
			break
		}
		if n.graph.between(before.Point, s.Point) != 0 {
			break
		}
		at--
	}
	return at
}

// Score returns the best score over all edges between the track and the sighting.
// Sightings usually come in order of time, so edges lead from the track to the sighting;
// for a late one they may also lead to the track.
func (n *topology) Score(t *track, s *join.Sighting) (best join.Score) {
	if t.Repeats(s, -1) {
		return 0 // a packet is seen at a point again only in a routing loop, with a lower TTL
	}
	for i := range t.Sightings {
		o := &t.Sightings[i]
		if n.marks.contradict(o, s) {
			continue
		}
		if kind := n.graph.between(o.Point, s.Point); kind != 0 && n.timely(kind, o, s) {
			best = max(best, n.score(kind, s.Point, &o.Packet, &s.Packet))
		}
		if kind := n.graph.between(s.Point, o.Point); kind != 0 && !s.Time.After(o.Time) && n.timely(kind, s, o) {
			best = max(best, n.score(kind, o.Point, &s.Packet, &o.Packet))
		}
	}
	return best
}

// timely reports whether an edge can have taken this long. Packets are held back only until the
// hardware address of the next hop is known: by a node's IP layer, and by a bridge that sends
// them to another station (see readdressed).
func (n *topology) timely(kind edgeKind, from, to *join.Sighting) bool {
	at := &n.graph.points[to.Point]
	readdressed := kind == bridge && at.direction == trace.Out && at.iface.Kind == "bridge"
	return kind == stack || readdressed || to.Time.Sub(from.Time) <= join.Disorder
}

// score returns how well packet b, at a point, continues packet a at the other end of an
// edge.
func (n *topology) score(kind edgeKind, to int, a, b *packet.Packet) join.Score {
	if a.Hash != b.Hash || kind == wire && a.TOS != b.TOS || !n.keepsLabel(kind, n.graph.points[to].node, a, b) {
		return 0
	}
	if kind != stack {
		return n.scoreLink(kind, n.graph.points[to].node, a, b)
	}
	// Forwarding decrements the TTL (RFC 1812, 5.3.1).
	if !a.IsIP() || b.TTL != a.TTL-1 && !n.rules.setTTL[n.graph.points[to].node.Name] {
		return 0
	}
	known := false
	for ends := range n.entries.results(n.graph.points[to].node.Name, &a.Headers) {
		if known = a.ICMP.Quoted == nil; ends == b.Ends() {
			return join.Exact
		}
	}
	if known {
		return 0
	}
	src, dst := a.Src == b.Src, a.Dst == b.Dst
	switch {
	case src && dst:
		return join.Exact
	case src || dst:
		return join.OneEndDiffers
	}
	// Two translations at once, without evidence of either: more likely another packet.
	return 0
}

// keepsLabel reports whether two packets have the same flow label. Nothing on the way changes it
// (RFC 6437, 2), except rules that are not understood. A TCP socket gives a retransmission
// another one (sk_rethink_txhash in include/net/sock.h), which may be all that differs.
func (n *topology) keepsLabel(kind edgeKind, at *trace.Node, a, b *packet.Packet) bool {
	return a.FlowLabel == b.FlowLabel || kind != wire && n.rules.opaque[at.Name]
}

// scoreLink is score for a cable or a bridge, which change nothing, unless bridged packets
// meet iptables.
func (n *topology) scoreLink(kind edgeKind, at *trace.Node, a, b *packet.Packet) join.Score {
	if a.TTL != b.TTL && !(kind == bridge && at.Filters(a.Dst.Addr()) && n.rules.setTTL[at.Name]) {
		return 0
	}
	switch {
	case a.Ends() == b.Ends() && a.SrcMAC == b.SrcMAC && a.DstMAC == b.DstMAC,
		kind == bridge && a.Ends() != b.Ends() && n.translatedInBridge(at, a, b): // with another station's address
		return join.Exact
	case kind == bridge && n.tracedInBridge(at, a, b):
		return join.OneEndDiffers
	}
	return 0
}

// tracedInBridge reports whether a node that lets bridged packets meet iptables has
// translated the destination of one according to its rule trace, although no entry says so:
// if the packet is dropped later, its entry is never confirmed.
func (n *topology) tracedInBridge(at *trace.Node, a, b *packet.Packet) bool {
	if !at.Filters(a.Dst.Addr()) || a.Src != b.Src || a.Dst == b.Dst {
		return false
	}
	for range n.entries.results(at.Name, &a.Headers) {
		return false // an entry says otherwise
	}
	list := n.traversals.waiting[traversalKey{at.Name, a.Key}]
	return slices.ContainsFunc(list, func(e *evaluation) bool {
		return e.tracked != nil && e.tracked.State == nftrace.New && e.packet.Ends() == b.Ends() &&
			slices.ContainsFunc(list, func(o *evaluation) bool { return o.id == e.id && o.packet.Ends() == a.Ends() })
	})
}

// translatedInBridge reports whether a node that lets bridged packets meet iptables has
// translated one on its way through the bridge: only in part, if the packet goes up to
// the IP layer.
func (n *topology) translatedInBridge(at *trace.Node, a, b *packet.Packet) bool {
	if !at.Filters(a.Dst.Addr()) {
		return false
	}
	for to := range n.entries.results(at.Name, &a.Headers) {
		if (b.Src == a.Src || b.Src == to.Source) && b.Dst == to.Destination {
			return true
		}
	}
	return n.errorTranslatedInBridge(at, a, b)
}

// errorTranslatedInBridge is the same for an ICMP error, which is translated like a reply to
// the packet that it quotes, except for the ports.
func (n *topology) errorTranslatedInBridge(at *trace.Node, a, b *packet.Packet) bool {
	q := a.ICMP.Quoted
	if q == nil {
		return false
	}
	answer := q.Headers(a.EtherType, q.Ends.Reversed())
	for to := range n.entries.translations(at.Name, &answer) {
		if (b.Src == a.Src || b.Src.Addr() == to.Source.Addr()) && b.Dst.Addr() == to.Destination.Addr() {
			return true
		}
	}
	return false
}

// Reaches reports whether edges lead from one sighting to another, and whether the
// routers on the way and their connections can account for the headers.
func (n *topology) Reaches(from, to *join.Sighting) bool {
	a, b := &from.Packet, &to.Packet
	if a.Hash != b.Hash || a.TTL < b.TTL {
		return false
	}
	routers := int(a.TTL) - int(b.TTL)
	if routers == 0 && (to.Time.Sub(from.Time) > join.Disorder || a.Ends() != b.Ends() || a.SrcMAC != b.SrcMAC || a.DstMAC != b.DstMAC) {
		return false
	}
	type state struct{ point, routers int }
	seen := map[state]bool{}
	todo := []state{{to.Point, routers}}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at == (state{from.Point, 0}) {
			return routers == 0 || n.becomes(a, b)
		}
		for _, e := range n.graph.points[at.point].from {
			next := state{e.from, at.routers}
			if e.kind == stack {
				next.routers--
			}
			if next.routers >= 0 && !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return false
}

// becomes reports whether routers can have turned the ends of packet a into those of
// packet b.
func (n *topology) becomes(a, b *packet.Packet) bool {
	for _, node := range n.graph.names {
		known := false
		for ends := range n.entries.results(node, &a.Headers) {
			if ends == b.Ends() {
				return true
			}
			known = known || a.ICMP.Quoted == nil && ends != a.Ends()
		}
		if known {
			return false
		}
	}
	return a.Src == b.Src || a.Dst == b.Dst || a.IsEcho() && a.Dst.Addr() == b.Dst.Addr()
}

// Distinct reports whether two packets certainly differ: their marks distinguish them wherever
// they were seen, or they stay on their links, which are not connected.
func (n *topology) Distinct(t, o *track) bool {
	if n.marks.certain(t) && n.marks.certain(o) {
		return true
	}
	if len(t.Sightings) == 0 || len(o.Sightings) == 0 { // on no interface
		return false
	}
	a, b := &t.Sightings[0], &o.Sightings[0]
	return a.Packet.OnLink() && !n.graph.together(a.Point, b.Point)
}
