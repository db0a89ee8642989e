package correlate

import "tracer/trace"

// routed determines why a packet that passed prerouting was neither delivered nor
// forwarded. The routing decision comes next, then the checks of ip_forward; both drop
// packets without involving netfilter.
func (s *stay) routed(o *trace.Outcome) {
	if s.in == nil {
		return // its interface is gone
	}
	a := s.node.Arrive(s.flow())
	switch {
	case a.Uncertain:
	case a.Reason != 0:
		s.refused(&a, o)
	case a.Type == trace.RouteMulticast:
		o.Kind = trace.OutcomeDelivered
	case a.Type != trace.RouteUnicast:
	case s.headers.TTL <= 1:
		o.Kind, o.Reason = trace.OutcomeDropped, trace.ReasonTTL
	default:
		s.tooBig(&a.Routed, o)
	}
}

// refused records why routing dropped the packet.
func (s *stay) refused(a *trace.Arrival, o *trace.Outcome) {
	o.Kind, o.Reason = trace.OutcomeDropped, a.Reason
	switch a.Reason {
	case trace.ReasonNotForwarding:
		if s.node.Forwarding && s.headers.Src.Addr().Is4() { // then the interface's parameter is the cause
			o.Interface = s.in.Name
		}
	case trace.ReasonNoRoute, trace.ReasonBlackhole:
		o.Destination, o.RouteType = s.headers.Dst.Addr(), a.Routed.Drop()
		if a.Routed.Table != 0 {
			o.Route = a.Routed.Route.Way()
		} else if o.RouteType != 0 {
			o.RoutingRule = a.Routed.Rule
		}
	case trace.ReasonMartian, trace.ReasonNotJoined:
		o.Interface, o.Destination = s.in.Name, s.headers.Dst.Addr()
	default:
		o.Interface = s.in.Name
	}
}

// flow returns the key of the kernel's route lookup for the packet.
func (s *stay) flow() trace.Flowi {
	h := s.headers
	f := trace.Flowi{
		Source: h.Src.Addr(), Destination: h.Dst.Addr(), TOS: h.TOS, Protocol: uint8(h.Protocol),
		SourcePort: h.Src.Port(), DestinationPort: h.Dst.Port(),
	}
	if s.in != nil {
		f.In = s.in.Name
	}
	if s.chain != nil {
		f.Mark = s.chain.fwmark
	}
	return f
}

// tooBig: the packet exceeds the outgoing MTU, and must not be fragmented.
func (s *stay) tooBig(r *trace.Routed, o *trace.Outcome) {
	if len(r.Hops) != 1 || s.headers.MayBeFragmented() {
		return
	}
	out := s.node.Interface(r.Hops[0].Interface)
	if out == nil || out.MTU <= 0 || s.headers.Length <= out.MTU {
		return
	}
	o.Kind, o.Reason, o.Interface, o.Length, o.MTU = trace.OutcomeDropped, trace.ReasonTooBig, out.Name, s.headers.Length, out.MTU
}

// unresolved: the packet passed all chains on its way out, and was not seen to leave. It
// waits for the hardware address of the next hop, and is dropped if no reply comes.
func (s *stay) unresolved(n *network, o *trace.Outcome) {
	out := s.node.ByIndex(s.chain.out)
	if out == nil || out.Kind == "loopback" || s.headers.ToMany() {
		return
	}
	if out.Down || out.NoCarrier {
		o.Kind, o.Reason, o.Interface = trace.OutcomeDropped, trace.ReasonNoCarrier, out.Name
		return
	}
	f := s.flow()
	f.Out = out.Name
	r, found := s.node.Lookup(f)
	if !found || r.Uncertain || len(r.Hops) != 1 || r.Hops[0].Interface != out.Name {
		return
	}
	next := r.Hops[0].Gateway
	if !next.IsValid() {
		next = s.headers.Dst.Addr()
	}
	for _, e := range s.node.Neighbours {
		if e.Address == next && e.Interface == out.Name {
			return
		}
	}
	o.Kind, o.Reason, o.Interface, o.Destination = trace.OutcomeDropped, trace.ReasonNoNeighbour, out.Name, next
}
