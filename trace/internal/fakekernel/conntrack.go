package fakekernel

import (
	"net/netip"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/conntrack"
)

// Connection is an entry of a node's connection tracking, with the truth about it.
type Connection struct {
	conntrack.Entry
	Node  string
	First *Truth // the packet that opened it

	destination, source *Rule // the rules that decided their translation, or nil
	confirmed           bool
}

// track finds or creates the packet's connection. An ICMP error is related to the connection
// of the packet that it quotes.
func (t *transit) track() {
	t.member = nil
	if t.at.tables == nil {
		return
	}
	tuple := t.tuple()
	if q := t.Quoted; q != nil {
		tuple = q.tuple().Reversed()
	}
	c := t.at.connections[tuple]
	m := Membership{Node: t.at.Name, Of: c}
	switch {
	case c != nil:
		m.Reply = tuple != c.Original
	case t.Quoted != nil:
		return
	default:
		m.Of, m.isNew = t.open(tuple), true
	}
	t.Joined = append(t.Joined, m)
	t.member = &m
}

// open creates a connection, which is in no table until its first packet has left the
// node.
func (t *transit) open(tuple conntrack.Tuple) *Connection {
	t.at.serial++
	c := &Connection{Node: t.at.Name, First: t.Truth}
	c.ID, c.Original, c.Reply = t.at.serial, tuple, tuple.Reversed()
	if t.ReuseID != 0 {
		c.ID, t.ReuseID = t.ReuseID, 0
	}
	return c
}

// opens reports whether the packet passes the nat table. Only the first packet of a
// connection does.
func (t *transit) opens() bool { return t.member != nil && t.member.isNew }

// decide applies a rule's translation to a new connection.
func (t *transit) decide(r *Rule, out *trace.Interface) {
	c := t.member.Of
	if r.NAT.Kind == rule.DNAT {
		c.Reply.Source = netip.AddrPortFrom(r.NAT.Address, r.NAT.Ports.First)
		c.Status |= conntrack.DestNAT
		c.destination = r
		return
	}
	c.Status |= conntrack.SourceNAT
	c.source = r
	// The source port is kept if the reply tuple stays unique.
	for port := c.Original.Source.Port(); ; port++ {
		c.Reply.Destination = netip.AddrPortFrom(out.Addresses[0].Addr(), port)
		if t.Protocol == ICMP {
			c.Reply.Source = netip.AddrPortFrom(c.Reply.Source.Addr(), port)
		}
		if t.at.connections[c.Reply] == nil {
			return
		}
	}
}

// decider returns the rule that decided what is translated at a hook, or nil.
func (c *Connection) decider(hook trace.Hook) *Rule {
	if hook == trace.Prerouting || hook == trace.Output {
		return c.destination
	}
	return c.source
}

// confirm puts a new connection into the node's table.
func (t *transit) confirm() {
	if !t.opens() || t.member.Of.confirmed {
		return
	}
	c := t.member.Of
	c.confirmed = true
	t.at.connections[c.Original], t.at.connections[c.Reply] = c, c
	t.event(conntrack.New, c, t.Truth)
}

// Forget removes a connection, as a timeout does.
func (k *Kernel) Forget(c *Connection) {
	delete(k.nodes[c.Node].connections, c.Original)
	delete(k.nodes[c.Node].connections, c.Reply)
	k.event(conntrack.Destroy, c, c.First)
}

func (k *Kernel) event(kind conntrack.Kind, c *Connection, of *Truth) {
	k.Evidence = append(k.Evidence, &Evidence{Kind: Event, Node: c.Node, Of: of, Time: k.Now, Event: conntrack.Event{Kind: kind, Entry: c.Entry}})
}

// translate translates the packet as its connection requires: the destination at the
// hooks before routing, the source at those after it.
func (t *transit) translate(hook trace.Hook) {
	m := t.member
	if m == nil {
		return
	}
	before := t.Datagram
	to := m.Of.Reply.Reversed()
	if m.Reply {
		to = m.Of.Original.Reversed()
	}
	destination := hook == trace.Prerouting || hook == trace.Output
	switch {
	case t.Quoted != nil:
		t.translateError(to, destination)
	case destination:
		t.Datagram.Destination = to.Destination
		if t.Protocol == ICMP { // one identifier per packet; outbound, it is translated with the source
			id := t.Datagram.Source.Port()
			if m.Reply {
				id = to.Destination.Port()
			}
			t.Datagram.Source = netip.AddrPortFrom(t.Datagram.Source.Addr(), id)
			t.Datagram.Destination = netip.AddrPortFrom(to.Destination.Addr(), id)
		}
	default:
		t.Datagram.Source = to.Source
		if t.Protocol == ICMP {
			t.Datagram.Destination = to.Destination
		}
	}
	t.changed(&before, hook)
}

// translateError translates an ICMP error like a reply of the connection it concerns, and
// the quoted packet in the opposite direction.
func (t *transit) translateError(to conntrack.Tuple, destination bool) {
	q := *t.Quoted
	switch {
	case destination:
		t.Datagram.Destination = netip.AddrPortFrom(to.Destination.Addr(), 0)
		q.Source = to.Destination
	case t.Datagram.Source.Addr() == q.Destination.Addr():
		t.Datagram.Source = netip.AddrPortFrom(to.Source.Addr(), 0)
		q.Destination = to.Source
	}
	t.Quoted = &q
}

// changed records what a translation changed.
func (t *transit) changed(before *Datagram, hook trace.Hook) {
	var by uint64
	if r := t.member.Of.decider(hook); r != nil && t.member.isNew {
		by = r.Handle
	}
	add := func(f trace.Field, from, to trace.Value) {
		if from != to {
			t.Changes = append(t.Changes, Change{f, from, to, t.at.Name, hook, by})
		}
	}
	now := &t.Datagram
	add(trace.FieldSource, before.shown(before.Source), now.shown(now.Source))
	add(trace.FieldDestination, before.shown(before.Destination), now.shown(now.Destination))
	if t.Protocol == ICMP && t.Quoted == nil {
		add(trace.FieldICMPID, trace.ICMPID(before.Source.Port()), trace.ICMPID(now.Source.Port()))
	}
}
