package correlate

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// newKernel returns the network of flask-demo, with random kernel features.
func newKernel(r *rand.Rand) *fakekernel.Kernel {
	k := fakekernel.New(fakekernel.FlaskDemo(r.IntN(2) == 0), r)
	k.Attributes, k.Marks = r.IntN(2) == 0, r.IntN(2) == 0
	return k
}

// correlate returns the journeys from evidence that is read up to lag late.
func correlate(k *fakekernel.Kernel, kept map[*fakekernel.Evidence]bool, lag time.Duration) ([]trace.Journey, *Correlator) {
	return correlateKnowing(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, k, kept, lag)
}

// correlateKnowing does the same with a snapshot that may be outdated.
func correlateKnowing(s Snapshot, k *fakekernel.Kernel, kept map[*fakekernel.Evidence]bool, lag time.Duration) (journeys []trace.Journey, c *Correlator) {
	c = New(s, func(j trace.Journey) { journeys = append(journeys, j) })
	if len(kept) < len(k.Evidence) {
		c.Lost("host")
	}
	k.Deliver(c, kept, lag)
	c.Flush(k.Now.Add(time.Second))
	return journeys, c
}

// remembered returns how many items a correlator holds, not counting results and
// connections.
func (c *Correlator) remembered() int {
	return len(c.tracks) + c.joiner.Len() + len(c.traversals.waiting) + len(c.traversals.current) + len(c.reorder.heap)
}

// long makes tests run more rounds.
var long = os.Getenv("TRACER_LONG") != ""

// try tests a property with many seeds, and names the first that fail.
func try(t *testing.T, rounds int, property func(*rand.Rand) (wrong []string)) {
	t.Helper()
	if long {
		rounds *= 10
	}
	failed := 0
	for first, i := labtest.Seed(t), 0; i < rounds; i++ {
		seed := first + uint64(i)
		wrong := property(labtest.RandomOf(seed))
		if len(wrong) == 0 {
			continue
		}
		if failed++; failed <= 3 {
			t.Errorf("TRACER_SEED=%d: %d wrong, first %s", seed, len(wrong), wrong[0])
		}
	}
	if failed > 0 {
		t.Errorf("%d of %d", failed, rounds)
	}
}
