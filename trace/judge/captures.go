package judge

import (
	"strings"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// JudgeCaptures compares a trace made only from capture files with the evidence. Such a trace
// states less than a recording, but what it states must nevertheless be true.
//
//	which frames show one packet      the packets' keys
//	what changed, and in which order  the frames themselves
//	the kind of NAT                   conntrack's entries, and which end opened the connection
//	what was lost or not captured     all frames on all interfaces, and what programs received
//	clocks, retransmissions           there is only one clock; sequence numbers
func JudgeCaptures(t *trace.Trace, e *Evidence) *Verdict {
	captured := map[Port]bool{}
	for _, p := range t.Survey.Points {
		captured[Port{p.Node, p.Interface}] = true
	}
	j := begin(t, e, captured)
	for i := range t.Journeys {
		p := &t.Journeys[i]
		j.changes(p)
		j.order(p)
		for k := range p.Hops {
			j.inferred(p, k)
		}
		j.unseen(p)
	}
	j.survey()
	return j.Verdict
}

// blind reports whether the trace comes from captures, which do not show directions.
func (j *judging) blind() bool { return j.captured != nil }

// covered reports whether the trace can contain a sighting. libpcap omits the packets that lo
// sends, since it also receives them.
func (j *judging) covered(s *Sighting) bool {
	return !j.blind() || j.captured[s.At] && (s.At.Interface != loopback || !s.Out)
}

// unnumbered reports whether a capture need not show that one journey continues another: IPv6
// packets have no identification. Of a datagram or an error whose ends a router translated both,
// or a bridge one, nothing but equal contents would connect the two; and what waited for a
// neighbor could be a retransmission.
func unnumbered(p, next *trace.Journey) bool {
	if p.Outcome.Kind != trace.OutcomeLeft || len(p.Hops) == 0 || len(next.Hops) == 0 {
		return false
	}
	last, first := &p.Hops[len(p.Hops)-1], &next.Hops[0]
	a, b := &last.Packet, &first.Packet
	if a.ID != 0 || !a.Src.Addr().Is6() {
		return false
	}
	plain, same := a.Protocol == layers.IPProtocolUDP || a.IsICMPError(), a.Src == b.Src || a.Dst == b.Dst
	return first.Time.Sub(last.Time) > time.Second || plain && (!same || a.TTL == b.TTL && a.Ends() != b.Ends())
}

// order checks that a packet's path does not go back in time. The judge's own clock is finer
// than that of most captures.
func (j *judging) order(p *trace.Journey) {
	if ambiguous(p) {
		j.Unknown["order in ambiguous journeys"]++
		return
	}
	path := p.Path()
	for i := range path {
		own := j.sighting(p, i)
		if own == nil {
			continue
		}
		if at := path[i].Time; at.Sub(own.Time).Abs() > early {
			j.wrong(WrongTime, "%s at %s: the trace says that it was there at %s, not %s", j.name(p), own.At, at, own.Time)
		}
		if path[i].Unordered {
			j.Unknown["order"]++
			continue
		}
		if before := j.sighting(p, i-1); before != nil && own.Time.Before(before.Time) {
			j.wrong(WrongOrder, "%s: it was on %s before it was on %s: %s", j.name(p), own.At, before.At, ways(p))
		}
	}
}

// parents returns the earlier hops that a hop can follow: for a hop on the path, the previous
// one; for a copy, any.
func parents(p *trace.Journey, hop int) (list []int) {
	if hop > 0 && !p.Hops[hop].Copy {
		return []int{hop - 1}
	}
	for i := range hop {
		list = append(list, i)
	}
	return list
}

// survey checks the statements about all packets together.
func (j *judging) survey() {
	s := j.trace.Survey
	for _, p := range s.Points {
		if p.Clock != 0 || p.SetBack != 0 {
			j.wrong(WrongTime, "the clock at %s is said to be off by %s, and to have been set back by %s", p.Point, p.Clock, p.SetBack)
		}
	}
	j.losses(s)
	j.retransmissions(s)
	for i := range s.Mappings {
		j.mapping(&s.Mappings[i])
	}
}

// ways returns the places of a journey's hops.
func ways(p *trace.Journey) string {
	var list []string
	for i := range p.Hops {
		h := &p.Hops[i]
		text := h.Place() + " " + h.Packet.Source() + ">" + h.Packet.Destination() + " at " + h.Time.Format("05.000000000")
		if h.Copy {
			text += " (copy)"
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}
