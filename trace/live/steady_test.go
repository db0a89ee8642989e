package live

import (
	"testing"
	"time"

	"tracer/sim/labtest"
)

// TestSteady: however the wall clock is set, and however long frames wait to be read, their
// times are those of a clock that is never set.
func TestSteady(t *testing.T) {
	origin := time.Unix(1_700_000_000, 0)
	first := labtest.Seed(t)
	for seed := first; seed < first+500; seed++ {
		random := labtest.RandomOf(seed)
		var elapsed, set time.Duration // since the origin; by how much the wall clock was set forward
		s := newSteady(func() moment { return moment{origin.Add(elapsed + set), elapsed} })
		type frame struct {
			passed, read time.Duration // since the origin
			stamp        time.Time
		}
		var queue []frame
		seen := true // a frame was read since the clock was last set
		for range 300 {
			elapsed += time.Duration(random.IntN(2000)) * time.Microsecond
			if seen && random.IntN(40) == 0 {
				seen = false
				set += time.Duration(random.IntN(7200)-3600) * time.Second
			}
			queue = append(queue, frame{elapsed, elapsed + time.Duration(random.IntN(20))*time.Millisecond, origin.Add(elapsed + set)})
			for len(queue) > 0 && queue[0].read <= elapsed {
				f := queue[0]
				queue, seen = queue[1:], true
				if got, want := s.stamp(f.stamp), origin.Add(f.passed); !got.Equal(want) {
					t.Fatalf("seed %d: %v, not %v; set by %v", seed, got, want, set)
				}
			}
			if got, want := s.now(), origin.Add(elapsed); !got.Equal(want) {
				t.Fatalf("seed %d: the time is %v, not %v", seed, got, want)
			}
		}
	}
}

// TestSteadyStalled: a goroutine that is interrupted between reading the two clocks does
// not mistake that for a clock being set.
func TestSteadyStalled(t *testing.T) {
	origin := time.Unix(1_700_000_000, 0)
	stall := time.Duration(0)
	s := newSteady(func() moment {
		m := moment{origin.Add(time.Second), time.Second + stall}
		stall = 0
		return m
	})
	for range 3 {
		stall = time.Second
		if got := s.stamp(origin); !got.Equal(origin) {
			t.Errorf("%v, not %v", got, origin)
		}
	}
}

// TestSteadySlewed: clock adjustments too small to be detected cause an error no larger
// than the detection limit.
func TestSteadySlewed(t *testing.T) {
	origin := time.Unix(1_700_000_000, 0)
	var elapsed, set time.Duration
	s := newSteady(func() moment { return moment{origin.Add(elapsed + set), elapsed} })
	for _, by := range []time.Duration{0, time.Hour, 40 * time.Millisecond, 30 * time.Millisecond, 20 * time.Millisecond, -time.Hour, -90 * time.Millisecond} {
		elapsed += time.Second
		set += by
		stamp := origin.Add(elapsed + set)
		elapsed += time.Millisecond // until it is read
		if off := s.stamp(stamp).Sub(origin.Add(elapsed - time.Millisecond)); off.Abs() > setLeast {
			t.Errorf("after %v: off by %v", by, off)
		}
	}
}
