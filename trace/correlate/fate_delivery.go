package correlate

import "tracer/trace"

// untraced determines the outcome of an IPv4 packet that entered a node without a known
// chain. It was delivered if it is addressed to the node and nothing there can have dropped
// it.
func (s *stay) untraced(n *network, o *trace.Outcome) {
	if s.in == nil || s.in.Master != "" {
		return // it is still in a bridge
	}
	if s.ingress(n, o) {
		return
	}
	o.Reason = trace.ReasonNotTraced
	if n.mayDrop(s.node) {
		return
	}
	h := *s.headers
	if ends, known := n.entries.translate(s.node.Name, s.headers); known {
		h.Dst = ends.Destination // the source changes after routing
	} else if n.translates(s.node.Name) {
		return // the port may be published, so that the packet goes elsewhere
	}
	local := *s
	local.headers = &h
	a := local.node.Arrive(local.flow())
	switch {
	case a.Uncertain:
	case a.Reason != 0:
		local.refused(&a, o)
	case a.Type != trace.RouteUnicast:
		o.Kind, o.Reason = trace.OutcomeDelivered, 0
	}
}

// notJoined: a multicast packet is delivered if the interface is a member of the group.
func (s *stay) notJoined(o *trace.Outcome) {
	group := s.headers.Dst.Addr()
	switch {
	case s.in == nil || len(s.in.Groups) == 0: // the memberships are not known
	case s.in.Joined(group):
		o.Kind, o.Reason = trace.OutcomeDelivered, 0
	default:
		o.Kind, o.Reason, o.Interface, o.Destination = trace.OutcomeDropped, trace.ReasonNotJoined, s.in.Name, group
	}
}

// withoutIPv4 determines the outcome of a packet that passes none of the observed chains:
// ARP, IPv6 and anything that is not IP.
func (s *stay) withoutIPv4(o *trace.Outcome) {
	if s.in == nil {
		return
	}
	h := s.headers
	switch {
	case h.IsARP() && (h.DstMAC == s.in.MAC || h.ToMany()):
		o.Kind = trace.OutcomeDelivered
	case h.IsIP() && h.Dst.Addr().IsMulticast():
		s.notJoined(o)
	case h.IsIP() && s.node.Owns(h.Dst.Addr()), !h.IsIP() && h.ToMany():
		o.Kind = trace.OutcomeDelivered
	}
}
