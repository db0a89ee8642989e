package live

import (
	"sync"
	"time"
)

// steady is the machine's clock as if nobody ever set it. The kernel stamps frames with
// the wall clock. If that is set back an hour, packets seem to arrive before they are
// sent, and later packets cannot be followed (docs/decisions/clocks.md). The monotonic
// clock shows by how much the wall clock was set.
type steady struct {
	clocks func() moment
	begun  moment

	mu    sync.Mutex
	ahead []time.Duration // by how much the wall clock was ahead, the last times it was set
}

// moment is the reading of two clocks at the same time.
type moment struct {
	wall      time.Time
	monotonic time.Duration
}

// setLeast is the smallest setting of the clock that is noticed. Less may be adjtime
// slewing it, or the time between reading one clock and the other.
const setLeast = 100 * time.Millisecond

// mostAhead is how many settings are remembered. The clock is not set this often while a
// frame waits to be read.
const mostAhead = 8

// machineClocks returns a reader of the machine's clocks. time.Now reads both.
func machineClocks() func() moment {
	begun := time.Now()
	return func() moment {
		now := time.Now()
		return moment{now.Round(0), now.Sub(begun)}
	}
}

// later is longer than a frame can have waited.
const later = 1000 * time.Hour

func newSteady(clocks func() moment) *steady {
	return &steady{clocks: clocks, begun: clocks(), ahead: []time.Duration{0}}
}

// now returns the time.
func (s *steady) now() time.Time { return s.at(s.clocks()) }

// of returns the time at which the process's clock showed t.
func (s *steady) of(t time.Time) time.Time { return s.now().Add(-time.Since(t)) }

func (s *steady) at(m moment) time.Time { return s.begun.wall.Add(m.monotonic - s.begun.monotonic) }

// stamp corrects a stamp of the kernel. The frame may have been waiting to be read since
// before the clock was set; its age shows that.
func (s *steady) stamp(stamp time.Time) time.Time {
	m := s.clocks()
	s.mu.Lock()
	defer s.mu.Unlock()
	if ahead := m.wall.Sub(s.at(m)); (ahead - s.ahead[len(s.ahead)-1]).Abs() >= setLeast {
		// Unless this goroutine had to wait between the two clocks.
		m = s.clocks()
		if again := m.wall.Sub(s.at(m)); (again - ahead).Abs() < setLeast {
			s.ahead = append(s.ahead, again)
			s.ahead = s.ahead[max(0, len(s.ahead)-mostAhead):]
		}
	}
	if len(s.ahead) == 1 {
		return stamp
	}
	best, youngest := stamp, time.Duration(1<<63-1)
	for _, ahead := range s.ahead {
		t := stamp.Add(-ahead)
		age := s.at(m).Sub(t)
		if age < -setLeast {
			age = later - age // a stamp from the future: only if there is nothing better
		}
		if age.Abs() < youngest {
			best, youngest = t, age.Abs()
		}
	}
	return best
}
