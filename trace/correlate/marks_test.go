package correlate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// TestMarks: if a node marks its packets, those that are equal in every byte and in the node
// at the same time are distinguished.
func TestMarks(t *testing.T) {
	try(t, 300, func(r *rand.Rand) []string {
		k := newKernel(r)
		k.Marks = true
		queue(k)
		journeys, _ := correlate(k, k.Whole(), time.Duration(r.IntN(150))*time.Millisecond)
		wrong := k.Judge(journeys, k.Whole(), false)
		for i := range journeys {
			for n, h := range journeys[i].Hops {
				if len(h.Ambiguous) > 0 || h.Doubtful {
					wrong = append(wrong, fmt.Sprintf("#%d at %s: ambiguous %v, doubtful %v", journeys[i].ID, h.Place(), h.Ambiguous, h.Doubtful))
				}
				inside := n > 0 && h.Node == "host" && journeys[i].Hops[n-1].Node == "host"
				if inside && h.Identity != trace.IdentityMark && !(h.Identity == trace.IdentityWire && h.Direction == trace.In) {
					wrong = append(wrong, h.Place()+": "+h.Identity.String())
				}
			}
		}
		return wrong
	})
}

// queue sends equal packets that follow each other closely: none overtakes another.
func queue(k *fakekernel.Kernel) {
	query := fakekernel.Datagram{Protocol: fakekernel.UDP, Payload: "query"}
	query.Source, query.Destination = fakekernel.Client("client2", 4000), end("192.168.60.203:53")
	k.Send("client2", query)
	k.Wait(time.Millisecond)
	before := len(k.Evidence)
	k.Send("client2", query)
	for range 1 + k.Random.IntN(3) {
		begin := len(k.Evidence)
		k.Send("client2", query)
		closest := time.Hour
		for i, e := range k.Evidence[begin:] {
			closest = min(closest, e.Time.Sub(k.Evidence[before+i].Time))
		}
		k.Overlap(begin, time.Duration(k.Random.Int64N(int64(closest))))
		before = begin
	}
}

// TestMarksRewritten: a packet keeps its identity whatever a node does to it, even if no
// entry or rule accounts for the change.
func TestMarksRewritten(t *testing.T) {
	try(t, 100, func(r *rand.Rand) []string {
		k := newKernel(r)
		k.Marks = true
		k.Syn("client2", 40000, 9) // two translations at once
		k.Send("client2", fakekernel.Datagram{Ends: trace.Ends{Source: fakekernel.Client("client2", 4000), Destination: end("192.168.60.203:85")}, Protocol: fakekernel.TCP, Flags: trace.SYN, Seq: 5})
		kept := k.Keep(func(e *fakekernel.Evidence) bool {
			return e.Kind == fakekernel.Frame || e.Kind == fakekernel.Message && e.Head && e.Message.Chain == "start-prerouting"
		})
		var journeys []trace.Journey
		c := New(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, func(j trace.Journey) { journeys = append(journeys, j) })
		k.Deliver(c, kept, lag)
		c.Flush(k.Now.Add(time.Second))
		wrong := k.Judge(journeys, kept, false)
		if len(journeys) != 2 {
			wrong = append(wrong, "a packet was split")
		}
		return wrong
	})
}
