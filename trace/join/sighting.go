package join

import (
	"time"

	"tracer/trace"
	"tracer/trace/packet"
)

// Disorder is how far out of order sightings may be read.
const Disorder = 200 * time.Millisecond

// Sighting is one packet at one point.
type Sighting struct {
	Point     int             // the client's number of the point
	Direction trace.Direction // 0 if unknown, or if the point implies it
	Time      time.Time
	Frame     int    // the client's number of the frame
	Fragments []int  // numbers of the other frames, if the packet came in fragments
	Order     int    // of arrival, which decides between equal times
	Mark      uint32 // identifies the packet within the point's node, whatever its headers; 0: none
	Packet    packet.Packet
	Rivals    []int // other tracks that it could belong to
	Unordered bool  // nothing shows whether it or the previous one came first; set by the client
}

// Before orders sightings by time, and by arrival where times are equal: a frame that
// passes from a bridge's port up to the bridge keeps its first time stamp.
func (s *Sighting) Before(o *Sighting) bool {
	if !s.Time.Equal(o.Time) {
		return s.Time.Before(o.Time)
	}
	return s.Order < o.Order
}

// Since returns the difference of two times whose nanoseconds fit into 64 bits. It is much
// faster than [time.Time.Sub], which matters in the innermost loops.
func Since(from, to time.Time) time.Duration { return time.Duration(to.UnixNano() - from.UnixNano()) }

// Apart returns the distance between two times.
func Apart(a, b time.Time) time.Duration { return Since(a, b).Abs() }
