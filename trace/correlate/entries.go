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
	syns    map[nodeTuple][]syn
	lossy   map[string]bool // nodes whose evidence is incomplete
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
	since time.Time // it began after that,
	begun time.Time // and before this, when it became known
	ended time.Time // when it was known to be destroyed; zero: it was not

	bySYN bool      // a SYN began it,
	first time.Time // first seen at this time, if looked up,
	seq   uint32    // with this sequence number;
	maybe time.Time // or else when the first SYN was seen that may have been the one
}

func (n *ctEntry) gone() bool { return !n.ended.IsZero() }

// decision is what a rule decided about a connection's translation. The zero value means
// that no such rule was seen.
type decision struct {
	translation trace.Translation
	origin      trace.Origin
}

func newEntries() *ctEntries {
	return &ctEntries{byTuple: map[nodeTuple][]*ctEntry{}, byID: map[nodeEntry][]*ctEntry{}, syns: map[nodeTuple][]syn{}}
}

// learn processes an event of a node's connection tracking, which happened between two
// times.
func (c *ctEntries) learn(node string, e conntrack.Event, since, now time.Time) {
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
	switch e.Kind {
	case conntrack.Known:
		n.begun = time.Time{} // before the recording
	case conntrack.New:
		n.since, n.bySYN = since, isTCP(e.Original) && (e.State == 0 || e.State == trace.SynSent)
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
	reply := q.Headers(h.EtherType, q.Ends.Reversed())
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
