package correlate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// flows groups packets into conversations. If connection tracking knows a packet, its
// entry is the flow; otherwise its two ends are.
type flows struct {
	graph   *graph
	entries *ctEntries
	made    int // the number of the newest flow
	known   map[int]*flow
	byEnds  map[flowKey][]side // in the order in which the flows began
	uses    int                // counts packets
}

// flow is a flow with its entries, of all nodes on its path.
type flow struct {
	trace.Flow
	entries []*ctEntry
	done    []trace.Translation // observed
	keys    []flowKey           // its keys in the index
	begun   uint32              // the sequence number of its SYN
	used    int                 // the value of uses when it was last used
}

func newFlows(n *network) *flows {
	return &flows{graph: n.graph, entries: n.entries, known: map[int]*flow{}, byEnds: map[flowKey][]side{}}
}

// of returns the flow of a packet that was first seen at a given time, and the packet's
// direction in it. A segment has the flow of the whole packet, which may be nil.
func (f *flows) of(begun time.Time, seen []observation, a *association, whole *track) side {
	var s side
	if whole != nil && whole.Client.flow.flow != nil {
		s = whole.Client.flow
	} else {
		s.flow, s.direction = f.find(begun, seen, a)
	}
	f.uses++
	s.used = f.uses
	return s
}

func (f *flows) find(begun time.Time, seen []observation, a *association) (*flow, trace.FlowDirection) {
	for i := range seen {
		if l := a.link(seen[i].stay); l != nil {
			return f.tracked(seen[0].headers, a, l)
		}
	}
	for i := range seen {
		if s := f.quoted(seen[i].node, begun, seen[i].headers); s.flow != nil {
			return s.flow, s.direction
		}
	}
	first, last := seen[0].headers, seen[len(seen)-1].headers
	if whole := slices.IndexFunc(seen, func(o observation) bool { return o.headers.Resolves() }); whole >= 0 {
		first, last = seen[whole].headers, seen[whole].headers // netfilter reports too little of it
	}
	k := flowKey{first.EtherType, first.Protocol, first.Parties()}
	s, fits := choose(f.byEnds[k], first)
	if !fits {
		if other := f.elsewhere(begun, first); other.flow != nil {
			return other.flow, other.direction
		}
	}
	if s.flow != nil {
		return s.flow, directionOf(first, s.direction)
	}
	f.made++
	n := f.add(f.made, first, first.Parties(), last.Parties().Reversed())
	n.begun = first.TCP.Seq
	f.register(n, first)
	return n, directionOf(first, trace.Original)
}

// directionOf returns a packet's direction in a flow that was found by its ends. Some
// packets show their direction themselves: an ARP request or neighbor solicitation begins an exchange, even if the
// other end sent the previous one, and if a node pings itself, both ends are equal.
func directionOf(h *trace.Headers, byEnds trace.FlowDirection) trace.FlowDirection {
	request := trace.Reply
	switch {
	case h.Resolves():
		if h.Asks() {
			request = trace.Original
		}
		return request
	case h.IsEcho() && h.Ends() == h.Ends().Reversed():
		if h.AsksEcho() {
			request = trace.Original
		}
		return request
	}
	return byEnds
}

// quoted returns the flow that an ICMP error is about, if the packet is one. The error
// travels in the opposite direction to what it quotes.
func (f *flows) quoted(node string, begun time.Time, p *trace.Headers) side {
	q := p.ICMP.Quoted
	if q == nil {
		return side{}
	}
	about := q.Headers(p.EtherType, q.Ends)
	if t, ok := tupleOf(&about); ok {
		if e := f.entries.at(f.entries.byTuple[nodeTuple{node, t}], &lookup{begun, &about, false}); e != nil && e.flow != 0 {
			if _, direction, ok := e.entry.Translate(t); ok {
				return side{f.ofEntry(e, &about), direction.Opposite()}
			}
		}
	}
	s := newestOf(f.byEnds[flowKey{p.EtherType, q.Protocol, q.Ends}])
	s.direction = s.direction.Opposite()
	return s
}

// tracked returns the flow of a connection, and the direction of a packet there. Its
// entries in other nodes on the packet's path belong to the same flow.
func (f *flows) tracked(h *trace.Headers, a *association, l *link) (*flow, trace.FlowDirection) {
	for _, other := range a.links {
		if other != nil && f.known[other.entry.flow] != nil {
			l = other
			break
		}
	}
	if l.entry.flow == 0 {
		f.adopt(h, l)
	}
	n := f.ofEntry(l.entry, h)
	for _, other := range a.links {
		if other != nil && other.entry.flow == 0 {
			other.entry.turned = other.direction != l.direction != l.entry.turned
			n.join(other.entry)
		}
	}
	if l.entry.turned {
		return n, l.direction.Opposite()
	}
	return n, l.direction
}

// adopt adds an entry to a flow whose earlier packets had none in its node: they were
// dropped before it was confirmed, or took another path. A node that sees only the replies
// takes them for the original direction. A retransmitted SYN may get its own entry.
func (f *flows) adopt(h *trace.Headers, l *link) {
	s, _ := choose(f.byEnds[flowKey{h.EtherType, h.Protocol, h.Ends()}], h)
	if s.flow == nil || !opens(h) && slices.ContainsFunc(s.flow.entries, func(e *ctEntry) bool { return e.node == l.entry.node }) {
		return
	}
	l.entry.turned = s.direction != l.direction
	s.flow.join(l.entry)
}

// ofEntry returns the flow of an entry, given the headers of one of its packets.
func (f *flows) ofEntry(e *ctEntry, h *trace.Headers) *flow {
	if n := f.known[e.flow]; n != nil {
		return n
	}
	if e.flow == 0 { // or it was forgotten
		f.made++
		e.flow = f.made
	}
	original, reply := e.entry.Original, e.entry.Reply
	n := f.add(e.flow, h, ends(original), ends(reply))
	n.begun = h.TCP.Seq
	f.register(n, h)
	n.join(e)
	return n
}

// translated records that a packet of a flow was translated.
func (f *flows) translated(id int, t trace.Translation) {
	if n := f.known[id]; n != nil && !slices.Contains(n.done, t) {
		n.done = append(n.done, t)
	}
}

// join adds an entry to a flow.
func (n *flow) join(e *ctEntry) {
	e.flow = n.ID
	n.entries = append(n.entries, e)
}

func (f *flows) add(id int, h *trace.Headers, original, reply trace.Ends) *flow {
	n := &flow{Flow: trace.Flow{ID: id, Original: original, Reply: reply, Protocol: h.Protocol.String()}}
	if !h.IsIP() {
		n.Protocol = h.EtherType.String()
	}
	f.known[id] = n
	return n
}

// forget forgets the least recently used flows, if there are more than limit.
func (f *flows) forget(limit int) {
	if len(f.known) <= limit {
		return
	}
	list := slices.SortedFunc(maps.Values(f.known), func(a, b *flow) int { return cmp.Compare(a.used, b.used) })
	for _, n := range list[:len(list)-limit/2] {
		delete(f.known, n.ID)
		for _, k := range n.keys {
			left := slices.DeleteFunc(f.byEnds[k], func(s side) bool { return s.flow == n })
			if f.byEnds[k] = left; len(left) == 0 {
				delete(f.byEnds, k)
			}
		}
	}
}

// list returns the flows with the latest state of their entries.
func (f *flows) list() []trace.Flow {
	var out []trace.Flow
	for _, id := range slices.Sorted(maps.Keys(f.known)) {
		out = append(out, f.describe(id))
	}
	return out
}

// describe returns a flow with the latest state of its entries.
func (f *flows) describe(id int) trace.Flow {
	n := f.known[id]
	if n == nil {
		return trace.Flow{}
	}
	out := n.Flow
	out.NAT = slices.Clone(n.done)
	var shown *ctEntry
	for _, e := range n.entries {
		if shown == nil || e.before(shown, &out) {
			shown = e
		}
		out.NAT = append(out.NAT, e.translations()...)
	}
	if shown != nil {
		e := &shown.entry
		out.Entry = trace.Entry{
			ID: e.ID, Text: e.String(), State: e.State,
			Unreplied: e.Status&conntrack.SeenReply == 0, Assured: e.Status&conntrack.Assured != 0, Destroyed: shown.gone(),
		}
	}
	slices.Sort(out.NAT)
	out.NAT = slices.Compact(out.NAT)
	return out
}

// before reports whether an entry is shown for a flow in preference to another node's. An
// entry that translates comes first, then the one whose original direction is the flow's.
func (n *ctEntry) before(other *ctEntry, of *trace.Flow) bool {
	if a, b := len(n.translations()) > 0, len(other.translations()) > 0; a != b {
		return a
	}
	if n.node == other.node && n.gone() != other.gone() {
		return other.gone()
	}
	own := func(c *ctEntry) bool {
		return of.Original == trace.Ends{Source: c.entry.Original.Source, Destination: c.entry.Original.Destination}
	}
	if a, b := own(n), own(other); a != b {
		return a
	}
	return cmp.Or(strings.Compare(n.node, other.node), cmp.Compare(n.entry.ID, other.entry.ID)) < 0
}

// translations returns what an entry does to its packets.
func (n *ctEntry) translations() []trace.Translation {
	var out []trace.Translation
	e := n.entry
	if e.Reply.Source != e.Original.Destination {
		kind := trace.DNAT
		if n.destination.translation != 0 {
			kind = n.destination.translation
		}
		out = append(out, kind)
	}
	if e.Reply.Destination != e.Original.Source {
		kind := trace.SNAT
		if n.source.translation != 0 {
			kind = n.source.translation
		}
		out = append(out, kind)
	}
	return out
}
