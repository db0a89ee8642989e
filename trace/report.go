package trace

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/google/gopacket/layers"
)

// LinkReports records, for each lost packet, the ICMP error or TCP reset that the node sent
// because of it, whether or not that arrived. A delivered packet that is reported had no
// listener: only the node's own IP or TCP can have sent the report.
//
// A node need not report every packet, and packets may be equal. So each report is
// attributed to one packet: the latest earlier one that it fits and that no other report
// has claimed.
func (t *Trace) LinkReports() {
	sent, list := map[report]bool{}, []reportable{}
	for i := range t.Journeys {
		if j := &t.Journeys[i]; len(j.Hops) > 0 {
			if r, is := j.report(); is {
				sent[r] = true
				list = append(list, reportable{r, j, j.Hops[0].Time, true})
			}
		}
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for r := range j.reports() {
			if sent[r] {
				list = append(list, reportable{r, j, j.Hops[len(j.Hops)-1].Time, false})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b reportable) int {
		return cmp.Or(a.time.Compare(b.time), cmp.Compare(a.order(), b.order()))
	})
	pair(list)
}

// pair links reports to packets. The list is sorted by time.
func pair(list []reportable) {
	waiting := map[report][]*Journey{} // latest last
	for _, e := range list {
		if !e.reports {
			waiting[e.report] = append(waiting[e.report], e.journey)
			continue
		}
		for of := waiting[e.report]; len(of) > 0; of = waiting[e.report] {
			at := fitting(of, e.journey)
			o := &of[at].Outcome
			waiting[e.report] = slices.Delete(of, at, at+1)
			if o.ReportedBy != 0 {
				continue // found by its headers at another hop
			}
			o.ReportedBy = e.journey.ID
			switch {
			case o.Kind == OutcomeDelivered:
				o.Reason = ReasonNoListener
			case o.Kind == OutcomeUnseen && o.Reason == ReasonNoNeighbour:
				o.Kind = OutcomeDropped // the node gave up
			case o.Kind == OutcomeUnseen && e.journey.Hops[0].Packet.incomplete():
				o.Kind, o.Reason = OutcomeDropped, ReasonReassembly
			}
			break
		}
	}
}

// fitting returns which of the packets that a report fits it is about: the latest with the
// quoted content, or the latest.
func fitting(of []*Journey, reporting *Journey) int {
	if q := reporting.Hops[0].Packet.ICMP.Quoted; q != nil && q.Content != 0 {
		for i := len(of) - 1; i >= 0; i-- {
			if of[i].Hops[0].Packet.Content == q.Content {
				return i
			}
		}
	}
	return len(of) - 1
}

// report is what an ICMP error or a reset says about the packet that it reports.
type report struct {
	node  string // that sends it
	quote Quote  // of an ICMP error

	ends     Ends // of a reset, like the rest
	seq, ack uint32
	acks     bool // it has the flag ACK
}

// reportable is a report, or a packet that such a report would fit.
type reportable struct {
	report
	journey *Journey
	time    time.Time
	reports bool
}

// order puts a report after the packets of the same time.
func (r *reportable) order() int {
	if r.reports {
		return 1
	}
	return 0
}

// report returns what a journey's packet reports, if it is an ICMP error or a reset.
func (j *Journey) report() (r report, is bool) {
	first := &j.Hops[0]
	switch p := &first.Packet; {
	case p.ICMP.Quoted != nil:
		r = report{node: first.Node, quote: *p.ICMP.Quoted}
		r.quote.Content = 0 // decides only among packets that are equal otherwise
		return r, true
	case p.isReset() && p.TCP.Flags&ACK != 0:
		return report{node: first.Node, ends: p.Ends(), seq: p.TCP.Seq, acks: true, ack: p.TCP.Ack}, true
	case p.isReset():
		return report{node: first.Node, ends: p.Ends(), seq: p.TCP.Seq}, true
	}
	return report{}, false
}

// reports yields the reports that a journey's packet may have caused. NAT in the node
// translates a report back to the packet's headers at one of its hops there.
func (j *Journey) reports() iter.Seq[report] {
	return func(yield func(report) bool) {
		for i := range j.Hops {
			h := &j.Hops[i]
			if h.Node != j.Outcome.Node || !j.mayBeReported(&h.Packet) {
				continue
			}
			quote := h.Packet.Quote()
			quote.Content = 0
			if len(h.Fragments) > 0 { // the ports are in the first fragment only
				fragment := Quote{Protocol: quote.Protocol, ID: h.Packet.ID}
				fragment.Ends.Source = netip.AddrPortFrom(quote.Ends.Source.Addr(), 0)
				fragment.Ends.Destination = netip.AddrPortFrom(quote.Ends.Destination.Addr(), 0)
				if !yield(report{node: h.Node, quote: fragment}) {
					return
				}
			}
			if !yield(report{node: h.Node, quote: quote}) ||
				h.Packet.Protocol == layers.IPProtocolTCP && !yield(h.Packet.reset(h.Node)) {
				return
			}
		}
	}
}

// incomplete reports whether a message is the error for a datagram with missing fragments
// (time exceeded, code 1: RFC 792; RFC 4443, 3.3).
func (p *Headers) incomplete() bool {
	const code = layers.ICMPv4CodeFragmentReassemblyTimeExceeded // the same for both
	if p.Protocol == layers.IPProtocolICMPv6 {
		return p.ICMP.Type == layers.ICMPv6TypeTimeExceeded && p.ICMP.Code == code
	}
	return p.ICMP.Type == layers.ICMPv4TypeTimeExceeded && p.ICMP.Code == code
}

// mayBeReported reports whether an ICMP error or a reset may be sent because of the packet.
// Among delivered packets, these are the ones that need a listener; an established
// connection can be reset for many reasons.
func (j *Journey) mayBeReported(p *Headers) bool {
	opens := p.Protocol == layers.IPProtocolUDP || p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&(SYN|ACK) == SYN
	return j.Outcome.Lost() || j.Outcome.Reason == ReasonNoListener || j.Outcome.Kind == OutcomeDelivered && opens
}

func (p *Headers) isReset() bool {
	return p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&RST != 0
}

// reset returns the reset that answers a segment for which there is no connection
// (RFC 9293, 3.5.2, group 1). REJECT sends the same (nf_reject_ip_tcphdr_put).
func (p *Headers) reset(node string) report {
	r := report{node: node, ends: p.Ends().Reversed()}
	if p.TCP.Flags&ACK != 0 {
		r.seq = p.TCP.Ack
		return r
	}
	r.acks, r.ack = true, p.TCP.Seq+uint32(p.Payload)
	for _, f := range []Flags{SYN, FIN} { // each takes up a sequence number
		if p.TCP.Flags&f != 0 {
			r.ack++
		}
	}
	return r
}
