package correlate

import "tracer/trace"

// untraced determines the outcome of an IP packet that entered a node without a known
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
	if why := s.in.Refuses(s.headers.Src.Addr(), s.headers.Dst.Addr()); why != 0 && s.headers.Src.Addr().Is6() {
		s.refused(&trace.Arrival{Reason: why}, o)
		return
	}
	if n.mayDrop(s.node, s.headers.Src.Addr().Is6()) {
		return
	}
	h := *s.headers
	if ends, known := n.entries.translate(s.node.Name, s.headers); known {
		h.Dst = ends.Destination // the source changes after routing
	} else if n.translates(s.node.Name, h.Dst.Addr()) {
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

// withoutIP determines the outcome of a packet that passes none of the observed chains, ARP
// among them.
func (s *stay) withoutIP(o *trace.Outcome) {
	if h := s.headers; s.in != nil && (h.IsARP() && h.DstMAC == s.in.MAC || h.ToMany()) {
		o.Kind = trace.OutcomeDelivered
	}
}
