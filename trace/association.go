package trace

import (
	"github.com/google/gopacket/layers"

	"tracer/sim/iptables"
	"tracer/trace/conntrack"
)

// association is what a packet has to do with connections: in each node, the
// entry of connection tracking that it belongs to, and the flow.
type association struct {
	flow      int
	direction FlowDirection
	nodes     map[string]*linked
}

// linked is a packet's place in one connection of one node.
type linked struct {
	connection *connection
	direction  conntrack.Direction
	state      string
	observed   bool // the kernel named the entry in the packet's own trace
	to         Ends // what the entry makes of the packet
	related    bool // it is an ICMP error about the connection: only its addresses are translated
}

// associate finds the connections of a walk. The kernel's own word, given with
// the rule trace since Linux 6.16, comes first; without it the packet's
// addresses, as it comes into the node, tell the entry.
func (c *Correlator) associate(w *walk, spots []spot) association {
	a := association{nodes: map[string]*linked{}}
	for i := range spots {
		s := &spots[i]
		l := a.nodes[s.node]
		if l == nil {
			l = c.link(w, s)
			a.nodes[s.node] = l // nil too: looked up once
		}
		if l == nil || s.passed == nil {
			continue
		}
		if t := s.passed.tracked; t != nil && t.ID == l.connection.entry.ID {
			l.observed, l.state, l.direction = true, t.State.String(), t.Direction
		}
	}
	a.flow, a.direction = c.flows.of(w, spots, a)
	return a
}

// link looks a packet's connection up, at the first spot in a node.
func (c *Correlator) link(w *walk, s *spot) *linked {
	n := c.connection(w, s)
	if n == nil {
		return nil
	}
	t, ok := s.packet.tuple()
	if !ok {
		return c.relate(n, s)
	}
	to, direction, ok := n.entry.Translate(t)
	if !ok {
		return nil
	}
	return &linked{connection: n, direction: direction, to: Ends{to.Source, to.Destination}}
}

// relate links an ICMP error to the connection that it is about, if the kernel
// said so. It is translated as the connection's packets in its direction are
// (nf_nat_icmp_reply_translation), as far as it has what they have.
func (c *Correlator) relate(n *connection, s *spot) *linked {
	if s.of == nil || s.of.tracked() == nil {
		return nil
	}
	tracked := s.of.tracked()
	l := &linked{connection: n, direction: tracked.Direction, related: true}
	to := n.entry.Reply.Reversed()
	if l.direction == conntrack.Reply {
		to = n.entry.Original.Reversed()
	}
	l.to = Ends{to.Source, to.Destination}
	return l
}

// connection finds the connection of a packet in a node: by the entry's id, if
// the kernel gave it with the rule trace, else by the packet's ends.
func (c *Correlator) connection(w *walk, s *spot) *connection {
	t := w.last
	if len(w.sightings) > 0 {
		t = w.sightings[0].time
	}
	begins := s.packet.Protocol == layers.IPProtocolTCP && s.packet.TCP.Flags&(SYN|ACK) == SYN
	if s.of != nil {
		if tracked := s.of.tracked(); tracked != nil {
			if n := c.connections.byID[nodeEntry{s.node, tracked.ID}]; n != nil {
				return n.orBefore(n.sameID, t, begins)
			}
		}
	}
	if n := c.connections.of(s.node, s.packet); n != nil {
		return n.orBefore(n.sameEnd, t, begins)
	}
	return nil
}

// at returns what connection tracking said of the packet in a node.
func (a association) at(node string) *Association {
	l := a.nodes[node]
	if l == nil {
		return nil
	}
	return &Association{Entry: l.connection.entry.ID, Direction: l.direction, State: l.state, Observed: l.observed}
}

func (a association) entry(node string) uint32 {
	if l := a.nodes[node]; l != nil {
		return l.connection.entry.ID
	}
	return 0
}

// gives reports whether the entry accounts for what a field has become.
func (l *linked) gives(f Field, p *Packet) bool {
	switch {
	case l.related && f == FieldSource:
		return l.to.Source.Addr() == p.Src.Addr()
	case l.related && f == FieldDestination:
		return l.to.Destination.Addr() == p.Dst.Addr()
	case l.related:
		return false
	}
	switch f {
	case FieldSource:
		return l.to.Source == p.Src
	case FieldDestination:
		return l.to.Destination == p.Dst
	case FieldICMPID:
		return l.to.Source.Port() == p.Src.Port()
	}
	return false
}

// translation names what the connection's first packet had done to it, of which
// this change is the repetition or the reverse. The reverse of a translated
// destination is a translated source; an echo's identifier goes with the source
// (nf_nat_l4proto_unique_tuple).
func (l *linked) translation(f Field) string {
	if l.connection.translation != "" {
		return l.connection.translation
	}
	if f != FieldICMPID && (f == FieldDestination) == (l.direction == conntrack.Original) {
		return "dnat"
	}
	return "snat"
}

// establish notes the rule that decided a connection's translation, when the
// packet meets it.
func (c *Correlator) establish(w *walk, s *spot, step Step) {
	r := c.rule(s.node, step.Table, step.Chain, step.Rule)
	if r == nil || !step.Terminal {
		return
	}
	var translation string
	switch r.Target.(type) {
	case iptables.DNAT:
		translation = "dnat"
	case iptables.SNAT:
		translation = "snat"
	case iptables.Masquerade:
		translation = "masquerade"
	default:
		return
	}
	n := c.connection(w, s)
	if n == nil {
		return
	}
	n.translation = translation
	n.established = Established{Journey: w.id, Table: step.Table, Chain: step.Chain, Rule: step.Rule, Text: r.String()}
}
