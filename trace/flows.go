package trace

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/gopacket/layers"
)

// flows groups packets into conversations. Where connection tracking knows a
// packet, its entry is the flow; elsewhere the two ends are.
type flows struct {
	connections *connections
	all         []*Flow
	byEnds      map[flowKey]*flow
}

type flowKey struct {
	etherType layers.EthernetType
	protocol  layers.IPProtocol
	ends      Ends
}

// flow is a flow known by its ends, with the sequence number it began with.
type flow struct {
	id        int
	direction FlowDirection // of packets with these ends
	begun     uint32
}

func newFlows(c *connections) *flows {
	return &flows{connections: c, byEnds: map[flowKey]*flow{}}
}

// of returns the flow of a walk, and the walk's direction in it.
func (f *flows) of(w *walk, spots []spot, a association) (int, FlowDirection) {
	for i := range spots {
		if l := a.nodes[spots[i].node]; l != nil {
			return f.tracked(spots, a, l), FlowDirection(l.direction)
		}
	}
	first, last := spots[0].packet, spots[len(spots)-1].packet
	k := flowKey{first.EtherType, first.Protocol, first.ends()}
	for i := range spots {
		if id, direction := f.quoted(spots[i].node, spots[i].packet); id != 0 {
			return id, direction
		}
	}
	begins := first.Protocol == layers.IPProtocolTCP && first.TCP.Flags&(SYN|ACK) == SYN
	if known := f.byEnds[k]; known != nil && (!begins || known.begun == first.TCP.Seq) {
		return known.id, known.direction
	}
	n := f.make(first, first.ends(), last.ends().Reversed())
	f.byEnds[k] = &flow{n.ID, Original, first.TCP.Seq}
	k.ends = n.Reply
	f.byEnds[k] = &flow{n.ID, Reply, first.TCP.Seq}
	return n.ID, Original
}

// quoted returns the flow that an ICMP error is about, if it is one: it goes the other
// way than what it quotes.
func (f *flows) quoted(node string, p *Packet) (int, FlowDirection) {
	q := p.ICMP.Quoted
	if q == nil {
		return 0, 0
	}
	about := Packet{EtherType: p.EtherType, Protocol: q.Protocol, Src: q.Ends.Source, Dst: q.Ends.Destination}
	if about.Protocol == layers.IPProtocolICMPv4 && about.Src.Port() != 0 {
		about.ICMP.Type = layers.ICMPv4TypeEchoRequest // for that it has an identifier
	}
	if n := f.connections.of(node, &about); n != nil && n.flow != 0 {
		if t, ok := about.tuple(); ok {
			if _, direction, ok := n.entry.Translate(t); ok {
				return n.flow, FlowDirection(direction).opposite()
			}
		}
	}
	if known := f.byEnds[flowKey{p.EtherType, q.Protocol, q.Ends}]; known != nil {
		return known.id, known.direction.opposite()
	}
	return 0, 0
}

// tracked returns the flow of a connection. The other nodes that the packet
// went through may have entries of their own; they are the same flow.
func (f *flows) tracked(spots []spot, a association, l *linked) int {
	n := l.connection
	if n.flow == 0 {
		e := n.entry
		made := f.make(spots[0].packet, Ends{e.Original.Source, e.Original.Destination}, Ends{e.Reply.Source, e.Reply.Destination})
		n.flow = made.ID
	}
	for _, other := range a.nodes {
		if other != nil && other.connection.flow == 0 {
			other.connection.flow = n.flow
		}
	}
	return n.flow
}

func (f *flows) make(p *Packet, original, reply Ends) *Flow {
	n := &Flow{ID: len(f.all) + 1, Original: original, Reply: reply, Protocol: p.Protocol.String()}
	if !p.IsIP() {
		n.Protocol = p.EtherType.String()
	}
	f.all = append(f.all, n)
	return n
}

// list returns the flows with what their entries have come to be.
func (f *flows) list() []Flow {
	out := make([]Flow, len(f.all))
	for i, n := range f.all {
		out[i] = *n
	}
	shown := make([]*connection, len(out)) // by flow: whose entry is shown
	for _, n := range f.connections.byID {
		if n.flow == 0 {
			continue
		}
		o, s := &out[n.flow-1], &shown[n.flow-1]
		if *s == nil || n.before(*s, o) {
			*s = n
			o.Entry, o.Text = n.entry.ID, n.entry.String()
		}
		o.NAT = append(o.NAT, translations(n)...)
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
func (n *connection) before(other *connection, of *Flow) bool {
	if a, b := len(translations(n)) > 0, len(translations(other)) > 0; a != b {
		return a
	}
	own := func(c *connection) bool {
		return of.Original == Ends{c.entry.Original.Source, c.entry.Original.Destination}
	}
	if a, b := own(n), own(other); a != b {
		return a
	}
	return cmp.Or(strings.Compare(n.node, other.node), cmp.Compare(n.entry.ID, other.entry.ID)) < 0
}

// translations names what a connection's entry does to its packets.
func translations(n *connection) []string {
	var out []string
	e := n.entry
	if e.Reply.Source != e.Original.Destination {
		out = append(out, "dnat")
	}
	if e.Reply.Destination != e.Original.Source {
		if n.translation == "masquerade" {
			return append(out, "masquerade")
		}
		out = append(out, "snat")
	}
	return out
}
