package trace

import (
	"time"

	"tracer/trace/conntrack"
)

// connections is what the connection tracking of every node is known to hold.
// Each network namespace has a table of its own, so everything here goes by
// node.
type connections struct {
	byTuple map[nodeTuple]*connection
	byID    map[nodeEntry]*connection
	ended   []*connection // oldest first, not more than keepEnded
}

// keepEnded is how many ended connections are remembered: packets of them may
// still be on their way through the correlator.
const keepEnded = 1 << 16

type nodeTuple struct {
	node  string
	tuple conntrack.Tuple
}

type nodeEntry struct {
	node string
	id   uint32
}

// connection is one entry and what the trace adds to it: who made it so.
type connection struct {
	node        string
	entry       conntrack.Entry
	established Established
	translation string // "dnat", "snat", "masquerade"; as the rule did it
	flow        int
	gone        bool // the entry was destroyed

	begun           time.Time   // when the entry was made known
	first           time.Time   // of the packet that began it, if that was needed
	sameID, sameEnd *connection // the one before it with the same id, or ends
}

// unclear is how long before and after an entry was made known a packet may be
// of it or of the one before: events and frames are read from different sockets.
const unclear = time.Second

func newConnections() *connections {
	return &connections{byTuple: map[nodeTuple]*connection{}, byID: map[nodeEntry]*connection{}}
}

// learn takes in an event of a node's connection tracking.
func (c *connections) learn(node string, e conntrack.Event, now time.Time) {
	id := nodeEntry{node, e.ID}
	known := c.byID[id]
	// An id is unique only while its entry lives, even for the same addresses.
	same := known != nil && known.entry.Original == e.Original && known.entry.Reply == e.Reply &&
		!known.gone && e.Kind != conntrack.New
	switch {
	case e.Kind == conntrack.Destroy:
		if same {
			known.gone = true
			c.end(known)
		}
		return
	case same:
		known.entry = e.Entry
		return
	}
	if known != nil && !known.gone {
		known.gone = true // the event that said so was lost
		c.end(known)
	}
	n := &connection{node: node, entry: e.Entry, begun: now, sameID: known, sameEnd: c.byTuple[nodeTuple{node, e.Original}]}
	for _, old := range []*connection{n.sameID, n.sameEnd} {
		if old != nil {
			old.sameID, old.sameEnd = nil, nil // one step back is enough
		}
	}
	c.byID[id] = n
	c.byTuple[nodeTuple{node, e.Original}] = n
	c.byTuple[nodeTuple{node, e.Reply}] = n
}

// end notes that a connection's entry is gone, and forgets the oldest of those
// that went before it.
func (c *connections) end(n *connection) {
	c.ended = append(c.ended, n)
	if len(c.ended) <= keepEnded {
		return
	}
	old := c.ended[0]
	c.ended = c.ended[1:]
	if id := (nodeEntry{old.node, old.entry.ID}); c.byID[id] == old {
		delete(c.byID, id)
	}
	for _, t := range []conntrack.Tuple{old.entry.Original, old.entry.Reply} {
		if k := (nodeTuple{old.node, t}); c.byTuple[k] == old {
			delete(c.byTuple, k)
		}
	}
}

// of returns the connection that a packet belongs to as it enters a node.
func (c *connections) of(node string, p *Packet) *connection {
	t, ok := p.tuple()
	if !ok {
		return nil
	}
	return c.byTuple[nodeTuple{node, t}]
}

// orBefore says of which of two connections a packet was, the newest or the one before, when
// ports or ids were used again: a packet that begins a connection is of the one
// that was made known at that time, and what comes after it is of that one too.
// Where this does not tell, none is named.
func (n *connection) orBefore(before *connection, t time.Time, begins bool) *connection {
	if before == nil {
		return n
	}
	near := func(c *connection) bool { return t.Sub(c.begun).Abs() <= unclear }
	switch {
	case begins && near(n) && !near(before):
		n.first = t
		return n
	case begins && near(before) && !near(n):
		return before
	case begins:
		return nil
	case !n.first.IsZero() && !t.Before(n.first), n.first.IsZero() && t.After(n.begun.Add(unclear)):
		return n
	case t.After(before.begun.Add(-unclear)) && (!n.first.IsZero() || t.Before(n.begun.Add(-unclear))):
		return before
	}
	return nil
}

// translate returns the ends that a node's connection tracking gives a packet,
// and whether it knows the packet's connection at all.
func (c *connections) translate(node string, p *Packet) (Ends, bool) {
	n := c.of(node, p)
	if n == nil {
		return Ends{}, false
	}
	t, _ := p.tuple()
	to, _, ok := n.entry.Translate(t)
	return Ends{to.Source, to.Destination}, ok
}

// tuple returns what connection tracking would tell the packet's connection by.
func (p *Packet) tuple() (conntrack.Tuple, bool) {
	if !p.IsIP() || !p.hasPorts() {
		return conntrack.Tuple{}, false
	}
	return conntrack.Tuple{Protocol: uint8(p.Protocol), Source: p.Src, Destination: p.Dst}, true
}
