package correlate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// flows groups packets into conversations. Where connection tracking knows a
// packet, its entry is the flow; elsewhere the two ends are.
type flows struct {
	entries *ctEntries
	all     []*trace.Flow
	byEnds  map[flowKey]*flow
}

type flowKey struct {
	etherType layers.EthernetType
	protocol  layers.IPProtocol
	ends      trace.Ends
}

// flow is a flow known by its ends, with the sequence number it began with.
type flow struct {
	id        int
	direction trace.FlowDirection // of packets with these ends
	begun     uint32
}

func newFlows(c *ctEntries) *flows {
	return &flows{entries: c, byEnds: map[flowKey]*flow{}}
}

// of returns the flow of a packet, and its direction there.
func (f *flows) of(seen []observation, a association) (int, trace.FlowDirection) {
	for i := range seen {
		if l := a.nodes[seen[i].node]; l != nil {
			return f.tracked(seen, a, l), l.direction
		}
	}
	first, last := seen[0].headers, seen[len(seen)-1].headers
	k := flowKey{first.EtherType, first.Protocol, first.Ends()}
	for i := range seen {
		if id, direction := f.quoted(seen[i].node, seen[i].headers); id != 0 {
			return id, direction
		}
	}
	begins := first.Protocol == layers.IPProtocolTCP && first.TCP.Flags&(trace.SYN|trace.ACK) == trace.SYN
	if known := f.byEnds[k]; known != nil && (!begins || known.begun == first.TCP.Seq) {
		return known.id, known.direction
	}
	n := f.make(first, first.Ends(), last.Ends().Reversed())
	f.byEnds[k] = &flow{n.ID, trace.Original, first.TCP.Seq}
	k.ends = n.Reply
	f.byEnds[k] = &flow{n.ID, trace.Reply, first.TCP.Seq}
	return n.ID, trace.Original
}

// quoted returns the flow that an ICMP error is about, if it is one: it goes the other
// way than what it quotes.
func (f *flows) quoted(node string, p *trace.Headers) (int, trace.FlowDirection) {
	q := p.ICMP.Quoted
	if q == nil {
		return 0, 0
	}
	about := trace.Headers{EtherType: p.EtherType, Protocol: q.Protocol, Src: q.Ends.Source, Dst: q.Ends.Destination}
	if about.Protocol == layers.IPProtocolICMPv4 && about.Src.Port() != 0 {
		about.ICMP.Type = layers.ICMPv4TypeEchoRequest // for that it has an identifier
	}
	if n := f.entries.of(node, &about); n != nil && n.flow != 0 {
		if t, ok := tupleOf(&about); ok {
			if _, direction, ok := n.entry.Translate(t); ok {
				return n.flow, trace.FlowDirection(direction).Opposite()
			}
		}
	}
	if known := f.byEnds[flowKey{p.EtherType, q.Protocol, q.Ends}]; known != nil {
		return known.id, known.direction.Opposite()
	}
	return 0, 0
}

// tracked returns the flow of a connection. The other nodes that the packet
// went through may have entries of their own; they are the same flow.
func (f *flows) tracked(seen []observation, a association, l *link) int {
	n := l.entry
	if n.flow == 0 {
		e := n.entry
		made := f.make(seen[0].headers, trace.Ends{Source: e.Original.Source, Destination: e.Original.Destination}, trace.Ends{Source: e.Reply.Source, Destination: e.Reply.Destination})
		n.flow = made.ID
	}
	for _, other := range a.nodes {
		if other != nil && other.entry.flow == 0 {
			other.entry.flow = n.flow
		}
	}
	return n.flow
}

func (f *flows) make(p *trace.Headers, original, reply trace.Ends) *trace.Flow {
	n := &trace.Flow{ID: len(f.all) + 1, Original: original, Reply: reply, Protocol: p.Protocol.String()}
	if !p.IsIP() {
		n.Protocol = p.EtherType.String()
	}
	f.all = append(f.all, n)
	return n
}

// list returns the flows with what their entries have come to be.
func (f *flows) list() []trace.Flow {
	out := make([]trace.Flow, len(f.all))
	for i, n := range f.all {
		out[i] = *n
	}
	shown := make([]*ctEntry, len(out)) // by flow: whose entry is shown
	for _, n := range f.entries.byID {
		if n.flow == 0 {
			continue
		}
		o, s := &out[n.flow-1], &shown[n.flow-1]
		if *s == nil || n.before(*s, o) {
			*s = n
			o.Entry = trace.Entry{
				ID: n.entry.ID, Text: n.entry.String(), State: trace.TCPState(n.entry.State),
				Unreplied: n.entry.Status&conntrack.SeenReply == 0, Assured: n.entry.Status&conntrack.Assured != 0,
			}
		}
		o.NAT = append(o.NAT, n.translations()...)
	}
	for i := range out {
		slices.Sort(out[i].NAT)
		out[i].NAT = slices.Compact(out[i].NAT)
	}
	return out
}

// before reports whether a connection's entry is to be shown for a flow, and not that
// of another node: the one that the flow was known by first, unless only the other
// translates.
func (n *ctEntry) before(other *ctEntry, of *trace.Flow) bool {
	if a, b := len(n.translations()) > 0, len(other.translations()) > 0; a != b {
		return a
	}
	own := func(c *ctEntry) bool {
		return of.Original == trace.Ends{Source: c.entry.Original.Source, Destination: c.entry.Original.Destination}
	}
	if a, b := own(n), own(other); a != b {
		return a
	}
	return cmp.Or(strings.Compare(n.node, other.node), cmp.Compare(n.entry.ID, other.entry.ID)) < 0
}

// translations returns what a connection's entry does to its packets.
func (n *ctEntry) translations() []trace.Translation {
	var out []trace.Translation
	e := n.entry
	if e.Reply.Source != e.Original.Destination {
		out = append(out, trace.DNAT)
	}
	if e.Reply.Destination != e.Original.Source {
		if n.source.translation == trace.Masquerade {
			return append(out, trace.Masquerade)
		}
		out = append(out, trace.SNAT)
	}
	return out
}
