package judge

import (
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// report checks the ICMP error or reset that the trace names as the report of a packet's loss.
func (j *judging) report(p *trace.Journey) {
	if p.Outcome.ReportedBy == 0 {
		return
	}
	j.Stated["reports"]++
	by := j.trace.Journey(p.Outcome.ReportedBy)
	if by == nil {
		j.wrong(WrongReport, "%s is reported by #%d, which does not exist", j.name(p), p.Outcome.ReportedBy)
		return
	}
	about, answer := j.sighting(p, 0), j.sighting(by, 0)
	if about == nil || answer == nil {
		return
	}
	key := j.keys[about]
	switch {
	case p.Outcome.Reason == trace.ReasonReject && p.Outcome.Answer != answer.rejection():
		j.wrong(WrongReport, "%s is said to be answered with %s, but is with %s", j.name(p), p.Outcome.Answer, answer.rejection())
	case answer.Quote != nil:
		if answer.Quote.Tagged != about.Tagged || (about.Tagged || about.Protocol == layers.IPProtocolTCP) && answer.Quote.key(false) != key {
			j.wrong(WrongReport, "%s is reported by %s, which quotes another packet", j.name(p), j.name(by))
		}
	case answer.Protocol == layers.IPProtocolTCP && answer.Flags&uint8(trace.RST) != 0:
		if answer.Seq != about.Ack && answer.Ack-about.Seq > 1<<16 {
			j.wrong(WrongReport, "%s is reported by %s, which answers another segment", j.name(p), j.name(by))
		}
	default:
		j.wrong(WrongReport, "%s is reported by %s, which is neither an ICMP error nor a reset", j.name(p), j.name(by))
	}
	if answer.Time.Before(about.Time) {
		j.wrong(WrongReport, "%s is reported by %s, which is older", j.name(p), j.name(by))
	}
}

// rejection returns what the packet is as the answer to a rejected one.
func (h *header) rejection() trace.Reject {
	if h.Protocol == layers.IPProtocolTCP {
		return trace.Reject{Reset: h.Flags&uint8(trace.RST) != 0}
	}
	return trace.Reject{Type: h.Type, Code: h.Code}
}
