package correlate

import (
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// association holds a packet's connections: for each node, its place in a conntrack
// entry, or nil.
type association struct {
	nodes map[string]*link
	// died is the entries that were never confirmed: the packet was their first, and was
	// dropped (nf_conntrack_confirm). No event reports them, but the rule trace does.
	died map[string]*trace.Association
	made map[string]bool // nodes where the packet is known to have made its entry
}

// link is a packet's place in one connection of one node.
type link struct {
	entry     *ctEntry
	direction trace.FlowDirection
	state     trace.ConnState
	observed  bool       // the kernel named the entry in the packet's own trace
	to        trace.Ends // the ends that the entry gives the packet
	related   bool       // it is an ICMP error about the connection: only its addresses are translated
}

// associate finds the connections of a packet. Since Linux 6.16, the rule trace names the
// entry; otherwise the packet's addresses on entering the node identify it.
func (n *network) associate(begun time.Time, seen []observation) association {
	a := association{nodes: map[string]*link{}, died: unconfirmed(seen), made: map[string]bool{}}
	named := map[string]bool{} // nodes in which the kernel names the entry
	for i := range seen {
		if w := seen[i].within; w != nil && w.tracked() != nil {
			named[seen[i].node] = true
		}
	}
	for i := range seen {
		o := &seen[i]
		if a.died[o.node] != nil || named[o.node] && o.within == nil {
			continue
		}
		l := a.nodes[o.node]
		if l == nil { // a later observation may reveal more
			l = n.link(begun, o)
			a.nodes[o.node] = l
		}
		if l == nil || o.chain == nil {
			continue
		}
		if c := o.chain.tracked; c != nil && c.ID == l.entry.entry.ID {
			l.observed, l.state, l.direction = true, connStates[c.State], c.Direction
		}
	}
	return a
}

// unconfirmed returns the entry of a packet that was dropped before the entry was
// confirmed, by node.
func unconfirmed(seen []observation) map[string]*trace.Association {
	e := seen[len(seen)-1].chain
	if e == nil || !e.dropped {
		return nil
	}
	c := seen[len(seen)-1].within.tracked()
	if c == nil || c.State != nftrace.New || c.Status&conntrack.Confirmed != 0 {
		return nil
	}
	return map[string]*trace.Association{seen[len(seen)-1].node: {
		Entry: c.ID, Direction: c.Direction, State: connStates[c.State], Observed: true, Unconfirmed: true,
	}}
}

// link finds a packet's connection by its first observation in a node.
func (n *network) link(begun time.Time, o *observation) *link {
	e := n.entryOf(begun, o)
	if e == nil {
		return nil
	}
	t, ok := tupleOf(o.headers)
	if !ok {
		return relate(e, o)
	}
	to, direction, ok := e.entry.Translate(t)
	if !ok {
		return nil
	}
	return &link{entry: e, direction: direction, to: ends(to)}
}

// relate links an ICMP error to the connection that it is about, if the kernel named it.
// The error is translated like the connection's packets in its direction
// (nf_nat_icmp_reply_translation), as far as it has the same fields.
func relate(e *ctEntry, o *observation) *link {
	if o.within == nil || o.within.tracked() == nil {
		return nil
	}
	l := &link{entry: e, direction: o.within.tracked().Direction, related: true}
	to := e.entry.Reply.Reversed()
	if l.direction == trace.Reply {
		to = e.entry.Original.Reversed()
	}
	l.to = ends(to)
	return l
}

func ends(t conntrack.Tuple) trace.Ends {
	return trace.Ends{Source: t.Source, Destination: t.Destination}
}

// entryOf finds the entry of a packet in a node: by its id, if the kernel gave it with the
// rule trace, otherwise by the packet's ends. begun is when the packet was first seen.
func (n *network) entryOf(begun time.Time, o *observation) *ctEntry {
	opens := o.headers.Protocol == layers.IPProtocolTCP && o.headers.TCP.Flags&(trace.SYN|trace.ACK) == trace.SYN
	if o.within != nil {
		if c := o.within.tracked(); c != nil {
			if list := n.entries.byID[nodeEntry{o.node, c.ID}]; len(list) > 0 {
				return at(list, begun, opens)
			}
		}
	}
	t, ok := tupleOf(o.headers)
	if !ok {
		return nil
	}
	return at(n.entries.byTuple[nodeTuple{o.node, t}], begun, opens)
}

// at returns the packet's association with an entry of a node, or nil.
func (a association) at(node string) *trace.Association {
	if d := a.died[node]; d != nil {
		c := *d
		return &c
	}
	l := a.nodes[node]
	if l == nil {
		return nil
	}
	return &trace.Association{Entry: l.entry.entry.ID, Direction: l.direction, State: l.state, Observed: l.observed}
}

// makes reports, once for each node, that the packet made its entry there: an evaluation
// shows an entry that is not confirmed, and such an entry has only one packet.
func (a association) makes(node string, e *evaluation) bool {
	if c := e.tracked; c == nil || c.State != nftrace.New || c.Status&conntrack.Confirmed != 0 || a.made[node] {
		return false
	}
	a.made[node] = true
	return true
}

// id returns the id of the packet's entry in a node, or 0.
func (a association) id(node string) uint32 {
	switch l, d := a.nodes[node], a.died[node]; {
	case d != nil:
		return d.Entry
	case l != nil:
		return l.entry.entry.ID
	}
	return 0
}

// gives reports whether the entry accounts for a field's new value.
func (l *link) gives(f trace.Field, h *trace.Headers) bool {
	switch {
	case l.related && f == trace.FieldSource:
		return l.to.Source.Addr() == h.Src.Addr()
	case l.related && f == trace.FieldDestination:
		return l.to.Destination.Addr() == h.Dst.Addr()
	case l.related:
		return false
	}
	switch f {
	case trace.FieldSource:
		return l.to.Source == h.Src
	case trace.FieldDestination:
		return l.to.Destination == h.Dst
	case trace.FieldICMPID:
		return l.to.Source.Port() == h.Src.Port()
	}
	return false
}

// decision returns what was done to the connection's first packet, and by whom, given
// that this change repeats or reverses it. The reverse of a translated destination is a
// translated source; an echo's identifier goes with the source
// (nf_nat_l4proto_unique_tuple).
func (l *link) decision(f trace.Field) decision {
	d, other, kind := l.entry.source, l.entry.destination, trace.SNAT
	if f != trace.FieldICMPID && (f == trace.FieldDestination) == (l.direction == trace.Original) {
		d, other, kind = l.entry.destination, l.entry.source, trace.DNAT
	}
	if d.translation == 0 {
		return decision{kind, trace.Origin{Journey: other.origin.Journey, Earlier: l.entry.old}} // the same packet, whatever its rule
	}
	return d
}

// authored records who decided on a connection's translations: the packet that met the
// rules.
func (c *Correlator) authored(j *trace.Journey, node string, changes []trace.Change, a association) {
	for i := range changes {
		cause := &changes[i].Cause
		if cause.Kind != trace.CauseRule || cause.Translation == 0 {
			continue
		}
		c.flows.translated(j.Flow, cause.Translation)
		l := a.nodes[node]
		if l == nil {
			continue
		}
		d := decision{cause.Translation, trace.Origin{Journey: j.ID, Rule: cause.Rule}}
		if changes[i].Field == trace.FieldDestination {
			l.entry.destination = d
		} else {
			l.entry.source = d
		}
	}
}
