package explain

import "tracer/trace"

// Outcome says how a journey ended.
func (l Language) Outcome(j *trace.Journey) string {
	o := &j.Outcome
	switch o.Kind {
	case trace.OutcomeDelivered:
		return l.Format(delivered, o.Node)
	case trace.OutcomeDropped:
		switch o.Reason {
		case trace.ReasonRule:
			return l.Format(droppedByRule, o.Node, o.Hook, o.Rule)
		case trace.ReasonNotForwarding:
			if o.Interface != "" {
				return l.Format(notForwardedBy, o.Node, o.Interface)
			}
			return l.Format(notForwarded, o.Node)
		case trace.ReasonNoRoute:
			return l.Format(noRoute, o.Node, o.Destination)
		case trace.ReasonTooBig:
			return l.Format(tooBig, o.Node, o.Length, o.Interface, o.MTU)
		case trace.ReasonMartian:
			return l.Format(martian, o.Node, o.Destination, o.Interface)
		}
		return l.Format(droppedByPolicy, o.Node, o.Hook, o.Rule)
	}
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
	}
	s := l.Format(unseen, last)
	if o.Reason == trace.ReasonCaptureEnded {
		s += l.Format(captureEnded)
	}
	return s
}

// reported says which ICMP error, if any, tells the sender that a packet was lost. It
// returns "" if that is not known. complete reports whether the trace has no gaps.
func (l Language) reported(j *trace.Journey, complete bool) string {
	switch o := &j.Outcome; {
	case !o.Lost() || o.Reason == trace.ReasonCaptureEnded:
		return ""
	case o.ReportedBy != 0:
		return l.Format(reported, l.packet(o.ReportedBy))
	case o.Kind == trace.OutcomeDropped && complete:
		return l.Format(notReported)
	}
	return ""
}
