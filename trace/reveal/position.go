package reveal

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// Position is a place in the walk through a trace. Packets are walked in the order in which
// the trace lists them, each from its first stop to its end; see [explain.Moments].
type Position struct {
	Journey int // the packet's number
	Stop    int // the index of a hop; len(Hops) is the end
	Moment  int // of those on the way to the stop
}

// index returns the index of the position's packet, or -1.
func (p Position) index(t *trace.Trace) int {
	return slices.IndexFunc(t.Journeys, func(j trace.Journey) bool { return j.ID == p.Journey })
}

// ends reports whether the position is the end of the walk: the end of the last packet.
// Background packets that come later do not count, since they are usually hidden.
func (p Position) ends(t *trace.Trace, at int) bool {
	j := &t.Journeys[at]
	return atEnd(j, p.Stop, p.Moment) && !slices.ContainsFunc(t.Journeys[at+1:], func(j trace.Journey) bool { return !j.Background() })
}

// atEnd reports whether a packet's end has been reached.
func atEnd(j *trace.Journey, stop, moment int) bool {
	return stop >= len(j.Hops) && moment >= len(explain.Moments(j, len(j.Hops)))-1
}
