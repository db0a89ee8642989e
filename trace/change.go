package trace

import (
	"net/netip"
	"strconv"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/trace/conntrack"
)

// changes compares two neighbouring spots and names who changed what.
func (c *Correlator) changes(prev, s *spot, between *stretch, a association) []Change {
	return differences(prev.packet, s.packet, between.mac, func(d *Change) {
		d.Hook = hookBetween(d.Field, prev, s)
		switch d.Field {
		case FieldTTL:
			d.Cause = c.routed(prev, s)
		case FieldSourceMAC, FieldDestinationMAC:
			d.Cause = c.addressed(d.Field, s)
		default:
			d.Cause = c.translated(d.Field, prev, s, a)
		}
	})
}

// differences compares the headers of a packet at two places; those of the link
// with where they were last seen. explain is asked about each that differs.
func differences(p, q, link *Packet, explain func(*Change)) (out []Change) {
	add := func(f Field, from, to string) {
		if from != to {
			out = append(out, Change{Field: f, From: from, To: to})
			explain(&out[len(out)-1])
		}
	}
	if p.IsIP() && q.IsIP() {
		add(FieldDestination, p.Destination(), q.Destination())
		add(FieldSource, p.Source(), q.Source())
		if p.echo() && q.echo() {
			add(FieldICMPID, strconv.Itoa(int(p.ICMP.ID)), strconv.Itoa(int(q.ICMP.ID)))
		}
		add(FieldTTL, strconv.Itoa(int(p.TTL)), strconv.Itoa(int(q.TTL)))
	}
	if link != nil && q.HasMAC {
		add(FieldSourceMAC, link.SrcMAC.String(), q.SrcMAC.String())
		add(FieldDestinationMAC, link.DstMAC.String(), q.DstMAC.String())
	}
	return out
}

// hookBetween names the hook at which a change of addresses happened, if the
// two spots leave only one: both are at it, or one is and the other is the
// frame next to it. TTL and hardware addresses change between hooks.
func hookBetween(f Field, prev, s *spot) string {
	if f != FieldSource && f != FieldDestination && f != FieldICMPID {
		return ""
	}
	switch {
	case prev.passed == nil && s.passed == nil:
		return ""
	case prev.passed == nil:
		if h := s.passed.place.Hook; h.First() {
			return h.String()
		}
		return ""
	case s.passed == nil:
		if h := prev.passed.place.Hook; h.Last() {
			return h.String()
		}
		return ""
	case prev.passed.place.Hook == s.passed.place.Hook:
		return s.passed.place.Hook.String()
	}
	return ""
}

// translated finds who changed an address or a port: the NAT rule that the
// packet just met, or else the entry of its connection. Either is only believed
// if what it says is what happened.
func (c *Correlator) translated(f Field, prev, s *spot, a association) Cause {
	if prev.passed != nil {
		for _, step := range prev.passed.steps {
			r := c.rule(s.node, step.Table, step.Chain, step.Rule)
			if r != nil && step.Terminal && c.explains(r, f, prev, s) {
				return Cause{
					Kind: CauseRule, Table: step.Table, Chain: step.Chain, Rule: step.Rule, Text: r.String(),
					Entry: a.entry(s.node),
				}
			}
		}
	}
	if l := a.nodes[s.node]; l != nil && l.gives(f, s.packet) {
		return Cause{
			Kind: CauseConntrack, Entry: l.connection.entry.ID, Reverse: l.direction == conntrack.Reply,
			Established: l.connection.established, Translation: l.translation(f),
		}
	}
	return Cause{Kind: CauseInferred}
}

// explains reports whether a rule's target does what was seen.
func (c *Correlator) explains(r *iptables.Rule, f Field, prev, s *spot) bool {
	becomes := func(to netip.AddrPort, address netip.Addr, ports iptables.PortRange) bool {
		return (!address.IsValid() || address == to.Addr()) &&
			(ports == iptables.PortRange{} || ports.First <= to.Port() && to.Port() <= ports.Last)
	}
	switch t := r.Target.(type) {
	case iptables.DNAT:
		return f == FieldDestination && becomes(s.packet.Dst, t.Address, t.Ports)
	case iptables.SNAT:
		return f != FieldDestination && becomes(s.packet.Src, t.Address, t.Ports)
	case iptables.Masquerade:
		n := c.chart.State.Node(s.node)
		out := n.Interface(c.outInterface(s))
		if f == FieldDestination || out == nil {
			return false
		}
		for _, p := range out.Addresses {
			if p.Addr() == s.packet.Src.Addr() {
				return true
			}
		}
	}
	return false
}

// routed explains a TTL that went down: the node forwarded the packet, by the
// route that leads to the interface it left by.
func (c *Correlator) routed(prev, s *spot) Cause {
	n := c.chart.State.Node(s.node)
	if prev.node == s.node && s.packet.TTL == prev.packet.TTL-1 {
		if route, ok := n.Route(s.packet.Dst.Addr()); ok && route.Interface == c.outInterface(s) {
			return Cause{Kind: CauseRouting, Text: route.Short()}
		}
	}
	return Cause{Kind: CauseInferred}
}

// addressed explains a new hardware address: frames leave with the outgoing
// interface's own as source, and as destination the one that the neighbour
// table has for the next hop.
func (c *Correlator) addressed(f Field, s *spot) Cause {
	if s.seen == nil {
		return Cause{Kind: CauseInferred}
	}
	at := c.chart.points[s.seen.point]
	n := c.chart.State.Node(at.node)
	hop := c.nextHop(at.node, s.packet.Dst.Addr())
	if f == FieldSourceMAC && n.Interface(at.iface).MAC == s.packet.SrcMAC {
		return Cause{Kind: CauseNeighbour, Text: at.iface, Neighbour: hop.String()}
	}
	for _, e := range n.Neighbours {
		if f == FieldDestinationMAC && e.Address == hop && e.Interface == at.iface && e.MAC == s.packet.DstMAC {
			return Cause{Kind: CauseNeighbour, Text: at.iface, Neighbour: hop.String()}
		}
	}
	return Cause{Kind: CauseInferred}
}

// nextHop is the address that a node hands a packet to: a gateway's, or the
// destination itself.
func (c *Correlator) nextHop(node string, to netip.Addr) netip.Addr {
	if r, ok := c.chart.State.Node(node).Route(to); ok && r.Gateway.IsValid() {
		return r.Gateway
	}
	return to
}

// outInterface is the interface by which the packet leaves the node, as far as
// it is known at a spot.
func (c *Correlator) outInterface(s *spot) string {
	if s.seen != nil {
		return c.chart.points[s.seen.point].iface
	}
	for _, i := range c.chart.State.Node(s.node).Interfaces {
		if i.Index == s.passed.out {
			return i.Name
		}
	}
	return ""
}

// rule finds a rule by what the kernel's trace says of it.
func (c *Correlator) rule(node, table, chain string, handle uint64) *iptables.Rule {
	if handle == 0 {
		return nil
	}
	if r := findRule(c.chart.State, node, table, chain, handle); r != nil {
		return r
	}
	for i := len(c.before) - 1; i >= 0; i-- {
		if r := findRule(c.before[i], node, table, chain, handle); r != nil {
			return r
		}
	}
	return nil
}

// findRule finds a rule in one state. A table's handles are not used again while
// it exists.
func findRule(s *sim.State, node, table, chain string, handle uint64) *iptables.Rule {
	n := s.Node(node)
	if n == nil {
		return nil
	}
	if t := n.Rules.Table(table); t != nil {
		if ch := t.Chain(chain); ch != nil {
			return ch.Find(handle)
		}
	}
	return nil
}
