package correlate

import (
	"slices"

	"tracer/trace"
)

// otherHost reports whether the IP layer ignored the packet because its frame is for another
// station (PACKET_OTHERHOST, ip_rcv_core in net/ipv4/ip_input.c). Such a packet enters no
// chain. The frame must have arrived over a cable: on any other interface, a device stacked on
// it may have taken the frame.
func (s *stay) otherHost() bool {
	h := s.headers
	return s.chain == nil && s.in != nil && s.in.Master == "" && s.in.Kind == "veth" &&
		(h.IsIP() || h.IsARP()) && h.HasMAC && !h.ToMany() && h.DstMAC != s.in.MAC
}

// withoutFlooded returns the observations up to the stay in the node to which the last frame is
// addressed. A bridge that does not know the port floods the frame to other stations, too:
//
//	a ── bridge ─┬─ b   the frame's destination: the packet arrives here
//	             └─ c   seen last
//
// If the packet was not seen at that node, or the node sent it on, all are returned.
func (n *network) withoutFlooded(seen []observation) []observation {
	last := seen[len(seen)-1].headers
	if !last.HasMAC || last.ToMany() {
		return seen
	}
	for i, o := range slices.Backward(seen) {
		if o.frame == nil {
			continue
		}
		if o.headers.DstMAC != last.DstMAC {
			break
		}
		if at := &n.graph.points[o.frame.Point]; at.direction == trace.In && at.iface.MAC == last.DstMAC {
			for i++; i < len(seen) && seen[i].stay == o.stay; i++ {
			}
			return seen[:i]
		}
	}
	return seen
}
