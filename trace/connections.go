package trace

import (
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
}

func newConnections() *connections {
	return &connections{byTuple: map[nodeTuple]*connection{}, byID: map[nodeEntry]*connection{}}
}

// learn takes in an event of a node's connection tracking.
func (c *connections) learn(node string, e conntrack.Event) {
	id := nodeEntry{node, e.ID}
	known := c.byID[id]
	same := known != nil && known.entry.Original == e.Original
	switch {
	case e.Kind == conntrack.Destroy:
		if same {
			c.end(known)
		}
		return
	case same:
		known.entry = e.Entry
		return
	}
	n := &connection{node: node, entry: e.Entry}
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
