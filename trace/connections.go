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
}

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

// learn takes in an event of a node's connection tracking. An entry that ends
// is kept: packets of it may still be on their way to the correlator.
func (c *connections) learn(node string, e conntrack.Event) {
	id := nodeEntry{node, e.ID}
	known := c.byID[id]
	if known != nil && known.entry.Original == e.Original {
		if e.Kind != conntrack.Destroy {
			known.entry = e.Entry
		}
		return
	}
	if e.Kind == conntrack.Destroy {
		return
	}
	n := &connection{node: node, entry: e.Entry}
	c.byID[id] = n
	c.byTuple[nodeTuple{node, e.Original}] = n
	c.byTuple[nodeTuple{node, e.Reply}] = n
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
