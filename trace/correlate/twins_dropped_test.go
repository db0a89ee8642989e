package correlate

import (
	"maps"
	"slices"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
	"tracer/trace/nftrace"
)

// twinQueries returns a kernel in which a client sends two queries that are identical in
// every byte, and the rules in force during the first. If dropped is set, the first is
// dropped at forward, by a rule that is removed before the second is sent.
func twinQueries(t *testing.T, dropped bool, pause time.Duration) (k *fakekernel.Kernel, known Snapshot) {
	k = flaskDemo(t)
	k.Attributes = false
	query := fakekernel.Datagram{Protocol: fakekernel.UDP, Payload: "query"}
	query.Source, query.Destination = fakekernel.Client("client", 4000), end("192.168.52.203:53")
	if dropped {
		k.Change("host", "filter", "FORWARD", func(list []fakekernel.Rule) []fakekernel.Rule {
			return append([]fakekernel.Rule{{Handle: 60, Match: fakekernel.Match{Protocol: fakekernel.UDP}, Target: "DROP"}}, list...)
		})
	}
	known = Snapshot{State: &k.State, Rules: maps.Clone(k.Rules), Marked: k.Marked()}
	k.Send("client", query)
	if dropped {
		k.Change("host", "filter", "FORWARD", func(list []fakekernel.Rule) []fakekernel.Rule { return list[1:] })
	}
	k.Wait(pause)
	k.Send("client", query)
	return k, known
}

// TestTwinDropped: a packet that was dropped does not get the frames of a later, equal one,
// even if one of those is missing.
func TestTwinDropped(t *testing.T) {
	k, known := twinQueries(t, true, 300*time.Millisecond)
	missing := k.Truths[1].Frames[2]
	kept := k.Keep(func(e *fakekernel.Evidence) bool { return e.Frame.Number != missing })
	journeys, _ := correlateKnowing(known, k, kept, lag)
	wantTrue(t, k.Judge(journeys, kept, false))
	if j := &journeys[0]; j.Outcome.Kind != trace.OutcomeDropped || len(j.Hops) != 2 {
		t.Errorf("the first: %d hops, %+v", len(j.Hops), j.Outcome)
	}
	for _, j := range journeys {
		for _, h := range j.Hops {
			if slices.Contains(h.Ambiguous, 1) {
				t.Errorf("#%d at %s/%s may be the dropped one", j.ID, h.Node, h.Interface)
			}
		}
	}
}

// TestTwinDroppedTraceLost: the rest of the second packet's rule trace does not continue
// the first's, which ends where that packet was dropped.
func TestTwinDroppedTraceLost(t *testing.T) {
	k, known := twinQueries(t, true, time.Millisecond)
	kept := k.Keep(func(e *fakekernel.Evidence) bool {
		place, _ := nftrace.PlaceOf(e.Message.Table, e.Message.Chain)
		switch {
		case e.Of.Number == 1:
			return true
		case e.Kind == fakekernel.Frame:
			return slices.Contains(e.Of.Frames[:2], e.Frame.Number)
		}
		return place.Hook == trace.Postrouting
	})
	journeys, _ := correlateKnowing(known, k, kept, 0)
	wantTrue(t, k.Judge(journeys, kept, false))
	if o := journeys[0].Outcome; o.Kind != trace.OutcomeDropped || o.Rule.Handle != 60 {
		t.Errorf("the first: %+v", o)
	}
}

// TestTwinTraceLost: one of two rule traces is missing. To which packet the other belongs
// is ambiguous.
func TestTwinTraceLost(t *testing.T) {
	k, known := twinQueries(t, false, 10*time.Millisecond)
	kept := k.Keep(func(e *fakekernel.Evidence) bool { return e.Kind != fakekernel.Message || e.Of.Number != 1 })
	journeys, _ := correlateKnowing(known, k, kept, 0)
	wantTrue(t, k.Judge(journeys, kept, false))
	steps := 0
	for _, j := range journeys {
		for _, h := range j.Hops {
			steps += len(h.Steps)
			if len(h.Steps) > 0 && !h.Doubtful {
				t.Errorf("#%d: %d steps at %s/%s, without a doubt", j.ID, len(h.Steps), h.Node, h.Interface)
			}
		}
	}
	if len(journeys) != 2 || steps == 0 {
		t.Errorf("%d journeys with %d steps", len(journeys), steps)
	}
}
