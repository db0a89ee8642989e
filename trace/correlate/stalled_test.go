package correlate

import (
	"math/rand/v2"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// TestReadLate: however late each reader is, everything is known. What carries no time of the
// kernel is not joined by the time at which it was read.
func TestReadLate(t *testing.T) {
	for name, send := range map[string]func(*fakekernel.Kernel){
		"mix":   func(k *fakekernel.Kernel) { k.Mix(time.Duration(k.Random.IntN(400)) * time.Millisecond) },
		"again": again,
		"twins": func(k *fakekernel.Kernel) { twins(k, time.Duration(1+k.Random.IntN(1500))*time.Millisecond, false) },
	} {
		for _, stall := range []time.Duration{10 * time.Millisecond, time.Second, 15 * time.Second} {
			t.Run(name+" "+stall.String(), func(t *testing.T) {
				try(t, 100, func(r *rand.Rand) []string {
					k := newKernel(r)
					send(k)
					var journeys []trace.Journey
					c := New(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, func(j trace.Journey) { journeys = append(journeys, j) })
					k.DeliverStalled(c, k.Whole(), stall)
					c.Flush(k.Now.Add(time.Second))
					return k.Judge(journeys, k.Whole(), true)
				})
			})
		}
	}
}

// again opens connections one after another, each from the same port.
func again(k *fakekernel.Kernel) {
	for i := range 3 {
		first := len(k.Truths)
		k.Web("client", 40000, uint32(1+i*900000), time.Duration(1+k.Random.IntN(100))*time.Millisecond)
		k.Wait(time.Duration(1+k.Random.IntN(4000)) * time.Millisecond)
		of := k.Truths[first].On("host").Of
		k.Forget(of)
		if k.Random.IntN(2) == 0 {
			k.ReuseID = of.ID
		}
		k.Wait(time.Duration(1+k.Random.IntN(500)) * time.Millisecond)
	}
}
