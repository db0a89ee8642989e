package trace

import (
	"slices"

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
	for _, n := range f.connections.byID {
		if n.flow == 0 {
			continue
		}
		o := &out[n.flow-1]
		o.Entry, o.Text = n.entry.ID, n.entry.String()
		o.NAT = append(o.NAT, translations(n)...)
	}
	for i := range out {
		slices.Sort(out[i].NAT)
		out[i].NAT = slices.Compact(out[i].NAT)
	}
	return out
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
