package correlate

import (
	"slices"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// flowKey is what the packets of a flow have in common in one direction, where nothing is
// translated.
type flowKey struct {
	etherType layers.EthernetType
	protocol  layers.IPProtocol
	ends      trace.Ends
}

// side is one direction of a flow.
type side struct {
	*flow
	direction trace.FlowDirection
}

// register records a flow under its ends. h are the headers of one of its packets.
//
// Segments may also be sent with the translated ends: a client that receives an answer that
// bypassed the NAT resets a connection that it does not know.
func (f *flows) register(n *flow, h *trace.Headers) {
	n.keys = nil
	add := func(ends trace.Ends, d trace.FlowDirection, own bool) {
		k := flowKey{h.EtherType, h.Protocol, ends}
		list, at := f.byEnds[k], 0 // before the flows that have these as their own ends
		if own {
			at = len(list)
		}
		list = slices.Insert(list, at, side{n, d})
		f.byEnds[k] = list[max(0, len(list)-mostAlike):]
		n.keys = append(n.keys, k)
	}
	add(n.Original, trace.Original, true)
	add(n.Reply, trace.Reply, true)
	if h.Protocol == layers.IPProtocolTCP && n.Reply != n.Original.Reversed() {
		add(n.Reply.Reversed(), trace.Original, false)
		add(n.Original.Reversed(), trace.Reply, false)
	}
}

// mostAlike is the number of flows with the same ends that are remembered.
const mostAlike = 64

// opens reports whether a packet opens a TCP connection.
func opens(h *trace.Headers) bool {
	return h.Protocol == layers.IPProtocolTCP && h.TCP.Flags&(trace.SYN|trace.ACK) == trace.SYN
}

// far exceeds the distance of a segment's sequence number from its connection's initial one.
// The initial numbers of connections with equal ends are further apart, or increase with time
// (RFC 6528).
const far = 1 << 30

// choose returns the flow that a packet belongs to, among those with its ends: the newest, or
// the one whose TCP sequence numbers fit best. fits is false if none fits. A SYN belongs to
// the flow that began with its sequence number, or to none of them.
func choose(list []side, h *trace.Headers) (chosen side, fits bool) {
	if h.Protocol != layers.IPProtocolTCP {
		s := newestOf(list)
		return s, s.flow != nil
	}
	least := uint32(far)
	for _, s := range list {
		number := h.TCP.Seq
		if s.direction == trace.Reply && !opens(h) {
			number = h.TCP.Ack
		}
		if d := number - s.begun; d < least || d == least && fits {
			chosen, least, fits = s, d, true
		}
	}
	switch {
	case opens(h) && least != 0:
		return side{}, false
	case !fits:
		return newestOf(list), false
	}
	return chosen, true
}

func newestOf(list []side) side {
	if len(list) == 0 {
		return side{}
	}
	return list[len(list)-1]
}

// elsewhere returns the flow of a packet that reached no node that tracks its connection: for
// example, the router that translates the connection did not receive the packet. It follows
// from the entries of the nodes that would have known the packet, which must agree.
func (f *flows) elsewhere(begun time.Time, h *trace.Headers) side {
	t, ok := tupleOf(h)
	if !ok {
		return side{}
	}
	var list []side
	for _, node := range f.graph.names {
		entries := f.entries.byTuple[nodeTuple{node, t}]
		if h.Protocol != layers.IPProtocolTCP && len(entries) > 0 {
			entries = []*ctEntry{f.entries.at(entries, &lookup{begun, h, false})}
		}
		for _, e := range entries {
			if e == nil || f.known[e.flow] == nil {
				continue
			}
			_, direction, _ := e.entry.Translate(t)
			if e.turned {
				direction = direction.Opposite()
			}
			list = append(list, side{f.known[e.flow], direction})
		}
	}
	s, fits := choose(list, h)
	if !fits {
		return side{}
	}
	for _, o := range list {
		if h.Protocol != layers.IPProtocolTCP && o != s {
			return side{}
		}
	}
	return s
}
