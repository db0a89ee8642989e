package correlate

import (
	"tracer/trace"
	"tracer/trace/join"
)

// identity returns the evidence that two consecutive sightings are of one packet.
func (n *network) identity(before *join.Sighting, o *observation, a *association) trace.Identity {
	s := o.frame
	from, to := &n.graph.points[before.Point], &n.graph.points[s.Point]
	switch {
	case from.place.node == to.place.node && before.Mark != 0 && before.Mark == s.Mark:
		return trace.IdentityMark
	case n.graph.between(before.Point, s.Point) == wire,
		n.graph.between(before.Point, s.Point) == bridge && before.Packet.Ends() == s.Packet.Ends():
		return trace.IdentityWire
	case a.link(o.stay) != nil:
		return trace.IdentityConnection
	}
	return trace.IdentityHeaders
}
