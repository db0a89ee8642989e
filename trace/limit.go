package trace

// LimitKind says which limit was reached.
type LimitKind string

// The kinds of limits.
const (
	LimitSightings LimitKind = "sightings" // of one packet; further ones are shown as another packet
	LimitRivals    LimitKind = "rivals"    // of an ambiguous sighting; further ones are not named
	LimitForms     LimitKind = "addresses" // address pairs of one conversation; packets with further pairs are not assigned to it
	LimitGaps      LimitKind = "gaps"      // in a stream; data that fills a forgotten gap looks retransmitted
	LimitOrdered   LimitKind = "ordered"   // points; the order of equal times at further ones is unknown
	LimitLosses    LimitKind = "losses"    // possible losses; further ones are not examined
	LimitPoints    LimitKind = "points"    // of a file; further ones are shown as one
	LimitNames     LimitKind = "names"     // bytes; longer names are cut
	LimitClock     LimitKind = "clock"     // times that a clock is set back; further steps are not corrected
	LimitTimes     LimitKind = "times"     // the last year; packets outside the range are moved to its end, or to 1970
	LimitPaths     LimitKind = "paths"     // packets on further paths are counted, but not by path
	LimitJourneys  LimitKind = "journeys"  // total bytes; further packets are not shown
	LimitFrames    LimitKind = "frames"    // total bytes; only the beginning of further frames is kept
)

// Limit is a limit that was reached.
type Limit struct {
	Kind   LimitKind `json:"kind"`
	Most   int       `json:"most"`   // the limit
	Beyond int       `json:"beyond"` // the number left out, or how often the limit was reached
}
