package correlate

import (
	"slices"

	"tracer/trace/join"
)

// track is a packet's sightings, with its traversals of netfilter.
type track = join.Track[passage]

// passage is a packet's paths through the nodes' netfilter.
type passage struct {
	traversals []*traversal
	divided    *division // nil if it was not divided
	whole      *track    // the packet that it is a segment of, if that was on an interface
	flow       side      // set when the track is finished
}

// dropped reports whether netfilter is known to have dropped the packet.
func dropped(t *track) bool {
	return slices.ContainsFunc(t.Client.traversals, func(v *traversal) bool { return v.last().dropped && !v.rivals })
}
