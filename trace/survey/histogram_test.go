package survey

import (
	"slices"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// A percentile is no more than a 32nd above the true one, and never below.
func TestPercentiles(t *testing.T) {
	random := labtest.Random(t)
	for _, most := range []int64{1, 31, 32, 1000, int64(time.Millisecond), int64(time.Hour), 1<<63 - 1} {
		var h histogram
		var all []time.Duration
		for range 5000 {
			d := time.Duration(random.Int64N(most))
			all = append(all, d)
			h.add(d)
		}
		slices.Sort(all)
		for _, p := range []uint64{1, 50, 90, 99, 100} {
			want := all[(uint64(len(all))*p+99)/100-1]
			if got := h.percentile(p); got < want || float64(got) > float64(want)*33/32+1 {
				t.Errorf("below %d: percentile %d is %d, want %d", most, p, got, want)
			}
		}
	}
	var h histogram
	h.add(-time.Second)
	if got := h.percentile(50); got != 0 {
		t.Errorf("of a clock that went back: %v", got)
	}
}

func TestBuckets(t *testing.T) {
	for _, v := range []uint64{0, 1, 31, 32, 33, 63, 64, 65, 1 << 20, 1<<20 + 1, 1<<63 - 1} {
		b := bucketOf(v)
		if floor(b) > v || b+1 < 59*fine && floor(b+1) <= v {
			t.Errorf("%d is in bucket %d, from %d to %d", v, b, floor(b), floor(b+1))
		}
	}
}
