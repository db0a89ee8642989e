package trace

// The limits of a [Stitcher]'s memory. The author of a capture decides how many equal
// packets it contains, and how often one packet; these limits decide how much each can
// cost. Limits that are reached are counted and reported: see [Limit].
const (
	// maxOpen is the maximum number of open walks, of walks waiting to be handed over,
	// and of walks kept for reuse. 65,536 full-size packets take a tenth of a second on
	// a 10 Gbit/s link.
	maxOpen = 1 << 16
	// maxRoom is the maximum number of sightings in all these walks together: 160 MB.
	maxRoom = 1 << 19
	// maxEqual is the maximum number of open walks of packets equal in every byte, and
	// maxCompared that of their sightings: a new sighting is compared with each walk, and
	// a walk that ends with each sighting of the others.
	maxEqual    = 1 << 6
	maxCompared = 1 << 12
	// maxSightings is the maximum number of sightings of one packet: a Linux bridge has
	// as many ports at most. Further sightings count as another packet.
	maxSightings = 1 << 10
	// maxBehind is the number of sightings before which a late one can be inserted:
	// more than there are routers on any path.
	maxBehind = 1 << 5
	// maxRivals is the number of rival packets named for an ambiguous sighting.
	maxRivals = 1 << 4
	// maxForms is the number of pairs of ends that identify a conversation: each NAT on
	// the path adds one.
	maxForms = 1 << 3
	// keepConversations is the number of conversations remembered, of 2 kB each at most.
	// A conversation that is forgotten and continues gets a new number.
	keepConversations = 1 << 14
	// maxGaps is the number of gaps remembered in the stream of one end.
	maxGaps = 1 << 4
	// mostOrdered is the number of points whose order on paths is known: a counter for
	// each pair takes 12 bytes, 800 kB in total.
	mostOrdered = 1 << 8
	// indexed is the number of sightings from which a walk has an index of them.
	indexed = 1 << 4
)

// LimitKind says which limit was reached.
type LimitKind string

// The kinds of limits.
const (
	LimitSightings LimitKind = "sightings" // of one packet: further ones are shown as another packet
	LimitRivals    LimitKind = "rivals"    // of an ambiguous sighting: further ones are not named
	LimitForms     LimitKind = "addresses" // pairs of one conversation: packets with further pairs are not assigned to it
	LimitGaps      LimitKind = "gaps"      // in a stream: data that fills a forgotten one looks retransmitted
	LimitOrdered   LimitKind = "ordered"   // points: at further ones, the order of equal times is unknown
	LimitQuiet     LimitKind = "quiet"     // points: with more, it is unknown which captures had ended
	LimitPoints    LimitKind = "points"    // of a file: further ones are shown as one
	LimitNames     LimitKind = "names"     // bytes: longer names are cut
	LimitClock     LimitKind = "clock"     // times that a clock is set back: further ones are not corrected
	LimitTimes     LimitKind = "times"     // the last year: packets outside are moved to its end, or to 1970
	LimitPaths     LimitKind = "paths"     // packets on further paths are counted, but not by path
	LimitJourneys  LimitKind = "journeys"  // bytes of them: further packets are not shown
	LimitFrames    LimitKind = "frames"    // bytes of them: only the beginning of further frames is kept
)

// Limit is a limit that was reached.
type Limit struct {
	Kind   LimitKind
	Most   int // the limit
	Beyond int // the number left out, or how often the limit was reached
}
