package correlate

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// association holds a packet's connections: for each stay in a node, its place in a
// conntrack entry. A packet can pass one node twice, in two connections.
type association struct {
	links []*link // by stay; nil: none
	// died is the entry of the last stay, if it was never confirmed: the packet was its
	// first, and was dropped (nf_conntrack_confirm). Only the rule trace reports such an
	// entry; no event does.
	died *trace.Association
	made map[int]bool // stays in which the packet is known to have made its entry
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
	last := seen[len(seen)-1].stay
	a := association{links: make([]*link, last+1), died: unconfirmed(seen), made: map[int]bool{}}
	named := make([]bool, last+1) // the kernel names the entry
	for i := range seen {
		if w := seen[i].within; w != nil && w.tracked() != nil {
			named[seen[i].stay] = true
		}
	}
	for i := range seen {
		o := &seen[i]
		if a.died != nil && o.stay == last || named[o.stay] && o.within == nil {
			continue
		}
		l := a.links[o.stay]
		if l == nil { // a later observation may reveal more
			l = n.link(begun, o, n.passes(seen[i:]))
			a.links[o.stay] = l
		}
		if l == nil || o.chain == nil {
			continue
		}
		if c := o.chain.tracked; c != nil && c.ID == l.entry.entry.ID {
			l.observed, l.state, l.direction = true, connStates[c.State], c.Direction
		}
	}
	a.keep(seen)
	return a
}

// keep carries connections over: a packet keeps its entry through the loopback interface.
func (a *association) keep(seen []observation) {
	for i := 1; i < len(seen); i++ {
		before, o := &seen[i-1], &seen[i]
		died := a.died != nil && o.stay == len(a.links)-1
		if o.stay > before.stay && o.node == before.node && a.links[o.stay] == nil && !died {
			a.links[o.stay] = a.links[before.stay]
		}
	}
}

// unconfirmed returns the entry of a packet that was dropped before the entry was
// confirmed, or nil.
func unconfirmed(seen []observation) *trace.Association {
	o := &seen[len(seen)-1]
	if o.chain == nil || !o.chain.dropped {
		return nil
	}
	c := o.within.tracked()
	if c == nil || c.State != nftrace.New || c.Status&conntrack.Confirmed != 0 {
		return nil
	}
	return &trace.Association{Entry: c.ID, Direction: c.Direction, State: connStates[c.State], Observed: true, Unconfirmed: true}
}

// link finds a packet's connection by its first observation in a node.
func (n *network) link(begun time.Time, o *observation, passed bool) *link {
	e := n.entryOf(begun, o, passed)
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
// rule trace, otherwise by the packet's ends. begun is when the packet was first seen, and
// passed whether it left the node.
func (n *network) entryOf(begun time.Time, o *observation, passed bool) *ctEntry {
	p := lookup{begun, o.headers, passed}
	t, ok := tupleOf(o.headers)
	equal := n.entries.byTuple[nodeTuple{o.node, t}]
	if o.within != nil {
		if c := o.within.tracked(); c != nil {
			if list := n.entries.byID[nodeEntry{o.node, c.ID}]; len(list) > 0 {
				return n.entries.named(list, equal, &p)
			}
		}
	}
	if !ok {
		return nil
	}
	return n.entries.at(equal, &p)
}

// passes reports whether a packet left the node of the first of its remaining observations.
func (n *network) passes(seen []observation) bool {
	return slices.ContainsFunc(seen[1:], func(o observation) bool {
		return o.stay != seen[0].stay || o.frame != nil && n.graph.points[o.frame.Point].direction == trace.Out
	})
}

// link returns the packet's place in a connection during a stay, or nil.
func (a *association) link(stay int) *link {
	if stay >= len(a.links) {
		return nil
	}
	return a.links[stay]
}

// at returns the packet's association with an entry during a stay, or nil.
func (a *association) at(stay int) *trace.Association {
	if a.died != nil && stay == len(a.links)-1 {
		c := *a.died
		return &c
	}
	l := a.link(stay)
	if l == nil {
		return nil
	}
	return &trace.Association{Entry: l.entry.entry.ID, Direction: l.direction, State: l.state, Observed: l.observed}
}

// id returns the id of the packet's entry during a stay, or 0.
func (a *association) id(stay int) uint32 {
	if at := a.at(stay); at != nil {
		return at.Entry
	}
	return 0
}

// makes reports, once for each stay, that the packet made its entry there: an evaluation
// shows an unconfirmed entry, and such an entry has only one packet.
func (a *association) makes(o *observation) bool {
	if c := o.chain.tracked; c == nil || c.State != nftrace.New || c.Status&conntrack.Confirmed != 0 || a.made[o.stay] {
		return false
	}
	a.made[o.stay] = true
	return true
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

// authored records which packet decided a connection's translations: the one that met the
// rules.
func (c *Correlator) authored(j *trace.Journey, stay int, changes []trace.Change, a *association) {
	for i := range changes {
		cause := &changes[i].Cause
		if cause.Kind != trace.CauseRule || cause.Translation == 0 {
			continue
		}
		c.flows.translated(j.Flow, cause.Translation)
		l := a.link(stay)
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
