package explain

import (
	"fmt"
	"time"

	"tracer/trace"
)

// Replies lists the replies to a ping, one line each, as ping(8) of iputils prints them. Of
// more than most, only the first ones are listed, and the others counted.
func (l Language) Replies(got trace.Answer, most int) (lines []string) {
	list := got.Replies
	if len(list) > most {
		list = list[:most-1]
	}
	for _, r := range list {
		lines = append(lines, l.Format(echoReply, r.Bytes, r.From, r.Sequence, r.TTL, roundTrip(r.RoundTrip)))
	}
	if rest := len(got.Replies) - len(list); rest > 0 {
		lines = append(lines, l.Format(moreReplies, rest))
	}
	return lines
}

// roundTrip returns a time in milliseconds with three significant digits, or fewer below one
// millisecond.
func roundTrip(d time.Duration) string {
	us := d.Microseconds()
	decimals, rounding := 3, int64(0)
	switch {
	case us >= 99950:
		decimals, rounding = 0, 500
	case us >= 9995:
		decimals, rounding = 1, 50
	case us >= 1000:
		decimals, rounding = 2, 5
	}
	unit := 2 * rounding
	if unit > 0 {
		us = (us + rounding) / unit * unit
	}
	return fmt.Sprintf("%.*f", decimals, float64(us)/1000)
}
