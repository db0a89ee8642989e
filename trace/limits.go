package trace

// What a [Stitcher] remembers of captures from elsewhere. Whoever makes a capture
// decides how many equal packets are in it, and how often one packet is; what each
// of them costs is decided here. A bound that is met is counted, and said: see
// [Limit].
const (
	// maxOpen is how many walks are open at most, how many wait to be handed over,
	// and how many are kept to be used again. 65,536 are those of a tenth of a
	// second on a link of 10 Gbit/s with packets of full size.
	maxOpen = 1 << 16
	// maxRoom is how many sightings there is room for in all of these together:
	// 160 MB.
	maxRoom = 1 << 19
	// maxEqual is how many walks of packets equal in every byte are open at most, and
	// maxCompared how many sightings these have together: a new sighting is compared
	// with each walk, and a walk that ends with each sighting of the others.
	maxEqual    = 1 << 6
	maxCompared = 1 << 12
	// maxSightings is how often one packet is seen at most: as many interfaces as a
	// Linux bridge can have ports. A sighting beyond is taken for another packet.
	maxSightings = 1 << 10
	// maxBehind is before how many sightings of a packet one that comes late is put:
	// more than routers are on any way.
	maxBehind = 1 << 5
	// maxRivals is how many packets are named that a sighting may be of as well.
	maxRivals = 1 << 4
	// maxForms is how many pairs of ends a conversation is known by: each NAT on the
	// way adds one.
	maxForms = 1 << 3
	// keepConversations is how many are remembered, each with some 2 kB at most. One
	// that is forgotten and goes on gets another number.
	keepConversations = 1 << 14
	// maxGaps is how many gaps are remembered of what one end has sent.
	maxGaps = 1 << 4
	// mostOrdered is of how many points it is known in which order packets pass
	// them: a counter for each pair of them takes 12 bytes, 800 kB in all.
	mostOrdered = 1 << 8
	// indexed is from how many sightings on a walk has an index of them.
	indexed = 1 << 4
)

// LimitKind says what there was more of than is kept apart.
type LimitKind string

// The kinds of limits.
const (
	LimitSightings LimitKind = "sightings" // of one packet: those beyond are shown as another's
	LimitRivals    LimitKind = "rivals"    // of an ambiguous sighting: those beyond are not named
	LimitForms     LimitKind = "addresses" // pairs of one conversation: packets with those beyond do not find it
	LimitGaps      LimitKind = "gaps"      // in a stream: what fills those beyond looks retransmitted
	LimitOrdered   LimitKind = "ordered"   // points: at those beyond, nothing tells the order of equal times
	LimitQuiet     LimitKind = "quiet"     // points: with more, it is not known where a capture had ended
	LimitPoints    LimitKind = "points"    // of a file: packets at those beyond are put together
	LimitNames     LimitKind = "names"     // bytes: longer names are cut off
	LimitClock     LimitKind = "clock"     // times that a clock is set back: beyond, times are left as they are
	LimitTimes     LimitKind = "times"     // the last year: packets of another time are put at its end, or at 1970
	LimitPaths     LimitKind = "paths"     // packets on those beyond are counted, but not by their way
	LimitJourneys  LimitKind = "journeys"  // bytes of them: packets beyond are not shown
	LimitFrames    LimitKind = "frames"    // bytes of them: of frames beyond, only the beginning is kept
)

// Limit is a bound that was met.
type Limit struct {
	Kind   LimitKind
	Most   int // as many there may be
	Beyond int // so many there were more, or so often it was met
}
