package judge

import (
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// sums checks that the fates of all packets add up to the kernel's counters.
//
//	said ≤ counted ≤ said + what the trace admits not to know
func (j *judging) sums() {
	for _, n := range j.Network.Nodes {
		j.sumDrops(n.Name)
		j.sumReasons(n.Name)
		j.sumDelivered(n.Name)
	}
}

// counter returns the increase of a node's counters.
func (j *judging) counter(node string, names ...string) (g growth) {
	for _, name := range names {
		g.least += int(j.Ending[node].SNMP[name]) - int(j.Before[node].SNMP[name])
		g.most += int(j.After[node].SNMP[name]) - int(j.Before[node].SNMP[name])
	}
	g.least -= j.earlier[node]
	return g
}

// endings counts the journeys that ended in a node according to the trace, and those with an
// unknown end, which may have ended there in that way, too.
func (j *judging) endings(node string, which func(*trace.Journey) bool) (said tally) {
	for i := range j.trace.Journeys {
		p := &j.trace.Journeys[i]
		if len(p.Hops) > 0 && p.Hops[0].Packet.IsIP() && p.Hops[0].Packet.ToMany() {
			said.perhaps += copies(p, node)
		}
		switch s := j.sighting(p, len(p.Hops)-1); {
		case s != nil && j.packets[j.keys[s]].fragmented: // of one datagram there may be several
			if j.ends(p, node) {
				said.perhaps += len(p.Hops[len(p.Hops)-1].Frames()) // each may have been counted
			}
		case p.Outcome.Node == node && which(p) && !ambiguous(p):
			said.sure++
		case p.Outcome.Node == node && which(p), j.unknown(p) && j.ends(p, node):
			said.perhaps++
		}
	}
	return said
}

// copies counts the hops of a packet to many stations in a node. Its outcome is that of one copy;
// each of the others may have ended in the same way.
func copies(p *trace.Journey, node string) (n int) {
	for i := range p.Hops {
		if p.Hops[i].Node == node {
			n++
		}
	}
	return n
}

// unknown reports whether the trace admits not to know how a journey ended.
func (j *judging) unknown(p *trace.Journey) bool {
	return p.Outcome.Kind == trace.OutcomeUnseen || p.Outcome.Kind == trace.OutcomeLeft || ambiguous(p) || p.Outcome.Reason == trace.ReasonNotTraced
}

// chainAlone reports whether the trace names only the chain that dropped a packet, and it is
// this chain.
func chainAlone(p *trace.Journey, c *Chain) bool {
	o := &p.Outcome
	return o.Reason == trace.ReasonIngress && o.Rule.Handle == 0 && o.Rule.Table == c.Ours() && o.Rule.Chain == c.Name
}

// ends reports whether a journey may have ended in a node.
func (j *judging) ends(p *trace.Journey, node string) bool {
	return p.Outcome.Node == node || len(p.Hops) > 0 && p.Hops[len(p.Hops)-1].Node == node || ambiguous(p)
}

// sum compares the trace's statements with the counters.
func (j *judging) sum(what, node string, said tally, counted growth) {
	switch slack := j.gaps() || j.Restless; {
	case said.sure > counted.most && !slack:
		j.wrong(WrongSum, "%s: %s: %d packets are said to have, but %d were counted", node, what, said.sure, counted.most)
	case said.sure+said.perhaps < counted.least && !slack:
		j.wrong(WrongSum, "%s: %s: %d packets are said to have, of %d it is not known, but %d were counted", node, what, said.sure, said.perhaps, counted.least)
	case said.sure < counted.least:
		j.Unknown["sums"] += counted.least - said.sure
	}
}

// policy returns the increase of a policy's counter.
func (j *judging) policy(node string, c *Chain) growth {
	before := int(j.Before[node].chain(c.Ours(), c.Name).Packets)
	return growth{int(j.Ending[node].chain(c.Ours(), c.Name).Packets) - before - j.earlier[node], int(c.Packets) - before}
}

// sumDrops: what rules and policies have dropped.
func (j *judging) sumDrops(node string) {
	before, after := j.Before[node], j.After[node]
	for i := range after.Chains {
		c := &after.Chains[i]
		if before.chain(c.Ours(), c.Name) == nil {
			continue // tracer's own
		}
		if c.Policy == "drop" && trace.TableOf(c.Ours()) == c.Table {
			said := j.endings(node, func(p *trace.Journey) bool {
				r := p.Outcome.Rule
				return p.Outcome.Kind == trace.OutcomeDropped && r.Handle == 0 && r.Table == c.Ours() && r.Chain == c.Name
			})
			j.sum("dropped by the policy of "+c.Ours()+" "+c.Name, node, said, j.policy(node, c))
		}
	}
	j.eachRule(node, func(c *Chain, r *Rule) {
		if !r.Counts || !drops(r.Text) {
			return
		}
		ref := trace.RuleRef{Table: c.Ours(), Chain: c.Name, Handle: r.Handle}
		said := j.endings(node, func(p *trace.Journey) bool {
			return p.Outcome.Kind == trace.OutcomeDropped && placeOf(node, p.Outcome.Rule) == placeOf(node, ref)
		})
		said.perhaps += j.endings(node, func(p *trace.Journey) bool { return chainAlone(p, c) }).sure
		j.sum("dropped by "+c.Ours()+" "+c.Name+" "+r.Text, node, said, j.counted(node, ref))
	})
}

// counted are counters of a family, and the reasons that they count.
type counted struct {
	six      bool
	counters []string
	reasons  []trace.Reason
}

// reasons are counters of the kernel's IP layer, and the reasons that they count
// (ip_rcv_finish_core, ip_error and ip_forward; ip6_forward and ip6_pkt_drop).
var reasons = []counted{
	{false, []string{"IpExt.InNoRoutes"}, []trace.Reason{trace.ReasonNoRoute}},
	{false, []string{"TcpExt.IPReversePathFilter"}, []trace.Reason{trace.ReasonReversePath}},
	{false, []string{"Ip.InHdrErrors"}, []trace.Reason{trace.ReasonTTL}},
	{false, []string{"Ip.InAddrErrors"}, []trace.Reason{trace.ReasonNotForwarding}},
	{false, []string{"Udp.NoPorts"}, []trace.Reason{trace.ReasonNoListener}},
	{true, []string{"Ip6.InHdrErrors"}, []trace.Reason{trace.ReasonTTL}},
	{true, []string{"Ip6.InAddrErrors"}, []trace.Reason{trace.ReasonNotForwarding}},
	{true, []string{"Ip6.InTooBigErrors"}, []trace.Reason{trace.ReasonTooBig}},
	{true, []string{"Udp6.NoPorts"}, []trace.Reason{trace.ReasonNoListener}},
}

// sumReasons: what the IP layer has dropped.
func (j *judging) sumReasons(node string) {
	for _, k := range reasons {
		said := j.endings(node, func(p *trace.Journey) bool {
			udp := len(p.Hops) == 0 || p.Hops[0].Packet.Protocol == layers.IPProtocolUDP
			if len(p.Hops) > 0 && p.Hops[0].Packet.Src.Addr().Is6() != k.six {
				return false
			}
			return slices.Contains(k.reasons, p.Outcome.Reason) && (udp || k.reasons[0] != trace.ReasonNoListener)
		})
		counted := j.counter(node, k.counters...)
		if k.reasons[0] == trace.ReasonNoListener {
			// A trace need not state that there was no listener.
			said.perhaps = max(said.perhaps, counted.least-said.sure)
		}
		j.sum("ended with reason "+k.reasons[0].String(), node, said, counted)
	}
}

// sumDelivered: what was handed to TCP, UDP and ICMP, and to all protocols together. UDP
// counts a datagram only when a program reads it.
func (j *judging) sumDelivered(node string) {
	for _, k := range []struct {
		protocol layers.IPProtocol // 0: any
		counters []string
	}{
		{layers.IPProtocolTCP, []string{"Tcp.InSegs"}},
		{layers.IPProtocolUDP, []string{"Udp.InDatagrams", "Udp.NoPorts", "Udp.InErrors", "Udp.IgnoredMulti", "Udp6.InDatagrams", "Udp6.NoPorts", "Udp6.InErrors", "Udp6.IgnoredMulti"}},
		{layers.IPProtocolICMPv4, []string{"Icmp.InMsgs"}},
		{layers.IPProtocolICMPv6, []string{"Icmp6.InMsgs"}},
		{0, []string{"Ip.InDelivers", "Ip6.InDelivers"}},
	} {
		name := "any"
		if k.protocol != 0 { // a protocol of IPv6, too
			name = k.protocol.String()
		}
		said := j.endings(node, func(p *trace.Journey) bool {
			if len(p.Hops) == 0 || !p.Hops[0].Packet.IsIP() || k.protocol != 0 && p.Hops[0].Packet.Protocol != k.protocol {
				return false
			}
			return p.Outcome.Kind == trace.OutcomeDelivered
		})
		counted := j.counter(node, k.counters...)
		if k.protocol == layers.IPProtocolUDP {
			counted.most = max(counted.most, said.sure)
		}
		j.sum("delivered to "+name, node, said, counted)
	}
}
