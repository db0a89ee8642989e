package explain

import (
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// reported names the ICMP error or reset that the node sent because of a packet, or says
// that there was none. It returns "" if that is unknown.
func (a *Account) reported(j *trace.Journey) string {
	o := &j.Outcome
	reset, expected := a.answer(j)
	none := exempt(j, reset)
	switch {
	case o.ReportedBy != 0 && reset:
		return a.Format(reportedReset, a.packet(o.ReportedBy))
	case o.ReportedBy != 0:
		return a.Format(reported, a.packet(o.ReportedBy))
	case o.Kind == trace.OutcomeUnseen, o.Kind != trace.OutcomeDropped && o.Reason != trace.ReasonNoListener:
		return ""
	case (reset || expected) && none != "":
		return a.Format(none)
	case a.mayFollow(reset || expected || o.Reason == trace.ReasonRule):
		return ""
	case reset:
		return a.Format(notReset)
	case expected && a.ownDropped(o.Node) > 0:
		return a.Format(reportDropped, a.ownDropped(o.Node), o.Node)
	case expected:
		return a.Format(limited(j))
	case o.Reason == trace.ReasonBlackhole && o.RouteType == 0, o.Reason == trace.ReasonReassembly:
		return "" // a reassembly timeout is reported 30 seconds later
	case o.Reason == trace.ReasonRule:
		return a.Format(reportUnseen) // the rule's effect may be unknown
	}
	return a.Format(notReported)
}

// mayFollow reports whether a report that a trace does not contain may exist. possible is
// whether the node may send one.
func (a *Account) mayFollow(possible bool) bool {
	return a.trace.Gaps != trace.Gaps{} || a.trace.Ongoing && possible
}

// ownDropped returns how many of its own packets a node dropped before any interface showed
// them. If such a packet is an ICMP error, the trace does not show what it quotes.
func (a *Account) ownDropped(node string) int {
	if a.unsent == nil {
		a.unsent = map[string]int{}
		for i := range a.trace.Journeys {
			if j := &a.trace.Journeys[i]; len(j.Hops) == 0 && j.Outcome.Kind == trace.OutcomeDropped {
				a.unsent[j.Outcome.Node]++
			}
		}
	}
	return a.unsent[node]
}

// answer reports whether a node answers a packet that ends there for this reason with a reset,
// or with an ICMP error, which the kernel may suppress.
func (a *Account) answer(j *trace.Journey) (reset, expected bool) {
	o := &j.Outcome
	switch o.Reason {
	case trace.ReasonReject:
		return o.Answer.Reset, !o.Answer.Reset
	case trace.ReasonNoListener:
		tcp := len(j.Hops) > 0 && j.Hops[0].Packet.Protocol == layers.IPProtocolTCP
		return tcp, !tcp
	}
	if by := a.journey(o.ReportedBy); by != nil && len(by.Hops) > 0 {
		reset = by.Hops[0].Packet.Protocol == layers.IPProtocolTCP
	}
	switch o.Reason {
	case trace.ReasonBlackhole:
		expected = o.RouteType == trace.RouteUnreachable || o.RouteType == trace.RouteProhibit
	case trace.ReasonNoRoute, trace.ReasonTooBig, trace.ReasonTTL, trace.ReasonNoNeighbour, trace.ReasonScope:
		expected = true
	}
	return reset, expected
}

// exempt returns why a packet is never answered with a reset or an ICMP error (RFC 1122,
// section 3.2.2; icmp_send in net/ipv4/icmp.c), or "" if it may be.
func exempt(j *trace.Journey, reset bool) Message {
	if len(j.Hops) == 0 {
		return ""
	}
	path := j.Path()
	switch p := &path[len(path)-1].Packet; {
	case reset && p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&trace.RST != 0:
		return neverForReset
	case reset:
		return ""
	case p.IsICMPError() && IsIPv6(j):
		return neverForError6
	case p.ToMany() && IsIPv6(j): // except "packet too big"
		return neverToMany6
	case IsIPv6(j): // fragments are no exception
		return ""
	case p.IsICMPError():
		return neverForError
	case p.ToMany():
		return neverToMany
	case p.Fragment != 0:
		return neverForFragment
	}
	return ""
}
