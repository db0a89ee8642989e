package explain

import (
	"strings"

	"tracer/trace"
)

// Outcome says how a journey ended.
func (l Language) Outcome(j *trace.Journey) string {
	switch o := &j.Outcome; o.Kind {
	case trace.OutcomeDelivered:
		if o.Reason == trace.ReasonNoListener {
			return l.Format(noListener, o.Node, arrivedAt(j))
		}
		return l.Format(delivered, o.Node)
	case trace.OutcomeDropped:
		switch o.Reason {
		case trace.ReasonRule, trace.ReasonPolicy, trace.ReasonReject, trace.ReasonIngress:
			return l.filtered(o)
		}
		return l.stopped(j)
	case trace.OutcomeSegmented:
		if o.Node == "" {
			path := j.Path()
			return l.Format(segmentedAfter, len(o.Segments), path[len(path)-1].Place(), l.numbers(o.Segments))
		}
		return l.Format(segmented, len(o.Segments), o.Node, l.numbers(o.Segments))
	}
	return l.lastSeen(j)
}

// numbers names packets, and joins consecutive numbers: "#3, #5 to #9".
func (l Language) numbers(ids []int) string {
	var out []string
	for i := 0; i < len(ids); {
		end := i
		for end+1 < len(ids) && ids[end+1] == ids[end]+1 {
			end++
		}
		if name := l.Number(ids[i]); end == i {
			out = append(out, name)
		} else {
			out = append(out, l.Format(numbersTo, name, l.Number(ids[end])))
		}
		i = end + 1
	}
	return strings.Join(out, ", ")
}

// filtered describes a drop by netfilter.
func (l Language) filtered(o *trace.Outcome) string {
	switch o.Reason {
	case trace.ReasonRule:
		return l.Format(droppedByRule, o.Node, o.Hook, o.Rule)
	case trace.ReasonReject:
		return l.Format(rejectedByRule, o.Node, o.Hook, o.Rule, o.Answer)
	case trace.ReasonIngress:
		if o.Rule.Chain == "" {
			return l.Format(droppedAtIngress, o.Node, o.Interface)
		}
		return l.Format(droppedAtIngressBy, o.Node, o.Interface, o.Rule)
	}
	return l.Format(droppedByPolicy, o.Node, o.Hook, o.Rule)
}

// stopped describes a drop by the IP layer: when it receives the packet, routes it, or
// looks for the next hop.
func (l Language) stopped(j *trace.Journey) string {
	if m := stopped6(j); m != "" {
		return l.stoppedIPv6(m, j)
	}
	switch o := &j.Outcome; o.Reason {
	case trace.ReasonNotForwarding:
		if o.Interface != "" {
			return l.Format(notForwardedBy, o.Node, o.Interface)
		}
		return l.Format(notForwarded, o.Node)
	case trace.ReasonNoRoute:
		return l.Format(noRoute, o.Node, o.Destination)
	case trace.ReasonBlackhole:
		return l.discarded(o)
	case trace.ReasonTooBig:
		return l.Format(tooBig, o.Node, o.Length, o.Interface, o.MTU)
	case trace.ReasonTTL:
		return l.Format(expired, o.Node)
	case trace.ReasonMartian:
		return l.Format(martian, o.Node, o.Destination, o.Interface)
	case trace.ReasonMartianSource:
		return l.Format(martianSource, o.Node, sentFrom(j), o.Interface)
	case trace.ReasonReversePath:
		return l.Format(reversePath, o.Node, sentFrom(j), o.Interface)
	case trace.ReasonNotJoined:
		return l.Format(notJoined, o.Node, o.Destination, o.Interface)
	case trace.ReasonReassembly:
		return l.Format(notReassembled, o.Node)
	case trace.ReasonOtherHost:
		return l.Format(otherHost, o.Node, o.Interface)
	case trace.ReasonNoCarrier:
		return l.Format(noCarrier, o.Node, o.Interface)
	}
	return l.Format(noNeighbour, j.Outcome.Node, j.Outcome.Destination, j.Outcome.Interface)
}

// discarded describes a drop by a route or a routing rule. Which one may be unknown: early
// versions did not record it.
func (l Language) discarded(o *trace.Outcome) string {
	switch {
	case o.Route.Destination.IsValid():
		return l.Format(blackholeRoute, o.Node, o.Destination, o.Route.Short())
	case o.RoutingRule != (trace.RoutingRule{}):
		return l.Format(blackholeRule, o.Node, o.RoutingRule)
	case o.RouteType != 0:
		return l.Format(blackhole, o.Node, o.Destination, o.RouteType.String())
	}
	return l.Format(blackholeSome, o.Node, o.Destination)
}

// lastSeen describes the end of what is known about a packet.
func (l Language) lastSeen(j *trace.Journey) string {
	o := &j.Outcome
	if len(j.Hops) == 0 {
		return l.Format(unseenOutside)
	}
	path := j.Path()
	last := path[len(path)-1].Place()
	switch {
	case o.Kind == trace.OutcomeLeft:
		return l.Format(leftAt, last)
	case o.Reason == trace.ReasonOthersWentOn:
		return l.Format(unseenOthers, last, o.Others.String())
	case o.Reason == trace.ReasonCaptureEnded:
		return l.Format(unseenEnded, last)
	case o.Reason == trace.ReasonNotTraced:
		return l.Format(unseenUntraced, last, o.Node)
	case o.Reason == trace.ReasonNotCounted:
		return l.Format(unseenUncounted, last, o.Node, deliveries(j))
	case o.Reason == trace.ReasonNoNeighbour && o.Destination.Is6():
		return l.Format(unseenWaiting6, last, o.Destination, o.Interface)
	case o.Reason == trace.ReasonNoNeighbour:
		return l.Format(unseenWaiting, last, o.Destination, o.Interface)
	case o.Reason == trace.ReasonReassembly:
		return l.Format(unseenIncomplete, last, o.Node)
	}
	return l.Format(unseen, last)
}

// sentFrom returns the source that a packet had when it came in.
func sentFrom(j *trace.Journey) string {
	if len(j.Hops) == 0 {
		return ""
	}
	return j.Hops[len(j.Hops)-1].Packet.Src.Addr().String()
}

// arrivedAt returns the destination that a packet had in the end.
func arrivedAt(j *trace.Journey) string {
	to := ""
	if n := len(j.Hops); n > 0 {
		to = j.Hops[n-1].Packet.Destination()
	}
	for i := range j.Outcome.Changes {
		if c := &j.Outcome.Changes[i]; c.Field == trace.FieldDestination {
			to = c.To.String()
		}
	}
	return to
}
