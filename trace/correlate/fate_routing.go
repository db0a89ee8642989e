package correlate

import (
	"net/netip"

	"tracer/trace"
)

// routed determines why a packet that passed prerouting was neither delivered nor
// forwarded. The routing decision comes next, and drops packets without involving
// netfilter. The checks are in the order of ip_route_input_slow and ip_forward.
func (s *stay) routed(n *network, o *trace.Outcome) {
	to := s.headers.Dst.Addr()
	if to.IsMulticast() {
		s.notJoined(o)
		return
	}
	if s.martian(o) {
		return
	}
	r, found := s.node.Lookup(s.flow())
	switch {
	case r.Uncertain:
	case found && r.Route.Type == trace.RouteLocal, found && r.Route.Type == trace.RouteBroadcast:
		s.invalidSource(o)
	case !found && !s.forwards(), found && !r.Drops() && !s.forwards():
		o.Kind, o.Reason = trace.OutcomeDropped, trace.ReasonNotForwarding
		if s.node.Forwarding && s.in != nil { // the node's parameter is not to blame then
			o.Interface = s.in.Name
		}
	case !found:
		o.Kind, o.Reason, o.Destination = trace.OutcomeDropped, trace.ReasonNoRoute, to
	case r.Drops():
		o.Kind, o.Reason, o.Destination = trace.OutcomeDropped, trace.ReasonBlackhole, to
	case s.invalidSource(o):
	case s.headers.TTL <= 1:
		o.Kind, o.Reason = trace.OutcomeDropped, trace.ReasonTTL
	default:
		s.tooBig(&r, o)
	}
}

// flow returns what the kernel looks for when it routes the packet.
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

// forwards reports whether packets that come in where this one did are forwarded.
func (s *stay) forwards() bool { return s.in == nil || s.in.Forwarding }

// martian reports whether one of the packet's addresses may not come from outside.
func (s *stay) martian(o *trace.Outcome) bool {
	if s.in == nil || s.in.Kind == "loopback" {
		return false
	}
	from, to := s.headers.Src.Addr(), s.headers.Dst.Addr()
	broadcast := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	switch {
	case from.IsMulticast(), from == broadcast, from.IsLoopback() && !s.in.RouteLocalnet:
		o.Reason = trace.ReasonMartianSource
	case to.IsLoopback() && !s.in.RouteLocalnet:
		o.Reason, o.Destination = trace.ReasonMartian, to
	default:
		return false
	}
	o.Kind, o.Interface = trace.OutcomeDropped, s.in.Name
	return true
}

// invalidSource reports whether the packet's source is not valid where the packet came in
// (fib_validate_source): it is an address of the node, or no route leads back there.
func (s *stay) invalidSource(o *trace.Outcome) bool {
	from := s.headers.Src.Addr()
	if s.in == nil || s.in.Kind == "loopback" || from.IsUnspecified() {
		return false
	}
	back := trace.Flowi{Source: s.headers.Dst.Addr(), Destination: from, TOS: s.headers.TOS}
	if s.in.ReverseByMark && s.chain != nil {
		back.Mark = s.chain.fwmark
	}
	r, found := s.node.Lookup(back)
	switch {
	case r.Uncertain:
		return false
	case found && r.Route.Type == trace.RouteLocal:
		if s.in.AcceptLocal {
			return false
		}
		o.Reason = trace.ReasonMartianSource
	case s.in.ReversePath == 0:
		return false
	case !found || r.Drops(), s.in.ReversePath == 1 && !leadsTo(r.Hops, s.in.Name):
		o.Reason = trace.ReasonReversePath
	default:
		return false
	}
	o.Kind, o.Interface = trace.OutcomeDropped, s.in.Name
	return true
}

func leadsTo(hops []trace.NextHop, name string) bool {
	for _, h := range hops {
		if h.Interface == name {
			return true
		}
	}
	return false
}

// tooBig: the packet exceeds the outgoing MTU, and must not be fragmented.
func (s *stay) tooBig(r *trace.Routed, o *trace.Outcome) {
	if len(r.Hops) != 1 || !s.headers.DontFragment {
		return
	}
	out := s.node.Interface(r.Hops[0].Interface)
	if out == nil || out.MTU <= 0 || s.headers.Length <= out.MTU {
		return
	}
	o.Kind, o.Reason, o.Interface, o.Length, o.MTU = trace.OutcomeDropped, trace.ReasonTooBig, out.Name, s.headers.Length, out.MTU
}

// unresolved: the packet passed all chains on its way out, and was not seen to leave. It
// waits for the hardware address of the next hop, and is dropped if nobody has that.
func (s *stay) unresolved(n *network, o *trace.Outcome) {
	out := s.node.ByIndex(s.chain.out)
	if out == nil || out.Kind == "loopback" {
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
