package correlate

import (
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/join"
)

// division is a packet that the kernel divided on its way out of a node. With segmentation
// offload, a program's data travels in packets of up to 64 KiB. If an interface cannot
// divide them itself, the kernel does (net/core/gso.c), after the last hook and before the
// frames can be captured. From then on, each segment is a separate packet, which is routed,
// filtered and lost alone. Its mark is the whole packet's:
//
//	gateway/eth1 in  2896 bytes ──▶ rules met once: mark 7 ──┬▶ gateway/eth0 out  1448 bytes: mark 7
//	                                                         └▶ gateway/eth0 out  1448 bytes: mark 7
type division struct {
	whole    *track // nil: the node itself sent it, so it was on no interface
	segments []int  // the numbers of the segments' tracks
}

// divisions determines which packets are segments: by their marks or, in a node whose packets
// have none, by their place in the data stream.
type divisions struct {
	marked map[nodeMark]*division
	large  map[largePacket]*track // open tracks
	ended  map[nodeMark]time.Time // of marked
}

// largePacket identifies a packet that exceeds its interface's MTU. The identifications of its
// segments count up from its own (inet_gso_segment); IPv6 has none.
type largePacket struct {
	node string
	id   uint16
	ack  uint32
}

// mostSegments bounds the segments of one packet: 64 KiB of 536 bytes each, the smallest
// segments that every host accepts (RFC 9293, 3.7.1).
const mostSegments = 1 << 7

func newDivisions() *divisions {
	return &divisions{map[nodeMark]*division{}, map[largePacket]*track{}, map[nodeMark]time.Time{}}
}

// divide adds a sighting that has the mark of an open track to the track of the segment that it
// shows. It reports false if the sighting shows the open track's packet.
func (c *Correlator) divide(t *track, s *join.Sighting) bool {
	at := &c.network.graph.points[s.Point]
	k := nodeMark{at.node.Name, s.Mark}
	d := c.divisions.marked[k]
	switch {
	case s.Packet.Key == t.Key, s.Packet.IsFragment():
		return false
	case d != nil:
	case isSegment(&last(t).Packet.Headers, &s.Packet.Headers, at.iface.MTU):
		d = t.Client.division(t)
	case t.At(s.Point) != nil: // both are segments
		d = &division{segments: []int{t.ID}}
	default:
		return false
	}
	c.divisions.marked[k], c.divisions.ended[k] = d, s.Time
	if segment, begun := c.add(s); begun {
		d.add(segment)
	}
	return true
}

// division returns the division of a track, and makes it if there is none.
func (p *passage) division(t *track) *division {
	if p.divided == nil {
		p.divided = &division{whole: t}
	}
	return p.divided
}

func (d *division) add(segment *track) {
	d.segments = append(d.segments, segment.ID)
	segment.Client.whole = d.whole
}

func last(t *track) *join.Sighting { return &t.Sightings[len(t.Sightings)-1] }

// isSegment reports whether packet b may be a segment of packet a. A connection tracking helper
// can also shorten a payload, but it leaves the flags; of segments, only the last has PSH and
// FIN.
func isSegment(a, b *trace.Headers, mtu int) bool {
	if a.Protocol != b.Protocol || b.Payload == 0 || b.Payload >= a.Payload || a.IsFragment() || b.IsFragment() {
		return false
	}
	switch a.Protocol {
	case layers.IPProtocolTCP:
		end := int(b.TCP.Seq-a.TCP.Seq) + b.Payload
		return end == a.Payload || end < a.Payload && b.TCP.Flags&(trace.PSH|trace.FIN) == 0
	case layers.IPProtocolUDP:
		return mtu > 0 && a.Length > mtu
	}
	return false
}

// unmarked records a sighting without a mark, which begins or continues a track: a sighting of
// a large packet, or of a packet that may be its segment.
func (c *Correlator) unmarked(t *track, s *join.Sighting, begun bool) {
	at, h := &c.network.graph.points[s.Point], &s.Packet.Headers
	if s.Mark != 0 || h.Protocol != layers.IPProtocolTCP || !h.IsIP() || h.Payload == 0 {
		return
	}
	k := largePacket{at.node.Name, uint16(h.ID), h.TCP.Ack}
	if at.iface.MTU > 0 && h.Length > at.iface.MTU {
		c.divisions.large[k] = t
		return
	}
	if !begun || at.direction != trace.Out {
		return
	}
	for range min(len(c.divisions.large), 1) * mostSegments {
		whole := c.divisions.large[k]
		if whole != nil && c.network.divides(whole, s) {
			whole.Client.division(whole).add(t)
			return
		}
		k.id--
	}
}

// divides reports whether a sighting shows a segment of a large packet, whose headers the node
// may have changed.
func (n *network) divides(whole *track, s *join.Sighting) bool {
	a, b := &last(whole).Packet.Headers, &s.Packet.Headers
	if n.node(last(whole)) != n.node(s) || !isSegment(a, b, 0) || a.Src.Addr().Is4() && (a.ID == b.ID) != (a.TCP.Seq == b.TCP.Seq) {
		return false
	}
	for ends := range n.entries.translations(n.node(s).Name, a) {
		if ends == b.Ends() {
			return true
		}
	}
	return a.Src == b.Src || a.Dst == b.Dst
}

// outcome determines how a track ended.
func (c *Correlator) outcome(t *track, seen []observation, a *association, end time.Time) trace.Outcome {
	o := c.network.outcome(t, seen, a, end)
	if d := c.divisions.of(t); d != nil {
		o = trace.Outcome{Kind: trace.OutcomeSegmented, Node: o.Node, Segments: d.segments, Conntrack: o.Conntrack}
	}
	return o
}

// of returns the division of a finished track's packet, or nil.
func (d *divisions) of(t *track) *division {
	if len(t.Sightings) > 0 {
		return t.Client.divided
	}
	for _, v := range t.Client.traversals {
		if found := d.marked[nodeMark{v.node, v.mark()}]; found != nil && found.whole == nil {
			return found
		}
	}
	return nil
}

// close forgets a track.
func (d *divisions) close(n *network, t *track) {
	for i := range t.Sightings {
		s := &t.Sightings[i]
		k := largePacket{n.node(s).Name, uint16(s.Packet.ID), s.Packet.TCP.Ack}
		if d.large[k] == t {
			delete(d.large, k)
		}
	}
}

// forget discards the divisions of packets whose journeys ended long ago.
func (d *divisions) forget(before time.Time) {
	for k, ended := range d.ended {
		if ended.Before(before) {
			delete(d.marked, k)
			delete(d.ended, k)
		}
	}
}
