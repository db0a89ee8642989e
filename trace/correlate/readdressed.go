package correlate

import (
	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
)

// readdressed reports whether a bridge sent a frame, received through a port, to another
// station: prerouting translated its destination (br_nf_pre_routing_finish). The frame is not
// routed, and meets the other chains on its way out through a port.
func (n *network) readdressed(before, s *join.Sighting) bool {
	at := &n.graph.points[s.Point]
	return at.iface.Kind == "bridge" && at.direction == trace.Out && n.graph.between(before.Point, s.Point) == bridge &&
		(before.Packet.TTL == s.Packet.TTL || n.setTTL[at.node.Name])
}

// bridgeFrames are frames that a bridge appears to have sent with a source address other than
// its own. If it readdressed them, it sent them with its own (br_nf_pre_routing_finish_bridge):
//
//	port1 in ── br0 out ──────────────────── port2 out
//	sender's    br0's, like every frame      the sender's, which br_netfilter has written
//	            that br0 sends (RFC 826)     back (br_nf_pre_routing_finish_bridge_slow)
//
// br_netfilter writes into the buffer that packet sockets share, so the frame read at br0
// already has the sender's address. Only its path shows that it was sent with br0's.
type bridgeFrames map[int][]byte // by number

// add records a frame that may have been readdressed.
func (b bridgeFrames) add(f *trace.Frame, at *point, p *packet.Packet) {
	if at.iface.Kind == "bridge" && at.direction == trace.Out && at.node.Filters(p.Dst.Addr()) && p.SrcMAC != at.iface.MAC {
		b[f.Number] = f.Data
	}
}

// restore gives a track's readdressed frames the source address with which they were sent.
func (b bridgeFrames) restore(n *network, t *track) {
	for i := range t.Sightings {
		s := &t.Sightings[i]
		at := &n.graph.points[s.Point]
		for _, number := range append([]int{s.Frame}, s.Fragments...) {
			data, known := b[number]
			delete(b, number)
			if known && i > 0 && n.readdressed(&t.Sightings[i-1], s) {
				copy(data[len(at.iface.MAC):], at.iface.MAC[:])
				s.Packet.SrcMAC = at.iface.MAC
			}
		}
	}
}

// givenBack reports whether a frame has again the source address with which it entered the
// bridge that readdressed it.
func (n *network) givenBack(p *passing) bool {
	in := p.entered
	if in.frame == nil || in.headers.SrcMAC != p.o.headers.SrcMAC {
		return false
	}
	at := &n.graph.points[in.frame.Point]
	return at.direction == trace.In && at.iface.Master != ""
}
