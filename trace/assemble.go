package trace

import (
	"fmt"
	"net/netip"
	"slices"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/trace/capture"
	"tracer/trace/nftrace"
)

const directionIn, directionOut = capture.In, capture.Out

// assemble makes a journey of a finished walk: hops of its frames, and between
// them the steps, changes and causes.
func (c *Correlator) assemble(w *walk) Journey {
	j := Journey{ID: w.id}
	spots := w.spots(c.chart)
	first := spots[0].packet
	j.Summary = first.Summary()
	a := c.associate(w, spots)
	j.Flow, j.Direction = a.flow, a.direction
	between := stretch{point: -1}
	for i := range spots {
		s := &spots[i]
		if i > 0 {
			between.changes = append(between.changes, c.changes(&spots[i-1], s, &between, a)...)
		}
		if s.packet.HasMAC {
			between.mac = s.packet
		}
		if s.passed != nil {
			between.traced = true
			between.hook(s.passed.place.Hook.String())
			between.doubt = between.doubt || s.of.rivals || w.doubtful
			for _, step := range c.missed(s.node, s.passed) {
				between.steps = append(between.steps, step)
				c.establish(w, s, step)
			}
			continue
		}
		j.Hops = append(j.Hops, c.hop(s, &between, a))
		between = stretch{mac: s.packet, point: s.seen.point}
	}
	j.Outcome = c.outcome(w, spots, &between)
	return j
}

// stretch is what happens between two hops.
type stretch struct {
	point   int // where it began, -1 for the first
	hooks   []string
	steps   []Step
	changes []Change
	mac     *Packet // the last packet whose hardware addresses were seen
	traced  bool    // there is a rule trace of it
	doubt   bool    // which may be another packet's
}

// hook notes that the packet was at a hook: some chains of which reported it.
func (b *stretch) hook(name string) {
	if n := len(b.hooks); n == 0 || b.hooks[n-1] != name {
		b.hooks = append(b.hooks, name)
	}
}

func (c *Correlator) hop(s *spot, between *stretch, a association) Hop {
	at := c.chart.points[s.seen.point]
	h := Hop{
		Node: at.node, Interface: at.iface, Direction: at.direction,
		Time: s.seen.time, Frame: s.seen.frame, Packet: *s.packet,
		Hooks: between.hooks, Steps: between.steps, Changes: between.changes,
		Evidence: EvidenceFrames, Ambiguous: s.seen.rivals, Doubtful: between.doubt,
	}
	if between.traced || c.chart.between(between.point, s.seen.point) == stack {
		h.Conntrack = a.at(at.node)
	}
	switch {
	case between.traced:
		h.Evidence = EvidenceTrace
	case h.Conntrack != nil:
		h.Evidence = EvidenceConntrack
	}
	return h
}

// outcome says how the walk ended, from the last spot.
func (c *Correlator) outcome(w *walk, spots []spot, rest *stretch) Outcome {
	last := &spots[len(spots)-1]
	o := Outcome{Node: last.node, Hooks: rest.hooks, Steps: rest.steps, Changes: rest.changes}
	if last.passed != nil && last.passed.dropped {
		o.Kind, o.Hook, o.Reason = OutcomeDropped, last.passed.place.Hook.String(), ReasonPolicy
		if n := len(last.passed.steps); n > 0 {
			final := last.passed.steps[n-1]
			o.Rule, o.Text = final.Rule, final.Table+" "+final.Chain
			if final.Rule != 0 {
				o.Reason, o.Text = ReasonRule, o.Text+" "+final.Text
			}
		}
		return o
	}
	reason, text := c.unroutable(spots)
	arrived := c.arrived(w, c.destination(last))
	switch {
	case reason == ReasonMartian, reason != "" && !arrived:
		o.Kind, o.Reason, o.Text = OutcomeDropped, reason, text
		return o
	case arrived:
		o.Kind = OutcomeDelivered
		return o
	}
	o.Kind = OutcomeUnseen
	if c.ended && c.end.Sub(w.last) < inFlight {
		o.Reason = ReasonCaptureEnded
	}
	return o
}

// unroutable says why a node did not pass a packet on that it had let in: it
// passed prerouting, and nothing after that. The routing decision comes next
// (ip_route_input_slow, ip_forward), and says no without a word to netfilter.
func (c *Correlator) unroutable(spots []spot) (reason, text string) {
	last := &spots[len(spots)-1]
	t, n := last.passed, c.chart.State.Node(last.node)
	if last.seen != nil && len(spots) > 1 && spots[len(spots)-2].node == last.node && c.chart.points[last.seen.point].direction == directionIn {
		t = spots[len(spots)-2].passed // a bridge's port passes prerouting before the bridge hands up
	}
	to := last.packet.Dst.Addr()
	if t == nil || n == nil || t.place.Hook != nftrace.Prerouting || t.place.Priority <= natPriority || !to.Is4() || to.IsMulticast() {
		return "", ""
	}
	in := n.ByIndex(t.in)
	if in != nil && in.Master != "" {
		in = n.Interface(in.Master) // IP is the bridge's, not its port's
	}
	if to.IsLoopback() && in != nil && in.Kind != "loopback" && !in.RouteLocalnet {
		return ReasonMartian, to.String() + " by " + in.Name
	}
	if n.Owns(to) {
		return "", ""
	}
	if in != nil && !in.Forwarding {
		if n.Forwarding { // then it is not to blame
			return ReasonNoForwarding, in.Name
		}
		return ReasonNoForwarding, ""
	}
	route, known := n.Route(to)
	if !known {
		return ReasonNoRoute, to.String()
	}
	if out := n.Interface(route.Interface); out != nil && out.MTU > 0 && last.packet.DontFragment && last.packet.Length > out.MTU {
		return ReasonTooBig, fmt.Sprintf("%d bytes, and %s takes %d", last.packet.Length, out.Name, out.MTU)
	}
	return "", ""
}

// natPriority is where destinations are translated at prerouting
// (NF_IP_PRI_NAT_DST).
const natPriority = -100

// destination is where a packet wants to go, as far as is known at its last spot.
// Where no hook was seen, the connection's entry may know that the address is
// about to be translated: a published port's is the host's own.
func (c *Correlator) destination(last *spot) netip.Addr {
	if t := last.passed; t != nil && (t.place.Hook != nftrace.Prerouting || t.place.Priority > natPriority) {
		return last.packet.Dst.Addr()
	}
	if to, known := c.connections.translate(last.node, last.packet); known {
		return to.Destination.Addr()
	}
	if n := c.chart.State.Node(last.node); n != nil && publishes(n) {
		return netip.Addr{} // a port may be published, and lead on
	}
	return last.packet.Dst.Addr()
}

// publishes reports whether a node has rules that may change a destination.
func publishes(n *sim.NodeState) bool {
	nat := n.Rules.Table("nat")
	return nat != nil && slices.ContainsFunc(nat.Chains, func(ch iptables.Chain) bool {
		return slices.ContainsFunc(ch.Rules, func(r iptables.Rule) bool {
			switch r.Target.(type) {
			case iptables.DNAT, iptables.SNAT, iptables.Masquerade, iptables.Opaque:
				return true
			}
			return false
		})
	})
}

// arrived reports whether the last sighting is where the packet wanted to go:
// the node that has the destination address, or any node for what is sent to
// many.
func (c *Correlator) arrived(w *walk, to netip.Addr) bool {
	if len(w.sightings) == 0 {
		return false
	}
	final := &w.sightings[len(w.sightings)-1]
	at := c.chart.points[final.point]
	if at.direction != directionIn {
		return false
	}
	n := c.chart.State.Node(at.node)
	switch {
	case final.packet.DstMAC[0]&1 != 0: // to a group (IEEE 802.3, 3.2.3)
		return true
	case final.packet.IsARP():
		return final.packet.DstMAC == n.Interface(at.iface).MAC
	}
	return n.Owns(to)
}

// done reports whether a walk cannot go on: it is in the node that it was sent
// to, and that is not one that passes packets on.
func (c *Correlator) done(w *walk) bool {
	if len(w.sightings) == 0 {
		return true
	}
	final := &w.sightings[len(w.sightings)-1]
	n := c.chart.State.Node(c.chart.points[final.point].node)
	return !n.Role.Forwards() && c.arrived(w, final.packet.Dst.Addr())
}
