package explain

import "tracer/trace"

// IsIPv6 reports whether a journey's packet is of IPv6.
func IsIPv6(j *trace.Journey) bool {
	return len(j.Hops) > 0 && j.Hops[0].Packet.Src.Addr().Is6()
}

// FieldName returns the name of a field of a journey's packet. IPv6 has its own names for two,
// which are abbreviated as ip(8) and tcpdump(1) do: its hop limit and its traffic class.
func FieldName(f trace.Field, j *trace.Journey) string {
	if IsIPv6(j) {
		switch f {
		case trace.FieldTTL:
			return "hlim"
		case trace.FieldTOS:
			return "tclass"
		}
	}
	return f.String()
}

// TTLName returns the name of a packet's time to live, or of its hop limit.
func TTLName(p *trace.Headers) string {
	if p.Src.Addr().Is6() {
		return "hlim"
	}
	return trace.FieldTTL.String()
}

// stopped6 returns what is said if the IP layer drops an IPv6 packet, where that differs from
// IPv4, or "".
func stopped6(j *trace.Journey) Message {
	if !IsIPv6(j) && !j.Outcome.Destination.Is6() {
		return ""
	}
	return map[trace.Reason]Message{
		trace.ReasonNotForwarding: notForwarded6, trace.ReasonTTL: expired6, trace.ReasonTooBig: tooBig6, trace.ReasonMartian: martian6,
		trace.ReasonMartianSource: martianSource6, trace.ReasonScope: beyondScope, trace.ReasonNoIPv6: withoutIPv6, trace.ReasonNoNeighbour: noNeighbour6,
	}[j.Outcome.Reason]
}

func (l Language) stoppedIPv6(m Message, j *trace.Journey) string {
	o := &j.Outcome
	switch m {
	case notForwarded6, expired6:
		return l.Format(m, o.Node)
	case tooBig6:
		return l.Format(m, o.Node, o.Length, o.Interface, o.MTU)
	case martianSource6:
		return l.Format(m, o.Node, sentFrom(j), o.Interface)
	case beyondScope:
		return l.Format(m, o.Node, sentFrom(j))
	case withoutIPv6:
		return l.Format(m, o.Node, o.Interface)
	}
	return l.Format(m, o.Node, o.Destination, o.Interface)
}

// deliveries is the counter of what a node delivered.
func deliveries(j *trace.Journey) trace.Counter {
	if IsIPv6(j) {
		return trace.In6Delivers
	}
	return trace.InDelivers
}

// limited says that an ICMP error may have been suppressed.
func limited(j *trace.Journey) Message {
	if IsIPv6(j) {
		return reportLimited6
	}
	return reportLimited
}
