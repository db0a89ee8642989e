package survey

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets. The width of a bucket is a 32nd of its values,
// so a percentile is exact to 3%.
type histogram struct {
	buckets [64 * fine]uint32
	count   uint64
	most    time.Duration
}

const (
	fineBits = 5
	fine     = 1 << fineBits
)

// add counts a duration. Clocks may be slightly off, so negative durations count as 0.
func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.count++
	h.most = max(h.most, d)
	h.buckets[bucketOf(uint64(d))]++
}

func bucketOf(v uint64) int {
	if v < fine {
		return int(v)
	}
	exponent := bits.Len64(v) - 1 - fineBits
	return (exponent+1)<<fineBits + int(v>>exponent) - fine
}

// floor returns the smallest value of a bucket.
func floor(bucket int) uint64 {
	if bucket < fine {
		return uint64(bucket)
	}
	exponent := bucket>>fineBits - 1
	return uint64(bucket&(fine-1)|fine) << exponent
}

// percentile returns the duration that p percent of all durations do not exceed.
func (h *histogram) percentile(p uint64) time.Duration {
	rank, seen := (h.count*p+99)/100, uint64(0)
	for i, n := range h.buckets {
		if seen += uint64(n); n > 0 && seen >= rank {
			return min(time.Duration(floor(i+1)-1), h.most)
		}
	}
	return h.most
}
