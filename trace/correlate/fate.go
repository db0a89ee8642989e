package correlate

import (
	"time"

	"tracer/trace"
	"tracer/trace/join"
)

// inFlight is how long a packet may take between two points. A packet that was last seen
// less than this before the recording ended was cut off by the end.
const inFlight = 5 * time.Millisecond

// resolution is how long a packet waits for the hardware address of the next hop: three
// requests, one second apart (mcast_solicit and retrans_time_ms in arp(7)).
const resolution = 3 * time.Second

// outcome determines how a track ended, from its last stay in a node. end is when the
// recording ended; zero if it goes on.
//
//	frame in ──▶ ingress ──▶ prerouting ──▶ route ─┬▶ input ──▶ delivered
//	             fate_ingress.go            fate_routing.go     │
//	                                               └▶ forward ──▶ postrouting ──▶ neighbour ──▶ frame out
//	                                                  a rule or a policy drops it: fate_netfilter.go
func (n *network) outcome(t *track, seen []observation, a *association, end time.Time) trace.Outcome {
	seen = n.withoutFlooded(seen)
	s := n.lastStay(seen)
	o := trace.Outcome{Node: s.node.Name}
	if s.chain != nil {
		o.Conntrack = a.at(seen[len(seen)-1].stay)
	}
	switch {
	case s.chain != nil && s.chain.dropped:
		n.droppedBy(s, &o)
	case n.receiver(t) != "":
		o.Kind, o.Node = trace.OutcomeDelivered, n.receiver(t)
	default:
		s.decide(n, &o)
	}
	if o.Kind == trace.OutcomeDelivered && s.headers.IsFragment() {
		o.Kind, o.Reason = trace.OutcomeUnseen, trace.ReasonReassembly // otherwise, it would be part of a datagram
	}
	if o.Reason == trace.ReasonNoNeighbour && (end.IsZero() || end.Sub(t.Last) < resolution) {
		o.Kind = 0 // it was still waiting for a reply
	}
	if o.Kind == 0 {
		o.Kind = trace.OutcomeUnseen
		if o.Reason == 0 && !end.IsZero() && end.Sub(t.Last) < inFlight {
			o.Reason = trace.ReasonCaptureEnded
		}
	}
	return o
}

// stay is a packet's last stay in a node, as far as it was observed.
type stay struct {
	node    *trace.Node
	in      *trace.Interface // where it came in; nil if the node itself sent it
	headers *trace.Headers   // as last seen
	chain   *evaluation      // the last that it passed, or nil
	left    bool             // it was last seen on its way out of the node
	sent    *trace.Interface // where it left, if it did
}

// lastStay returns the last stay of a packet.
func (n *network) lastStay(seen []observation) *stay {
	last := &seen[len(seen)-1]
	s := &stay{node: n.graph.nodes[last.node], headers: last.headers}
	for i := len(seen) - 1; i >= 0 && seen[i].node == last.node; i-- {
		o := &seen[i]
		if o.chain != nil && s.chain == nil {
			s.chain = o.chain
		}
		if o.frame == nil {
			continue
		}
		at := &n.graph.points[o.frame.Point]
		if i == len(seen)-1 && at.direction == trace.Out {
			s.left, s.sent = true, at.iface
		}
		if at.direction == trace.In && s.in == nil {
			s.in = at.iface
		}
		if i > 0 && seen[i-1].frame != nil && n.graph.leaves(seen[i-1].frame.Point, o.frame.Point) {
			break
		}
	}
	if s.chain != nil && s.chain.in != 0 {
		s.in = s.node.ByIndex(s.chain.in)
	}
	if s.in != nil && s.in.Master != "" {
		if master := s.node.Interface(s.in.Master); master != nil && (s.chain != nil || s.headers.DstMAC == master.MAC) {
			s.in = master // IP is configured on the bridge, not on its port
		}
	}
	return s
}

// decide determines the outcome of a packet that no chain dropped.
func (s *stay) decide(n *network, o *trace.Outcome) {
	switch {
	case s.left:
		// It left the node. A bridge may have had no port for it.
	case s.otherHost():
		o.Kind, o.Reason, o.Interface = trace.OutcomeDropped, trace.ReasonOtherHost, s.in.Name
	case !s.headers.IsIP():
		s.withoutIP(o)
	case s.chain == nil:
		s.untraced(n, o)
	case s.chain.place.Hook == trace.Input:
		o.Reason = trace.ReasonNotTraced // its last chain would show that it passed
		if s.chain.atEnd() {
			o.Kind, o.Reason = trace.OutcomeDelivered, 0
		}
	case s.chain.place.Hook == trace.Prerouting && s.chain.place.Priority > trace.PriorityDestinationNAT:
		s.routed(o)
	case s.chain.place.Hook == trace.Postrouting && s.chain.place.Priority > trace.PrioritySourceNAT:
		s.unresolved(n, o)
	default:
		o.Reason = trace.ReasonNotTraced
	}
}

// receiver returns a node in which a packet passed the last chain at input, or "". Of a
// multicast or broadcast packet, the last copy that was seen may be another node's.
func (n *network) receiver(t *track) string {
	for _, v := range t.Client.traversals {
		if e := v.last(); e.atEnd() && !v.rivals && !e.dropped {
			return v.node
		}
	}
	return ""
}

// done reports whether a track is complete: its packet has arrived at a node that does
// not forward.
func (n *network) done(t *track) bool {
	if len(t.Sightings) == 0 {
		return true
	}
	final := &t.Sightings[len(t.Sightings)-1]
	at := &n.graph.points[final.Point]
	if at.node.Role.Forwards() || at.direction != trace.In {
		return false
	}
	h := &final.Packet.Headers
	return h.DstMAC[0]&1 != 0 || h.IsARP() && h.DstMAC == at.iface.MAC || at.node.Owns(h.Dst.Addr())
}

// node returns the node of a sighting.
func (n *network) node(s *join.Sighting) *trace.Node { return n.graph.points[s.Point].node }
