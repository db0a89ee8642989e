package correlate

import (
	"slices"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// Entries with the same tuple, or the same id, follow one another. The kernel reports their
// beginnings and ends in order, but not when they were:
//
//	since ──── it began ──── begun                 the event was queued after since, and read at begun
//	             SYN seen                           the packet that began it was seen before
//	                           it ended ─── ended   no packet seen later belongs to it
//
// A SYN that was seen between since and begun may have begun the entry. It did so if it was
// the only one, or if it left the node and no earlier entry can have been alive. If there are
// as many such SYNs as entries, they began them in order. Otherwise it stays unknown.

// syn is a SYN seen in a node.
type syn struct {
	at  time.Time
	seq uint32
}

// lookup is a packet whose entry is sought.
type lookup struct {
	seen    time.Time // when it was first seen
	headers *trace.Headers
	passed  bool // it left the node, so that its entry was confirmed
}

// unclear is how long before its entry began a packet may have been seen elsewhere.
const unclear = time.Second

// mostSYNs is how many SYNs with the same tuple are remembered.
const mostSYNs = 64

func isTCP(t conntrack.Tuple) bool { return layers.IPProtocol(t.Protocol) == layers.IPProtocolTCP }

// seen takes note of a packet that may begin a connection in a node.
func (c *ctEntries) seen(node string, h *trace.Headers, at time.Time) {
	t, ok := tupleOf(h)
	if !ok || !opens(h) {
		return
	}
	k := nodeTuple{node, t}
	list := append(c.syns[k], syn{at, h.TCP.Seq})
	c.syns[k] = list[max(0, len(list)-mostSYNs):]
}

// forget forgets the SYNs seen before a given time.
func (c *ctEntries) forget(before time.Time) {
	for k, list := range c.syns {
		left := slices.DeleteFunc(list, func(s syn) bool { return s.at.Before(before) })
		if c.syns[k] = left; len(left) == 0 {
			delete(c.syns, k)
		}
	}
}

// named returns the entry of a packet for which the kernel gave an id: the only one with that
// id, or the one that is also found among those with the packet's tuple.
func (c *ctEntries) named(list, equal []*ctEntry, p *lookup) *ctEntry {
	n := list[0]
	if len(list) > 1 {
		if len(equal) == 0 {
			equal = list
		}
		if n = c.at(equal, p); n == nil || n.entry.ID != list[0].entry.ID {
			return nil
		}
	}
	if opens(p.headers) && n.bySYN && n.first.IsZero() {
		n.first, n.seq = p.seen, p.headers.TCP.Seq
	}
	return n
}

// at returns the entry of a list that a packet belongs to, or nil if that is unclear or no
// entry was alive. Packets are looked up in the order in which they were first seen.
func (c *ctEntries) at(list []*ctEntry, p *lookup) *ctEntry {
	if opens(p.headers) {
		return c.openedBy(list, p)
	}
	t := p.seen
	for i := len(list) - 1; i >= 0; i-- {
		n := list[i]
		if n.gone() && t.After(n.ended) {
			return nil
		}
		if i == 0 {
			return n
		}
		if of := c.orBefore(n, list[i-1], t); of != list[i-1] {
			return of
		}
	}
	return nil
}

// orBefore decides between an entry and the one before it, for a packet that begins neither.
// If that is unclear, it returns nil.
func (c *ctEntries) orBefore(n, before *ctEntry, t time.Time) *ctEntry {
	switch {
	case !n.first.IsZero() && t.Before(n.first):
		return before
	case !n.first.IsZero(), before.gone() && t.After(before.ended):
		return n
	case n.bySYN && !c.lossy[n.node] && (n.maybe.IsZero() || t.Before(n.maybe)):
		return before // the SYN was seen later, and is still to be looked up
	case !n.bySYN && t.Before(n.since.Add(-unclear)):
		return before
	}
	return nil
}

// openedBy returns the entry of a SYN.
func (c *ctEntries) openedBy(list []*ctEntry, p *lookup) *ctEntry {
	open := slices.DeleteFunc(slices.Clone(list), func(n *ctEntry) bool { return !n.mayBegin(p) })
	var same *ctEntry // begun by the same SYN, when it was sent before
	for _, n := range list {
		if !n.first.IsZero() && n.seq == p.headers.TCP.Seq {
			same = n
		}
	}
	switch {
	case same != nil && (len(open) == 0 || !same.gone()):
		return same
	case len(open) == 0:
		if n := newest(list); n != nil && !n.gone() && (!n.first.IsZero() || p.seen.After(n.begun)) {
			return n // it uses an entry that existed
		}
		return nil
	}
	if !c.began(list, open, p) || same != nil && !p.seen.After(same.ended) && c.again(open[0], p) {
		for _, n := range open {
			if n.maybe.IsZero() {
				n.maybe = p.seen
			}
		}
		return nil
	}
	open[0].first, open[0].seq = p.seen, p.headers.TCP.Seq
	return open[0]
}

// mayBegin reports whether a SYN may have begun the entry.
func (n *ctEntry) mayBegin(p *lookup) bool {
	return n.bySYN && n.first.IsZero() && !p.seen.After(n.begun) && !p.seen.Before(n.since.Add(-unclear))
}

// began reports whether a SYN certainly began the first of the entries that it may have begun.
func (c *ctEntries) began(list, open []*ctEntry, p *lookup) bool {
	first, last := open[0], open[len(open)-1]
	if c.lossy[first.node] && (len(open) > 1 || p.seen.Before(first.begun.Add(-unclear))) {
		return false
	}
	earlier := list[:slices.Index(list, first)]
	alive := slices.ContainsFunc(earlier, func(n *ctEntry) bool { return !n.gone() || !p.seen.After(n.ended) })
	return p.passed && !alive || c.others(list, first, p, first.begun) == 0 || c.others(list, first, p, last.begun)+1 == len(open)
}

// again reports whether a SYN was sent again before an entry became known.
func (c *ctEntries) again(n *ctEntry, p *lookup) bool {
	return slices.ContainsFunc(c.syns[nodeTuple{n.node, n.entry.Original}], func(s syn) bool {
		return s.seq == p.headers.TCP.Seq && s.at.After(p.seen.Add(time.Millisecond)) && !s.at.After(n.begun)
	})
}

// others returns how many other SYNs that are not known to have begun an entry were seen
// after a packet, until a given time.
func (c *ctEntries) others(list []*ctEntry, n *ctEntry, p *lookup, until time.Time) int {
	counted := []uint32{p.headers.TCP.Seq}
	for _, o := range list {
		if !o.first.IsZero() {
			counted = append(counted, o.seq)
		}
	}
	known := len(counted)
	for _, s := range c.syns[nodeTuple{n.node, n.entry.Original}] {
		if s.at.After(p.seen) && !s.at.After(until) && !slices.Contains(counted, s.seq) {
			counted = append(counted, s.seq)
		}
	}
	return len(counted) - known
}
