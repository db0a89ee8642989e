package correlate

import (
	"iter"
	"net/netip"
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// ctEntries is what is known of the connection tracking tables of all nodes. Each network
// namespace has its own table, so everything here is per node.
//
// An entry lives from its first event to its last. Neither its id nor its tuples are unique
// over time: the kernel reuses ids, and clients reuse ports. So there is a list for each, in
// the order in which the entries began.
type ctEntries struct {
	byTuple map[nodeTuple][]*ctEntry
	byID    map[nodeEntry][]*ctEntry
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
	node   string
	entry  conntrack.Entry
	flow   int
	turned bool // the flow's original direction is the entry's reply direction

	destination, source decision // for the two ends of its first packet

	old   bool      // it was made before the recording began
	begun time.Time // when the entry became known
	ended time.Time // when it was known to be destroyed; zero: it was not
	first time.Time // when the packet that began it was seen, if looked up
}

func (n *ctEntry) gone() bool { return !n.ended.IsZero() }

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
	return &ctEntries{byTuple: map[nodeTuple][]*ctEntry{}, byID: map[nodeEntry][]*ctEntry{}}
}

// learn processes an event of a node's connection tracking.
func (c *ctEntries) learn(node string, e conntrack.Event, idle, now time.Time) {
	id := nodeEntry{node, e.ID}
	known := newest(c.byID[id])
	same := known != nil && known.entry.Original == e.Original && known.entry.Reply == e.Reply &&
		!known.gone() && e.Kind != conntrack.New
	switch {
	case e.Kind == conntrack.Destroy:
		if same {
			if e.State != 0 {
				known.entry.State = e.State // a reset ends an entry at once, without another event
			}
			c.end(known, now)
		}
		return
	case same:
		known.entry = e.Entry
		return
	}
	if known != nil && !known.gone() {
		c.end(known, now) // the event that reported its end was lost
	}
	n := &ctEntry{node: node, entry: e.Entry, old: e.Kind != conntrack.New, begun: now}
	if e.Kind == conntrack.Known {
		n.begun = time.Time{} // before the recording
	}
	c.byID[id] = append(c.byID[id], n)
	for _, k := range n.tuples() {
		c.byTuple[k] = append(c.byTuple[k], n)
	}
}

// tuples returns the entry's tuples, which differ.
func (n *ctEntry) tuples() [2]nodeTuple {
	return [2]nodeTuple{{n.node, n.entry.Original}, {n.node, n.entry.Reply}}
}

func newest(list []*ctEntry) *ctEntry {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

// end records that an entry is gone, and forgets the one that ended first if there are
// too many.
func (c *ctEntries) end(n *ctEntry, now time.Time) {
	n.ended = now
	c.ended = append(c.ended, n)
	if len(c.ended) <= keepEnded {
		return
	}
	old := c.ended[0]
	c.ended = c.ended[1:]
	remove(c.byID, nodeEntry{old.node, old.entry.ID}, old)
	for _, k := range old.tuples() {
		remove(c.byTuple, k, old)
	}
}

func remove[K comparable](m map[K][]*ctEntry, k K, n *ctEntry) {
	left := slices.DeleteFunc(m[k], func(o *ctEntry) bool { return o == n })
	if m[k] = left; len(left) == 0 {
		delete(m, k)
	}
}

// of returns the newest connection with the tuple of a packet that enters a node, or nil.
func (c *ctEntries) of(node string, h *trace.Headers) *ctEntry {
	t, ok := tupleOf(h)
	if !ok {
		return nil
	}
	return newest(c.byTuple[nodeTuple{node, t}])
}

// at returns the entry of a list that a packet belongs to, or nil if that is unclear or no
// entry was alive. begins is whether the packet begins a connection.
func at(list []*ctEntry, t time.Time, begins bool) *ctEntry {
	for i := len(list) - 1; i >= 0; i-- {
		n := list[i]
		if n.gone() && t.After(n.ended.Add(unclear)) {
			return nil
		}
		var before *ctEntry
		if i > 0 {
			before = list[i-1]
		}
		switch n.orBefore(before, t, begins) {
		case n:
			return n
		case nil:
			return nil
		}
	}
	return nil
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

// translate returns the ends that a node's connection tracking gives a packet that
// enters, and whether it knows the packet's connection at all.
func (c *ctEntries) translate(node string, h *trace.Headers) (trace.Ends, bool) {
	for to := range c.translations(node, h) {
		return to, true
	}
	return trace.Ends{}, false
}

// translations yields the possible results of [ctEntries.translate]: the newest connection
// first, then earlier ones with the same tuple.
func (c *ctEntries) translations(node string, h *trace.Headers) iter.Seq[trace.Ends] {
	return func(yield func(trace.Ends) bool) {
		t, ok := tupleOf(h)
		if !ok {
			return
		}
		for _, n := range slices.Backward(c.byTuple[nodeTuple{node, t}]) {
			to, _, ok := n.entry.Translate(t)
			if ok && !yield(trace.Ends{Source: to.Source, Destination: to.Destination}) {
				return
			}
		}
	}
}

// results is like translations, but for any packet.
func (c *ctEntries) results(node string, h *trace.Headers) iter.Seq[trace.Ends] {
	if h.ICMP.Quoted != nil {
		return c.quotedTranslations(node, h)
	}
	return c.translations(node, h)
}

// quotedTranslations is like translations, but for an ICMP error, which is translated like a
// reply to the packet that it quotes (nf_nat_icmp_reply_translation). It has no ports.
func (c *ctEntries) quotedTranslations(node string, h *trace.Headers) iter.Seq[trace.Ends] {
	q := h.ICMP.Quoted
	reply := trace.Headers{EtherType: h.EtherType, Protocol: q.Protocol, Src: q.Ends.Destination, Dst: q.Ends.Source}
	return func(yield func(trace.Ends) bool) {
		for to := range c.translations(node, &reply) {
			e := h.Ends()
			if to.Source != reply.Src {
				e.Source = netip.AddrPortFrom(to.Source.Addr(), 0)
			}
			if to.Destination != reply.Dst {
				e.Destination = netip.AddrPortFrom(to.Destination.Addr(), 0)
			}
			if !yield(e) {
				return
			}
		}
	}
}

// tupleOf returns the tuple by which connection tracking would identify the packet's
// connection.
func tupleOf(h *trace.Headers) (conntrack.Tuple, bool) {
	if !h.IsIP() || !h.HasPorts() {
		return conntrack.Tuple{}, false
	}
	return conntrack.Tuple{Protocol: uint8(h.Protocol), Source: h.Src, Destination: h.Dst}, true
}
