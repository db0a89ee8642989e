package capture

import (
	"time"

	"tracer/trace"
)

// A Frame is one Ethernet frame at one interface.
type Frame struct {
	// Interface is the interface's index, unique within its namespace only.
	Interface int
	Direction trace.Direction
	// Time is the kernel's time stamp, of nanosecond resolution.
	Time time.Time
	// Length is the length on the wire in bytes, from the destination MAC to
	// the end of the payload, without the checksum that Ethernet appends.
	Length int
	// Data holds the bytes from the destination MAC on. It is shorter than
	// Length only where the frame was cut.
	Data []byte
}
