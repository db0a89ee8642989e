package correlate

import (
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// ctEntries is what is known of the connection tracking tables of all nodes. Each network
// namespace has its own table, so everything here is per node.
type ctEntries struct {
	byTuple map[nodeTuple]*ctEntry
	byID    map[nodeEntry]*ctEntry
	ended   []*ctEntry // oldest first, not more than keepEnded
}

// keepEnded is how many ended connections are remembered. The correlator may still hold
// some of their packets.
const keepEnded = 1 << 16

type nodeTuple struct {
	node  string
	tuple conntrack.Tuple
}

type nodeEntry struct {
	node string
	id   uint32
}

// ctEntry is one entry of a table, and who decided its translation.
type ctEntry struct {
	node  string
	entry conntrack.Entry
	flow  int
	gone  bool // the entry was destroyed

	destination, source decision // for the two ends of its first packet

	begun           time.Time // when the entry became known
	first           time.Time // when the packet that began it was seen, if that was needed
	sameID, sameEnd *ctEntry  // the previous entry with the same id, or ends
}

// decision is what a rule decided about a connection's translation. The zero value means
// that no such rule was seen.
type decision struct {
	translation trace.Translation
	origin      trace.Origin
}

// unclear is how long before and after an entry's first event a packet may belong to
// it or to the one before: events and frames are read from different sockets.
const unclear = time.Second

func newEntries() *ctEntries {
	return &ctEntries{byTuple: map[nodeTuple]*ctEntry{}, byID: map[nodeEntry]*ctEntry{}}
}

// learn processes an event of a node's connection tracking.
func (c *ctEntries) learn(node string, e conntrack.Event, now time.Time) {
	id := nodeEntry{node, e.ID}
	known := c.byID[id]
	// An id is unique only while its entry lives, even for the same addresses.
	same := known != nil && known.entry.Original == e.Original && known.entry.Reply == e.Reply &&
		!known.gone && e.Kind != conntrack.New
	switch {
	case e.Kind == conntrack.Destroy:
		if same {
			if e.State != 0 {
				known.entry.State = e.State // a reset ends an entry at once, without another event
			}
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
	n := &ctEntry{node: node, entry: e.Entry, begun: now, sameID: known, sameEnd: c.byTuple[nodeTuple{node, e.Original}]}
	for _, old := range []*ctEntry{n.sameID, n.sameEnd} {
		if old != nil {
			old.sameID, old.sameEnd = nil, nil // one step back is enough
		}
	}
	c.byID[id] = n
	c.byTuple[nodeTuple{node, e.Original}] = n
	c.byTuple[nodeTuple{node, e.Reply}] = n
}

// end records that an entry is gone, and forgets the one that ended first if there are
// too many.
func (c *ctEntries) end(n *ctEntry) {
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
func (c *ctEntries) of(node string, h *trace.Headers) *ctEntry {
	t, ok := tupleOf(h)
	if !ok {
		return nil
	}
	return c.byTuple[nodeTuple{node, t}]
}

// orBefore decides between two entries with the same ports or id, n and the one before
// it. A packet that begins a connection belongs to the entry that appeared at that time,
// and later packets belong to the same. If that is unclear, it returns nil.
func (n *ctEntry) orBefore(before *ctEntry, t time.Time, begins bool) *ctEntry {
	if before == nil {
		return n
	}
	near := func(c *ctEntry) bool { return t.Sub(c.begun).Abs() <= unclear }
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
func (c *ctEntries) translate(node string, h *trace.Headers) (trace.Ends, bool) {
	n := c.of(node, h)
	if n == nil {
		return trace.Ends{}, false
	}
	t, _ := tupleOf(h)
	to, _, ok := n.entry.Translate(t)
	return trace.Ends{Source: to.Source, Destination: to.Destination}, ok
}

// tupleOf returns the tuple by which connection tracking would identify the packet's
// connection.
func tupleOf(h *trace.Headers) (conntrack.Tuple, bool) {
	if !h.IsIP() || !h.HasPorts() {
		return conntrack.Tuple{}, false
	}
	return conntrack.Tuple{Protocol: uint8(h.Protocol), Source: h.Src, Destination: h.Dst}, true
}
