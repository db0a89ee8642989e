package correlate

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/internal/fakekernel"
	"tracer/trace/nftrace"
)

// TestTTL: packets that differ only in their TTL, like those of traceroute, are
// distinguished, even if most evidence of the first is lost.
func TestTTL(t *testing.T) {
	k := flaskDemo(t)
	d := fakekernel.Datagram{Protocol: fakekernel.UDP, Payload: "query"}
	d.Source, d.Destination = fakekernel.Client("client", 4000), end("172.17.0.3:9000")
	k.Send("client", d) // opens the connection
	k.Wait(20 * time.Second)
	d.Payload = "again"
	first := k.Send("client", d)
	k.Wait(300 * time.Millisecond)
	d.TTL = 30
	second := k.Send("client", d)
	kept := k.Keep(func(e *fakekernel.Evidence) bool {
		return e.Of != first || e.Kind == fakekernel.Frame && slices.Contains(first.Frames[:2], e.Frame.Number)
	})
	journeys, _ := correlate(k, kept, lag)
	wantTrue(t, k.Judge(journeys, kept, false))
	if len(journeys) != 3 {
		t.Fatalf("%d journeys", len(journeys))
	}
	if j := &journeys[1]; len(j.Hops) != 2 || len(j.Outcome.Steps) != 0 {
		t.Errorf("the first has %d hops and %d steps of the second", len(j.Hops)-2, len(j.Outcome.Steps))
	}
	var steps int
	for _, h := range journeys[2].Hops {
		steps += len(h.Steps)
	}
	if steps != len(second.Steps) || len(journeys[2].Hops) != len(second.Frames) {
		t.Errorf("the second has %d steps of %d, %d hops of %d", steps, len(second.Steps), len(journeys[2].Hops), len(second.Frames))
	}
}

// TestRuleExplains: both ends of a packet are translated, and its rule trace is lost after
// the first translation. The rule of the first does not explain the second.
func TestRuleExplains(t *testing.T) {
	k := flaskDemo(t)
	d := fakekernel.Datagram{Protocol: fakekernel.TCP, Flags: trace.SYN}
	d.Source, d.Destination = fakekernel.Client("client2", 4000), end("192.168.60.203:85")
	k.Send("client2", d)
	last := slices.IndexFunc(k.Evidence, func(e *fakekernel.Evidence) bool { return e.Message.Chain == "seen-prerouting" })
	kept := k.Keep(func(e *fakekernel.Evidence) bool {
		return e.Kind != fakekernel.Message || slices.Index(k.Evidence, e) < last
	})
	journeys, _ := correlate(k, kept, lag)
	wantTrue(t, k.Judge(journeys, kept, false))
	translated := map[trace.Field]trace.CauseKind{}
	for _, h := range journeys[0].Hops {
		for _, c := range h.Changes {
			translated[c.Field] = c.Cause.Kind
		}
	}
	if translated[trace.FieldDestination] != trace.CauseRule || translated[trace.FieldSource] != trace.CauseConntrack {
		t.Errorf("%v", translated)
	}
}

// TestRouteExplains: a route to an interface other than the one used is not a cause.
func TestRouteExplains(t *testing.T) {
	k := flaskDemo(t)
	k.Syn("client", 4000, 1)
	host := k.State.Node("host")
	for i := range host.Routes {
		host.Routes[i].Interface = "ens192" // the routes have changed since
	}
	journeys, _ := correlate(k, k.Whole(), lag)
	forwarded := 0
	for _, h := range journeys[0].Hops {
		for _, c := range h.Changes {
			if c.Field != trace.FieldTTL {
				continue
			}
			if forwarded++; c.Cause.Kind != trace.CauseInferred {
				t.Errorf("at %s/%s: %+v", h.Node, h.Interface, c)
			}
		}
	}
	if forwarded != 1 {
		t.Errorf("forwarded %d times", forwarded)
	}
}

// traced passes on only the rule trace.
type traced struct{ *traversals }

func (traced) Frame(*trace.Frame, int) bool                            { return false }
func (traced) Conntrack(string, conntrack.Event, time.Time, time.Time) {}
func (v traced) Trace(node string, m nftrace.Message, idle, read time.Time) {
	v.add(node, &m, idle, read)
}

// TestTraceID: if an evaluation could continue any of several equal packets, the trace id
// decides, but the result is marked ambiguous.
func TestTraceID(t *testing.T) {
	try(t, 100, func(r *rand.Rand) (wrong []string) {
		k := newKernel(r)
		k.Attributes, k.Marks = false, false
		query := fakekernel.Datagram{Protocol: fakekernel.UDP, Payload: "query"}
		query.Source, query.Destination = fakekernel.Client("client", 4000), end("172.17.0.3:9000")
		k.Send("client", query)
		k.Wait(time.Minute)
		k.Discard()
		second := 0
		for range 2 {
			second = len(k.Evidence)
			k.Send("client", query)
		}
		k.Overlap(second, k.Evidence[second].Time.Sub(k.Evidence[0].Time))
		v := newTraversals(newNetwork(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}))
		k.Deliver(traced{v}, k.Whole(), 0)
		list := v.rest(forever)
		if len(list) != 2 {
			return []string{"not two traversals"}
		}
		for _, one := range list {
			for _, e := range one.evaluations {
				if e.id != one.evaluations[0].id {
					wrong = append(wrong, "an evaluation went to the other packet")
				}
			}
			if !one.rivals {
				wrong = append(wrong, "without a doubt")
			}
		}
		return wrong
	})
}
