package stitch

import "tracer/trace/join"

// The limits of a [Stitcher]'s memory. The author of a capture decides how many equal
// packets it contains, and how often each occurs; these limits bound the cost. Limits
// that are reached are counted and reported: see [trace.Limit].
const (
	// maxOpen is the maximum number of open tracks, of tracks waiting to be handed over,
	// and of tracks kept for reuse. 65,536 full-size packets take a tenth of a second on
	// a 10 Gbit/s link.
	maxOpen = 1 << 16
	// maxRoom is the maximum number of sightings in all these tracks together: 160 MB.
	maxRoom = 1 << 19
	// maxEqual is the maximum number of open tracks of packets equal in every byte, and
	// maxCompared that of their sightings: a new sighting is compared with each track, and
	// a track that ends with each sighting of the others.
	maxEqual    = 1 << 6
	maxCompared = 1 << 12
	// maxSightings is the maximum number of sightings of one packet: a Linux bridge has
	// at most this many ports. Further sightings count as another packet.
	maxSightings = 1 << 10
	// maxBehind is how many sightings a late one can precede: more than there are routers
	// on any path.
	maxBehind = 1 << 5
	// maxRivals is the number of rivals named for an ambiguous sighting.
	maxRivals = 1 << 4
	// maxForms is the number of pairs of ends that identify a conversation: each NAT on
	// the path adds one.
	maxForms = 1 << 3
	// keepConversations is the number of conversations remembered, of 4 kB each at most.
	// A forgotten conversation that continues gets a new number.
	keepConversations = 1 << 14
	// maxPlaces is the number of points at which each end's stream is followed, and maxGaps
	// the number of gaps remembered at each.
	maxPlaces = 1 << 3
	maxGaps   = 1 << 4
	// maxOrdered is the number of points whose order on paths is known: a counter for
	// each pair takes 12 bytes, 800 kB in total.
	maxOrdered = 1 << 8
)

// joinLimits are the limits of the Stitcher's joiner.
var joinLimits = join.Limits{Rivals: maxRivals, Behind: maxBehind, Spare: maxOpen}
