package correlate

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"
	"tracer/trace"
)

// TestBoundedForLong: over minutes, what is remembered follows the traffic under
// way. Flows are not counted: they are a result.
func TestBoundedForLong(t *testing.T) {
	packets := 10_000
	if os.Getenv("TRACER_LONG") != "" {
		packets = 200_000
	}
	b := newBed(rand.New(rand.NewPCG(5, 6)))
	b.attrs, b.nf = true, true
	journeys, most, sent := 0, 0, 0
	c := New(Snapshot{&b.state, b.rules}, func(trace.Journey) { journeys++ })
	for i := 0; sent < packets; i++ {
		b.web("client", uint16(1024+i%60000), uint32(i)*100, time.Millisecond)
		b.forget(b.fates[0].conn)
		b.allot(b.proofs)
		for _, p := range b.proofs {
			p.read = p.time
			p.feed(c, p)
		}
		sent += len(b.fates)
		b.proofs, b.fates = b.proofs[:0], b.fates[:0]
		clear(b.of)
		b.wait(2 * time.Millisecond)
		if sent > packets/4 {
			most = max(most, len(c.tracks)+c.joiner.Len()+len(c.traversals.waiting)+len(c.traversals.current)+len(c.reorder.heap))
		}
	}
	c.Flush(b.now)
	if journeys != sent {
		t.Errorf("%d journeys of %d packets", journeys, sent)
	}
	if most > 25_000 { // some seconds of it
		t.Errorf("up to %d things were remembered at a time", most)
	}
	if n := len(c.network.entries.byID) + len(c.network.entries.byTuple) + len(c.network.entries.ended); n > 4*keepEnded+10 {
		t.Errorf("%d connections are remembered", n)
	}
	t.Logf("%d packets in %s of traffic; at most %d things remembered", sent, b.now.Sub(time.Unix(1_700_000_000, 0)), most)
}
