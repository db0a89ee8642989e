package judge

import (
	"net/netip"
	"slices"
	"syscall"

	"tracer/trace"
)

// fate checks the stated outcome of a journey.
func (j *judging) fate(p *trace.Journey) {
	o := &p.Outcome
	j.Stated["fates"]++
	if o.Kind == trace.OutcomeUnseen || o.Kind == trace.OutcomeLeft {
		j.Unknown["fate: "+o.Reason.String()]++
	}
	s := j.sighting(p, len(p.Hops)-1)
	if s == nil || ambiguous(p) {
		return
	}
	truth := j.packets[j.keys[s]]
	if !truth.one {
		return
	}
	if last := truth.last(); last != s && !truth.toMany && !truth.fragmented && o.Kind != trace.OutcomeLeft && last.Time.After(s.Time) && !last.Time.After(j.end) {
		j.wrong(WrongFate, "%s is said to have ended after %s, but was seen on %s later:%s", j.name(p), s.At, last.At, path(p))
		return
	}
	if truth.last().Time.After(j.end) && o.Kind == trace.OutcomeUnseen {
		j.Unknown["fates after the recording"]++
		return
	}
	if !truth.toMany {
		j.arrived(p, s, j.received(truth.key))
	}
	if o.Kind == trace.OutcomeDropped {
		j.dropped(p, s)
	}
}

// arrived compares the stated outcome of a journey with the nodes whose programs received
// the packet.
func (j *judging) arrived(p *trace.Journey, s *Sighting, by []string) {
	o := &p.Outcome
	switch {
	case o.Kind == trace.OutcomeDelivered && slices.Contains(by, o.Node):
	case len(by) > 0 && o.Kind != trace.OutcomeLeft && o.Reason != trace.ReasonNotTraced:
		j.wrong(WrongFate, "%s was received by a program on %v:%s", j.name(p), by, path(p))
	case o.Kind == trace.OutcomeDelivered:
		j.arrives(p, s)
	}
}

// received returns the nodes whose programs received a packet.
func (j *judging) received(key Key) (nodes []string) {
	for tag, list := range j.Received {
		request := tag
		request.Answer = false
		if j.packetOf(tag) != key {
			continue
		}
		for node := range list {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// packetOf returns the key of a tag's datagram or echo; TCP's tags are positions in a
// stream, not packets.
func (j *judging) packetOf(tag Tag) Key {
	for _, kind := range []string{"UDP ", "ping "} {
		if k := Key(kind + tag.String()); j.packets[k] != nil {
			return k
		}
	}
	return ""
}

// arrives checks that the kernel's routing lets a packet arrive at its stated destination.
func (j *judging) arrives(p *trace.Journey, s *Sighting) {
	if s.Out || s.At.Node != p.Outcome.Node || !s.IP || s.At.Interface == loopback {
		return
	}
	to := s.Dst.Addr()
	for _, c := range p.Outcome.Changes {
		if e, ok := c.To.(trace.Endpoint); ok && c.Field == trace.FieldDestination {
			to = netip.AddrPort(e).Addr()
		}
	}
	r, err := j.ask(s.At.Node, Query{Source: s.Src.Addr(), Destination: to, Incoming: j.incoming(s.At)})
	switch {
	case err != nil:
		j.wrong(WrongFate, "%s: the kernel of %s would not accept it: %v:%s", j.name(p), s.At.Node, err, path(p))
	case !r.Local && r.Interface != "lo":
		j.wrong(WrongFate, "%s: the kernel of %s would send it out of %s:%s", j.name(p), s.At.Node, r.Interface, path(p))
	}
}

// dropped checks the stated reason for a loss.
func (j *judging) dropped(p *trace.Journey, s *Sighting) {
	o := &p.Outcome
	switch o.Reason {
	case trace.ReasonRule, trace.ReasonReject, trace.ReasonPolicy, trace.ReasonIngress:
		j.dropper(p)
	case trace.ReasonNotForwarding:
		if s.Six && j.forwards(o.Node) {
			j.wrong(WrongFate, "%s: %s is said not to forward, but it does", j.name(p), o.Node)
		} else if !s.Six && !s.Out && s.At.Node == o.Node && s.IP {
			j.refused(p, s)
		}
	case trace.ReasonNoRoute, trace.ReasonReversePath, trace.ReasonMartian, trace.ReasonMartianSource, trace.ReasonBlackhole:
		if !s.Out && s.At.Node == o.Node && s.IP {
			j.refused(p, s)
		}
	case trace.ReasonTTL:
		if s.TTL > 1 && !slices.ContainsFunc(o.Changes, func(c trace.Change) bool { return c.Field == trace.FieldTTL }) {
			j.wrong(WrongFate, "%s: its time to live ran out, but it was %d on %s", j.name(p), s.TTL, s.At)
		}
	case trace.ReasonTooBig:
		if !s.DF && !s.Six {
			j.wrong(WrongFate, "%s: too big, but it may be fragmented", j.name(p))
		}
	}
}

// forwards reports whether a line lets a node forward IPv6 packets. The kernel's routing does
// not say.
func (j *judging) forwards(node string) bool {
	return slices.Contains(j.Network.Lines, Line{node, "sysctl net.ipv6.conf.all.forwarding=1"})
}

// dropper checks that the rule or policy named for a drop could have dropped the packet.
func (j *judging) dropper(p *trace.Journey) {
	o := &p.Outcome
	after := j.After[o.Node]
	if after == nil {
		j.wrong(WrongFate, "%s: there is no node %q", j.name(p), o.Node)
		return
	}
	if o.Rule.Handle == 0 {
		c := after.chain(o.Rule.Table, o.Rule.Chain)
		if o.Reason == trace.ReasonIngress && c != nil && slices.ContainsFunc(c.Rules, func(r Rule) bool { return mayDrop(r.Text) }) {
			return // which rule is unknown
		}
		if c == nil || c.Policy != "drop" {
			j.wrong(WrongFate, "%s: dropped by the policy of %s in %s, which does not drop", j.name(p), o.Rule, o.Node)
		}
		return
	}
	r := j.ever(o.Node, o.Rule)
	switch {
	case r == nil:
		j.wrong(WrongFate, "%s: dropped by %s, which %s does not have", j.name(p), o.Rule, o.Node)
	case !mayDrop(r.Text):
		j.wrong(WrongFate, "%s: dropped by %s in %s, which does not drop", j.name(p), o.Rule, o.Node)
	case r.Counts && r.Packets == 0:
		j.wrong(WrongFate, "%s: dropped by %s in %s, which has counted nothing", j.name(p), o.Rule, o.Node)
	}
}

// loopback is the interface whose packets were already routed when they were sent.
const loopback = "lo"

// refusals are the errors that the kernel's routing gives for a reason
// (ip_route_input_slow in net/ipv4/route.c). Since Linux 6.14 it is EINVAL for any problem
// with the source.
var refusals = map[trace.Reason][]error{
	trace.ReasonNoRoute:       {syscall.ENETUNREACH, syscall.EHOSTUNREACH},
	trace.ReasonReversePath:   {syscall.EXDEV, syscall.EINVAL},
	trace.ReasonMartian:       {syscall.EINVAL},
	trace.ReasonMartianSource: {syscall.EINVAL},
	trace.ReasonBlackhole:     {syscall.EINVAL, syscall.EHOSTUNREACH, syscall.EACCES},
	trace.ReasonNotForwarding: {syscall.EHOSTUNREACH, syscall.ENETUNREACH},
}

// refused checks that the kernel's routing refuses a packet for the reason given.
func (j *judging) refused(p *trace.Journey, s *Sighting) {
	to := s.Dst.Addr()
	for _, c := range p.Outcome.Changes {
		if e, ok := c.To.(trace.Endpoint); ok && c.Field == trace.FieldDestination {
			to = netip.AddrPort(e).Addr()
		}
	}
	ways, refused := j.routings(s.At.Node, Query{Source: s.Src.Addr(), Destination: to, Incoming: j.incoming(s.At)})
	switch {
	case j.byTOS(s.At.Node):
		j.Unknown["routes by type of service"]++
	case len(refused) == 0:
		j.wrong(WrongFate, "%s: dropped at %s, reason %s, but the kernel would send it by %+v:%s", j.name(p), s.At.Node, p.Outcome.Reason, ways, path(p))
	case !slices.ContainsFunc(refused, func(e error) bool { return slices.Contains(refusals[p.Outcome.Reason], e) }):
		j.wrong(WrongFate, "%s: dropped at %s, reason %s, but the kernel says %v:%s", j.name(p), s.At.Node, p.Outcome.Reason, refused, path(p))
	}
}
