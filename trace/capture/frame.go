package capture

import (
	"strconv"
	"time"
)

// Direction is the way a frame passed its interface, as seen from the
// namespace that the interface is in. The zero value is unknown.
type Direction uint8

// The directions, as seen from the node that the interface belongs to.
const (
	In  Direction = iota + 1 // received from the interface
	Out                      // sent through the interface
)

// String returns "in", "out", or "unknown".
func (d Direction) String() string {
	switch d {
	case 0:
		return "unknown"
	case In:
		return "in"
	case Out:
		return "out"
	}
	return "Direction(" + strconv.Itoa(int(d)) + ")"
}

// A Frame is one Ethernet frame at one interface.
type Frame struct {
	// Interface is the interface's index, unique within its namespace only.
	Interface int
	Direction Direction
	// Time is the kernel's time stamp, of nanosecond resolution.
	Time time.Time
	// Length is the length on the wire in bytes, from the destination MAC to
	// the end of the payload, without the checksum that Ethernet appends.
	Length int
	// Data holds the bytes from the destination MAC on. It is shorter than
	// Length only where the frame was cut.
	Data []byte
}
