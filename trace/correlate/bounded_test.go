package correlate

import (
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// TestBounded: the correlator's memory depends on the packets in transit, not on all past
// traffic. Flows are not counted, because they are a result.
func TestBounded(t *testing.T) {
	for name, c := range map[string]struct {
		packets int
		gap     time.Duration // between connections
		forget  bool          // connections end
		most    int           // a few seconds of traffic
	}{
		"connections that last": {18_000, 50 * time.Millisecond, false, 4_000},
		"dense, for minutes":    {10_000, 2 * time.Millisecond, true, 25_000},
	} {
		t.Run(name, func(t *testing.T) {
			if long {
				c.packets *= 20
			}
			k := flaskDemo(t)
			journeys, most, sent := 0, 0, 0
			to := New(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, func(trace.Journey) { journeys++ })
			for i := 0; sent < c.packets; i++ {
				gap := time.Duration(0)
				if c.forget {
					gap = time.Millisecond
				}
				k.Web("client", uint16(1024+i%60000), uint32(i)*100, gap)
				if c.forget {
					k.Forget(k.Truths[0].On("host").Of)
				}
				k.Deliver(to, k.Whole(), 0)
				to.Advance(k.Now)
				sent += len(k.Truths)
				k.Discard()
				k.Wait(c.gap)
				if sent > c.packets/4 {
					most = max(most, to.remembered())
				}
			}
			to.Flush(k.Now)
			if journeys != sent {
				t.Errorf("%d journeys of %d packets", journeys, sent)
			}
			if most > c.most {
				t.Errorf("up to %d things were remembered at a time", most)
			}
			e := to.network.entries
			if n := len(e.byID) + len(e.byTuple) + len(e.ended); c.forget && n > 4*keepEnded+10 {
				t.Errorf("%d connections are remembered", n)
			}
			t.Logf("%d packets in %s of traffic; at most %d things remembered", sent, k.Now.Sub(fakekernel.Epoch), most)
		})
	}
}
