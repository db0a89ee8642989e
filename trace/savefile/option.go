package savefile

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"time"
)

// The codes of options that are read or written. Their meaning depends on the block,
// except for comments.
const (
	optionEnd     = 0
	optionComment = 1

	optionName        = 2 // of an interface
	optionDescription = 3
	optionResolution  = 9
	optionOffset      = 14

	optionFlags = 2 // of a packet
	optionID    = 5

	optionProgram = 4 // of a section
)

// options yields the options of a block. Each is a code, a length and that many bytes,
// padded to a multiple of four. Truncated options are left out.
func options(order binary.ByteOrder, b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= 4 {
			code, n := order.Uint16(b), int(order.Uint16(b[2:]))
			b = b[4:]
			if code == optionEnd || n > len(b) || !yield(code, b[:n]) {
				return
			}
			b = b[min((n+3)&^3, len(b)):]
		}
	}
}

// clock is the unit of an interface's time stamps.
type clock struct {
	resolution byte  // a negative power of 10, or of 2 if the highest bit is set
	offset     int64 // seconds to be added
}

var microseconds = clock{resolution: 6}

// time converts a time stamp, rounding down to nanoseconds.
func (c clock) time(stamp uint64) time.Time {
	if c.resolution&0x80 != 0 {
		power := uint(c.resolution & 0x7f)
		if power > 63 {
			return time.Unix(c.offset, 0)
		}
		high, low := bits.Mul64(stamp&(1<<power-1), 1e9)
		nanos := low>>power | high<<(64-power)
		return time.Unix(int64(stamp>>power)+c.offset, int64(nanos))
	}
	unit := uint64(1) // units per second
	for range min(c.resolution, 19) {
		unit *= 10
	}
	seconds, fraction := stamp/unit, stamp%unit
	high, low := bits.Mul64(fraction, 1e9)
	nanos, _ := bits.Div64(high, low, unit)
	return time.Unix(int64(seconds)+c.offset, int64(nanos))
}

// holdsTime reports whether differences to other times fit into a time.Duration, which
// counts nanoseconds in 64 bits. Some formats allow more, but no packet was captured then.
func holdsTime(t time.Time) bool { return t.UTC().Year() >= 1678 && t.UTC().Year() <= 2261 }
