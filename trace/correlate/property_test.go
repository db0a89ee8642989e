package correlate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// lag is the maximum delay of evidence.
const lag = 150 * time.Millisecond

// traffic lists the kinds of traffic for which properties are tested.
var traffic = map[string]func(*fakekernel.Kernel){
	"mix": func(k *fakekernel.Kernel) { k.Mix(time.Duration(k.Random.IntN(400)) * time.Microsecond) },
	// Two clients choose the same port and sequence number.
	"connections": func(k *fakekernel.Kernel) {
		port, seq := uint16(40000+k.Random.IntN(3)), k.Random.Uint32()
		k.Web("client", port, seq, 0)
		k.Web("client2", port, seq, 0)
		k.Web("client", port+1, seq, 0)
	},
}

// TestEverythingKnown: with all the evidence, in any order of arrival, everything is known.
func TestEverythingKnown(t *testing.T) {
	for name, send := range traffic {
		t.Run(name, func(t *testing.T) {
			try(t, 200, func(r *rand.Rand) []string {
				k := newKernel(r)
				send(k)
				journeys, c := correlate(k, k.Whole(), lag)
				wrong := k.Judge(journeys, k.Whole(), true)
				s := c.Stats()
				if s.Frames = 0; s != (Stats{}) {
					wrong = append(wrong, fmt.Sprintf("%+v", s))
				}
				return wrong
			})
		})
	}
}

// TestEvidenceLost: with less evidence, journeys say less, but nothing false.
func TestEvidenceLost(t *testing.T) {
	for name, send := range traffic {
		t.Run(name, func(t *testing.T) {
			try(t, 400, func(r *rand.Rand) []string {
				k := newKernel(r)
				send(k)
				kept := k.Lose(fakekernel.Loss{Frames: r.IntN(30), Messages: r.IntN(8) * 5, Events: r.IntN(3) * 50, Traces: r.IntN(50), Heads: r.IntN(20)})
				journeys, _ := correlate(k, kept, lag)
				return k.Judge(journeys, kept, false)
			})
		})
	}
}

// TestSimultaneous: packets of two clients, equal except for the address, are in the host
// at the same time, and their messages interleave.
func TestSimultaneous(t *testing.T) {
	try(t, 200, func(r *rand.Rand) []string {
		k := newKernel(r)
		seq := r.Uint32()
		begin, second := k.Now, 0
		for _, name := range []string{"client", "client2"} {
			second = len(k.Evidence)
			k.Send(name, fakekernel.Datagram{Ends: trace.Ends{Source: fakekernel.Client(name, 40000), Destination: fakekernel.Service}, Protocol: fakekernel.TCP, ID: 7, Flags: trace.SYN, Seq: seq})
			if name == "client" {
				continue
			}
			k.Overlap(second, k.Evidence[second].Time.Sub(begin))
		}
		kept := k.Whole()
		journeys, _ := correlate(k, kept, lag)
		return k.Judge(journeys, kept, true)
	})
}
