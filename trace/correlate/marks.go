package correlate

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
)

// marks determines which sightings belong to one packet, as proved by the node's marks.
//
// A packet gets its mark at its first hook. Outgoing frames carry it, and so does every
// message of the rule trace. An incoming frame does not have it yet: it belongs to the first
// evaluation with the same headers and incoming interface. Equal packets reach that hook in
// the order of their frames:
//
//	frame at ens160 ──headers, order──▶ first evaluation: mark 7 ──▶ rules met: mark 7
//	                                                            └──▶ frame at docker0: mark 7
type marks struct {
	graph  *graph
	frames map[arrival][]arriving    // those held back, in order of time
	heads  map[arrival][]*evaluation // first evaluations that no frame has claimed, in order
	owners map[nodeMark]*track       // open tracks
	lossy  map[string]bool           // nodes whose evidence is incomplete
	pieces map[string]bool           // nodes whose first chains met fragments of IPv6
}

// arriving is an incoming frame, or the fragments of a datagram, at one point.
type arriving struct {
	time       time.Time // of the first
	fragmented bool      // over IPv6
}

// nodeMark is a mark in a node.
type nodeMark struct {
	node string
	mark uint32
}

// arrival is what an incoming frame has in common with its first evaluation.
type arrival struct {
	node string
	in   int // index of the interface
	key  packet.Key
	ends trace.Ends
	ttl  uint8
	flow uint32 // its label, of IPv6
}

func arrivalOf(node string, in int, p *packet.Packet) arrival {
	return arrival{node, in, p.Key, p.Ends(), p.TTL, p.FlowLabel}
}

func newMarks(g *graph) *marks {
	return &marks{graph: g, frames: map[arrival][]arriving{}, heads: map[arrival][]*evaluation{}, owners: map[nodeMark]*track{}, lossy: map[string]bool{}, pieces: map[string]bool{}}
}

// begun takes note of an evaluation, which may be a packet's first in a node.
func (m *marks) begun(node string, e *evaluation) {
	if e.mark == 0 || !e.first() {
		return
	}
	a := arrivalOf(node, e.in, &e.packet)
	m.heads[a] = append(m.heads[a], e)
}

// ended forgets a traversal's first evaluation.
func (m *marks) ended(t *traversal) {
	e := t.evaluations[0]
	if e.mark != 0 && e.first() {
		m.claim(arrivalOf(t.node, e.in, &e.packet), e)
	}
}

func (m *marks) claim(a arrival, e *evaluation) {
	left := slices.DeleteFunc(m.heads[a], func(o *evaluation) bool { return o == e })
	if m.heads[a] = left; len(left) == 0 {
		delete(m.heads, a)
	}
}

// arrival returns what identifies an incoming frame, which has no mark yet. Bridged frames
// pass the first hook at the bridge's port if they meet iptables, and otherwise only if the
// bridge delivers them locally.
func (m *marks) arrival(s *join.Sighting) (a arrival, ok bool) {
	at := &m.graph.points[s.Point]
	if s.Mark != 0 || at.direction != trace.In || !s.Packet.IsIP() {
		return a, false
	}
	in := at.iface
	if in.Master != "" {
		if in = at.node.Interface(in.Master); in == nil || !at.node.Filters(s.Packet.Dst.Addr()) {
			return a, false
		}
	}
	return arrivalOf(at.node.Name, in.Index, &s.Packet), true
}

// hold takes note of a frame before it is held back.
func (m *marks) hold(s *join.Sighting) {
	if a, ok := m.arrival(s); ok {
		list := m.frames[a]
		at, _ := slices.BinarySearchFunc(list, s.Time, func(o arriving, t time.Time) int { return o.time.Compare(t) })
		m.frames[a] = slices.Insert(list, at, arriving{s.Time, len(s.Fragments) > 0 && s.Packet.Src.Addr().Is6()})
	}
}

// release gives an incoming frame that is no longer held back its packet's mark, if only
// one mark is possible.
func (m *marks) release(s *join.Sighting) {
	a, ok := m.arrival(s)
	if !ok {
		return
	}
	held := m.frames[a]
	if len(held) == 0 {
		return // it arrived before packets in the node were marked
	}
	first := held[0]
	if held = held[1:]; len(held) == 0 {
		delete(m.frames, a)
	} else {
		m.frames[a] = held
	}
	if m.pieces[a.node] { // they have no evaluation with the datagram's headers
		if first.fragmented {
			return
		}
		held = slices.DeleteFunc(slices.Clone(held), func(o arriving) bool { return o.fragmented })
	}
	heads := m.heads[a]
	for len(heads) > 0 && heads[0].read.Before(s.Time) {
		heads = heads[1:] // its frame was lost
	}
	if m.lossy[a.node] || len(heads) == 0 || len(heads) != len(held)+1 && (len(held) == 0 || !heads[0].read.Before(held[0].time)) {
		return
	}
	s.Mark = heads[0].mark
	m.claim(a, heads[0])
}

// owner returns the open track to which a sighting belongs by its mark, or nil.
func (m *marks) owner(s *join.Sighting) *track {
	if s.Mark == 0 {
		return nil
	}
	return m.owners[nodeMark{m.graph.points[s.Point].place.node, s.Mark}]
}

// own records that a sighting belongs to a track.
func (m *marks) own(t *track, s *join.Sighting) {
	if s.Mark != 0 {
		m.owners[nodeMark{m.graph.points[s.Point].place.node, s.Mark}] = t
	}
}

// disown forgets a track.
func (m *marks) disown(t *track) {
	for i := range t.Sightings {
		k := nodeMark{m.graph.points[t.Sightings[i].Point].place.node, t.Sightings[i].Mark}
		if m.owners[k] == t {
			delete(m.owners, k)
		}
	}
}

// contradict reports whether two sightings in one node are of different packets.
func (m *marks) contradict(a, b *join.Sighting) bool {
	return a.Mark != 0 && b.Mark != 0 && a.Mark != b.Mark &&
		m.graph.points[a.Point].place.node == m.graph.points[b.Point].place.node
}

// certain reports whether every sighting of a track follows from the one before by a mark,
// a cable or a bridge, and none can be missing. A cable preserves the order of equal
// packets, so it is certain if everything that entered it came out and no frame was lost.
func (m *marks) certain(t *track) bool {
	if len(m.lossy) > 0 {
		return false
	}
	for i := range t.Sightings {
		s := &t.Sightings[i]
		at := &m.graph.points[s.Point]
		if at.far >= 0 && t.At(at.far) == nil {
			return false
		}
		if s.Mark == 0 && i == len(t.Sightings)-1 && at.iface.Master != "" && at.direction == trace.In {
			return false // it may have left the bridge, too
		}
		if i == 0 {
			continue
		}
		before := &t.Sightings[i-1]
		switch m.graph.between(before.Point, s.Point) {
		case wire:
		case bridge:
			if before.Mark != 0 && before.Mark != s.Mark {
				return false
			}
		default:
			if s.Mark == 0 || before.Mark != s.Mark {
				return false
			}
		}
	}
	return true
}
