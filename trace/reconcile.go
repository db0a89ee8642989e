package trace

import (
	"net/netip"
	"slices"
	"time"

	"github.com/google/gopacket/layers"
)

// Counted is the number of packets that a counter counted.
type Counted struct {
	Counter Counter `json:"counter"`
	Packets uint64  `json:"packets"`
}

// Reconcile compares the outcomes of packets with the counters of each node, by its name,
// during the periods for which counting reports true. Call it after [Trace.LinkReports].
//
// If the rules of a node are not traced, a packet is taken to be delivered because nothing
// known can have dropped it. If the node counted fewer deliveries, something unknown dropped
// packets, such as an eBPF program.
//
// Nodes count more than the trace can show: their own broadcasts, which they also receive, and
// packets that arrive while the counters are read. So a surplus means nothing.
func (t *Trace) Reconcile(counted map[string]Counts, counting func(time.Time) bool) {
	ended, answers := map[string][]*Journey{}, map[sender]replies{}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if len(j.Hops) == 0 {
			continue
		}
		first, last := &j.Hops[0], &j.Hops[len(j.Hops)-1]
		if len(last.Ambiguous) == 0 {
			ended[j.Outcome.Node] = append(ended[j.Outcome.Node], j)
		}
		answers[sender{first.Node, j.Flow}] = answers[sender{first.Node, j.Flow}].and(first)
	}
	for i := range t.State.Nodes {
		n := &t.State.Nodes[i]
		c, known := counted[n.Name]
		if !known {
			continue
		}
		list := slices.DeleteFunc(ended[n.Name], func(j *Journey) bool { return !counting(j.Hops[len(j.Hops)-1].Time) })
		uncounted(list, netip.Addr.Is4, c[InDelivers], answers)
		uncounted(list, netip.Addr.Is6, c[In6Delivers], answers)
		if slices.ContainsFunc(n.Interfaces, func(i Interface) bool { return i.NoIPv6 }) {
			c[In6Discards] = 0 // the setting explains them: bridges flood neighbor discovery to such nodes, too
		}
		n.Unexplained = unexplained(list, &c)
	}
}

// uncounted makes the outcomes of packets of a family that a node may not have delivered
// unknown, except for those that it answered.
func uncounted(list []*Journey, of func(netip.Addr) bool, delivered uint64, answers map[sender]replies) {
	var said uint64
	var inferred, unanswered []*Journey
	for _, j := range list {
		p := &j.Hops[len(j.Hops)-1].Packet
		if j.Outcome.Kind != OutcomeDelivered || !of(p.Src.Addr()) {
			continue
		}
		said++
		if slices.Contains(j.Outcome.Hooks, Input) || j.Outcome.ReportedBy != 0 {
			continue // shown by the node's rule trace, or by its own report
		}
		inferred = append(inferred, j)
		if !answers[sender{j.Outcome.Node, j.Flow}].to(j) {
			unanswered = append(unanswered, j)
		}
	}
	if said <= delivered {
		return
	}
	if uint64(len(unanswered)) >= said-delivered {
		inferred = unanswered
	}
	for _, j := range inferred {
		j.Outcome.Kind, j.Outcome.Reason = OutcomeUnseen, ReasonNotCounted
	}
}

// sender is a node that sends in a flow.
type sender struct {
	node string
	flow int
}

// replies describes what a sender has sent in its flow: the time of the last packet, and the
// highest TCP acknowledgment number.
type replies struct {
	last time.Time
	acks bool
	ack  uint32
}

func (a replies) and(h *Hop) replies {
	if h.Time.After(a.last) {
		a.last = h.Time
	}
	if p := &h.Packet; p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&ACK != 0 && (!a.acks || int32(p.TCP.Ack-a.ack) > 0) {
		a.acks, a.ack = true, p.TCP.Ack
	}
	return a
}

// to reports whether the sender can have sent a reply to a packet.
func (a replies) to(j *Journey) bool {
	last := &j.Hops[len(j.Hops)-1]
	p := &last.Packet
	if p.Protocol != layers.IPProtocolTCP {
		return a.last.After(last.Time)
	}
	return a.acks && int32(a.ack-(p.TCP.Seq+uint32(p.Payload))) >= 0
}

// explained lists, by counter, the reasons for the losses that it counts (ip_rcv_finish_core,
// ip_error, ip_forward, __udp4_lib_rcv). Counters that are not listed count packets that were
// never on an interface, or no packets at all.
var explained = map[Counter][]Reason{
	InHeaderErrors: {ReasonTTL}, InAddressErrors: {ReasonNotForwarding}, InNoRoutes: {ReasonNoRoute, ReasonBlackhole, ReasonNotForwarding},
	ReversePathFilter: {ReasonReversePath}, FragmentationFailed: {ReasonTooBig}, ReassemblyFailed: {ReasonReassembly}, UDPNoPort: {ReasonNoListener},
	In6HeaderErrors: {ReasonTTL, ReasonMartian, ReasonMartianSource}, In6AddressErrors: {ReasonNotForwarding, ReasonMartianSource, ReasonScope},
	In6NoRoutes: {ReasonNoRoute, ReasonBlackhole}, In6TooBig: {ReasonTooBig}, Fragmentation6Failed: {ReasonTooBig}, Reassembly6Failed: {ReasonReassembly},
	UDP6NoPort: {ReasonNoListener}, In6Discards: nil,
	InUnknownProtocols: nil, InDiscards: nil, InTruncated: nil, In6UnknownProtocols: nil, In6Truncated: nil, UDP6InErrors: nil, ICMP6InErrors: nil, UDPInErrors: nil, TCPInErrors: nil, TCPBacklogDrop: nil, ICMPInErrors: nil, ConntrackDrop: nil,
}

// unexplained returns the losses that a node counted and that no packet's outcome explains.
func unexplained(list []*Journey, c *Counts) (out []Counted) {
	for _, k := range c.Lost() {
		reasons, listed := explained[k]
		if !listed {
			continue
		}
		n := c[k]
		for _, j := range list {
			p := &j.Hops[len(j.Hops)-1].Packet
			counts := p.Src.Addr().Is6() == (k >= firstIPv6) && (p.Protocol == layers.IPProtocolUDP || k != UDPNoPort && k != UDP6NoPort)
			if n > 0 && counts && slices.Contains(reasons, j.Outcome.Reason) {
				n--
			}
		}
		if n > 0 {
			out = append(out, Counted{k, n})
		}
	}
	return out
}
