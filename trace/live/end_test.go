package live

import (
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/nftrace"
)

// TestTakeUntil: frames that passed after the end are not part of the recording, and take up
// no room. When messages happened is not known.
func TestTakeUntil(t *testing.T) {
	end := time.Unix(100, 0)
	q := newQueue()
	for _, at := range []time.Duration{-time.Second, 0, time.Nanosecond, time.Second} {
		q.put(&frame{Frame: trace.Frame{Time: end.Add(at), Data: make([]byte, 60)}})
		q.put(ruleMessage("host", nftrace.Message{}, end, end.Add(at)))
	}
	list := q.takeUntil(end)
	if used := q.mark().room.used; len(list) != 6 || used != (amount{frames: 2, bytes: 120, messages: 4}) {
		t.Errorf("%d are left, which take up %+v", len(list), used)
	}
}
