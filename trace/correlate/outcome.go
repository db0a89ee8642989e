package correlate

import (
	"net/netip"
	"time"

	"tracer/trace"
	"tracer/trace/join"
)

// inFlight is how long a packet may take between two points. A packet that was last seen
// less than this before the recording ended was cut off by the end.
const inFlight = 5 * time.Millisecond

// outcome determines how a track ended, from its last observation. end is when the
// recording ended; zero if it goes on.
func (n *network) outcome(t *track, seen []observation, end time.Time) trace.Outcome {
	last := &seen[len(seen)-1]
	o := trace.Outcome{Node: last.node}
	if last.chain != nil && last.chain.dropped {
		o.Kind, o.Hook, o.Reason = trace.OutcomeDropped, last.chain.place.Hook, trace.ReasonPolicy
		if k := len(last.chain.steps); k > 0 {
			o.Rule = last.chain.steps[k-1].RuleRef
			if r := n.rule(last.node, o.Rule); r != nil {
				o.Rule.Text = r.Text
			}
			if o.Rule.Handle != 0 {
				o.Reason = trace.ReasonRule
			}
		}
		return o
	}
	n.unroutable(seen, &o)
	arrived := n.arrived(t, n.destination(last))
	switch {
	case o.Reason == trace.ReasonMartian, o.Reason != 0 && !arrived:
		o.Kind = trace.OutcomeDropped
		return o
	case arrived:
		return trace.Outcome{Kind: trace.OutcomeDelivered, Node: last.node}
	}
	o.Kind = trace.OutcomeUnseen
	if !end.IsZero() && end.Sub(t.Last) < inFlight {
		o.Reason = trace.ReasonCaptureEnded
	}
	return o
}

// unroutable determines why a node did not forward a packet that it had received: the
// packet passed prerouting, and nothing after that. The routing decision comes next
// (ip_route_input_slow, ip_forward), and it drops packets without involving netfilter.
func (n *network) unroutable(seen []observation, o *trace.Outcome) {
	last := &seen[len(seen)-1]
	to := last.headers.Dst.Addr()
	e := n.beforeRouting(seen)
	if e == nil || !to.Is4() || to.IsMulticast() {
		return
	}
	at := n.graph.nodes[last.node]
	in := at.ByIndex(e.in)
	if in != nil && in.Master != "" {
		in = at.Interface(in.Master) // IP is the bridge's, not its port's
	}
	for _, check := range []func(at *trace.Node, in *trace.Interface, h *trace.Headers, o *trace.Outcome) (decided bool){
		martian, local, notForwarding, noRoute, tooBig,
	} {
		if check(at, in, last.headers, o) {
			return
		}
	}
}

// beforeRouting returns the evaluation after which the routing decision comes, if it is
// the packet's last, or nil.
func (n *network) beforeRouting(seen []observation) *evaluation {
	last := &seen[len(seen)-1]
	e := last.chain
	if last.frame != nil && len(seen) > 1 && seen[len(seen)-2].node == last.node && n.graph.points[last.frame.Point].direction == trace.In {
		e = seen[len(seen)-2].chain // a frame passes prerouting before the bridge hands it up
	}
	if e == nil || e.place.Hook != trace.Prerouting || e.place.Priority <= trace.PriorityDestinationNAT {
		return nil
	}
	return e
}

func martian(at *trace.Node, in *trace.Interface, h *trace.Headers, o *trace.Outcome) bool {
	if !h.Dst.Addr().IsLoopback() || in == nil || in.Kind == "loopback" || in.RouteLocalnet {
		return false
	}
	o.Reason, o.Destination, o.Interface = trace.ReasonMartian, h.Dst.Addr(), in.Name
	return true
}

func local(at *trace.Node, in *trace.Interface, h *trace.Headers, o *trace.Outcome) bool {
	return at.Owns(h.Dst.Addr())
}

func notForwarding(at *trace.Node, in *trace.Interface, h *trace.Headers, o *trace.Outcome) bool {
	if in == nil || in.Forwarding {
		return false
	}
	o.Reason = trace.ReasonNotForwarding
	if at.Forwarding { // the node's parameter is not to blame then
		o.Interface = in.Name
	}
	return true
}

func noRoute(at *trace.Node, in *trace.Interface, h *trace.Headers, o *trace.Outcome) bool {
	if _, known := at.Route(h.Dst.Addr()); known {
		return false
	}
	o.Reason, o.Destination = trace.ReasonNoRoute, h.Dst.Addr()
	return true
}

func tooBig(at *trace.Node, in *trace.Interface, h *trace.Headers, o *trace.Outcome) bool {
	route, _ := at.Route(h.Dst.Addr())
	out := at.Interface(route.Interface)
	if out == nil || out.MTU <= 0 || !h.DontFragment || h.Length <= out.MTU {
		return false
	}
	o.Reason, o.Interface, o.Length, o.MTU = trace.ReasonTooBig, out.Name, h.Length, out.MTU
	return true
}

// destination is where a packet is going, as far as its last observation shows. If no
// hook was observed, the connection's entry may show that the address is about to be
// translated, like that of a published port.
func (n *network) destination(last *observation) netip.Addr {
	to := last.headers.Dst.Addr()
	if e := last.chain; e != nil && (e.place.Hook != trace.Prerouting || e.place.Priority > trace.PriorityDestinationNAT) {
		return to
	}
	if ends, known := n.entries.translate(last.node, last.headers); known {
		return ends.Destination.Addr()
	}
	if n.translates(last.node) {
		return netip.Addr{} // the port may be published, and lead elsewhere
	}
	return to
}

// arrived reports whether the last sighting is at the packet's destination: the node that
// has the address, or any node for broadcast and multicast.
func (n *network) arrived(t *track, to netip.Addr) bool {
	if len(t.Sightings) == 0 {
		return false
	}
	final := &t.Sightings[len(t.Sightings)-1]
	at := &n.graph.points[final.Point]
	switch {
	case at.direction != trace.In:
		return false
	case final.Packet.DstMAC[0]&1 != 0: // to a group (IEEE 802.3, 3.2.3)
		return true
	case final.Packet.IsARP():
		return final.Packet.DstMAC == at.iface.MAC
	}
	return at.node.Owns(to)
}

// done reports whether a track is complete: its packet has arrived at a node that does
// not forward.
func (n *network) done(t *track) bool {
	if len(t.Sightings) == 0 {
		return true
	}
	final := &t.Sightings[len(t.Sightings)-1]
	return !n.node(final).Role.Forwards() && n.arrived(t, final.Packet.Dst.Addr())
}

// node returns the node of a sighting.
func (n *network) node(s *join.Sighting) *trace.Node { return n.graph.points[s.Point].node }
