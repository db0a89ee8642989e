package stitch

import (
	"math"
	"time"
)

// timeline corrects the times of one file's sightings: by the offset of its clock, and
// where the clock was set back during the capture. Times continue from there. Files of
// one machine have the step at the same place, and would otherwise not stay aligned.
type timeline struct {
	offset   time.Duration    // to be added to its times
	setBack  time.Duration    // the part of offset by which the clock was set back during the capture
	last     []time.Time      // by point of the file: the time of the previous sighting
	steps    int              // how often the clock was set back
	newest   time.Time        // of all sightings so far
	disorder bool             // packets of one point follow later ones of another
	lawless  int              // decreasing times that were not corrected
	shared   *[]time.Duration // by how much all files' clocks were set back, each time
}

// The range of times that can be shown: their nanoseconds since 1970 fit into 64 bits, so
// any two can be compared.
var (
	earliest = time.Unix(0, 0)
	latest   = time.Unix(0, math.MaxInt64)
)

// lastYear is the year of latest.
const lastYear = 2262

const (
	// step is by how much a time must precede the one before it to mean that the clock
	// was set back.
	step = time.Second
	// maxSteps is how often a clock may be set back, and maxBack how far in total.
	// Anything beyond that is not a clock.
	maxSteps = 1 << 12
	maxBack  = 100 * 365 * 24 * time.Hour
)

// correct returns the corrected time of a sighting at a point.
func (l *timeline) correct(point int, at time.Time) time.Time {
	for point >= len(l.last) {
		l.last = append(l.last, time.Time{})
	}
	t, _ := legal(at.Add(l.offset))
	if last := l.last[point]; t.Before(last) && last.Sub(t) > step {
		back := last.Sub(t)
		if l.steps >= maxSteps || back > maxBack-l.setBack {
			l.lawless++
		} else {
			back = l.stepped(back)
			l.offset += back
			l.setBack += back
			t, _ = legal(at.Add(l.offset))
		}
	}
	l.last[point] = t
	if t.After(l.newest) {
		l.newest = t
	} else if l.newest.Sub(t) > step {
		l.disorder = true
	}
	return t
}

// stepped returns the correction for a clock that seems to have been set back. A step
// looks smaller than it was, by the time without packets; files of one machine stay
// aligned if all are corrected alike.
func (l *timeline) stepped(back time.Duration) time.Duration {
	n := l.steps
	l.steps++
	if n < len(*l.shared) && (back-(*l.shared)[n]).Abs() < step {
		return (*l.shared)[n]
	}
	if n == len(*l.shared) {
		*l.shared = append(*l.shared, back)
	}
	return back
}

// legal returns the nearest time that can be shown, and whether it differs. A missing time
// becomes 1970.
func legal(t time.Time) (nearest time.Time, differs bool) {
	if seconds := t.Unix(); 0 <= seconds && seconds < math.MaxInt64/int64(time.Second) {
		return t, false // nearly always
	}
	switch {
	case t.IsZero():
		return earliest, false
	case t.Before(earliest):
		return earliest, true
	case t.After(latest):
		return latest, true
	}
	return t, false
}
