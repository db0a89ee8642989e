package judge

import (
	"os"
	"slices"
	"testing"

	"tracer/trace"
)

// TestSegments: the judge finds what is wrong with the segments of a packet.
func TestSegments(t *testing.T) {
	text, err := os.ReadFile("testdata/kept/segments.net")
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	tr, e, done := record(t, n)
	defer done()
	if v := Judge(tr, e); v.Stated["segments"] == 0 {
		t.Fatal("nothing was divided")
	}
	seen, unseen := false, false
	for _, j := range tr.Journeys {
		if j.Outcome.Kind == trace.OutcomeSegmented {
			seen, unseen = seen || len(j.Hops) > 0, unseen || len(j.Hops) == 0
		}
	}
	if !seen || !unseen {
		t.Errorf("divided after an interface showed them: %v, before: %v", seen, unseen)
	}
	for name, lie := range map[string]func(*trace.Journey){
		"one is left out":   func(j *trace.Journey) { j.Outcome.Segments = slices.Delete(slices.Clone(j.Outcome.Segments), 1, 2) },
		"another's segment": func(j *trace.Journey) { j.Outcome.Segments = append(slices.Clone(j.Outcome.Segments), 1) },
		"it is delivered":   func(j *trace.Journey) { j.Outcome = trace.Outcome{Kind: trace.OutcomeDelivered, Node: j.Outcome.Node} },
		"it was dropped here": func(j *trace.Journey) {
			j.Outcome = trace.Outcome{Kind: trace.OutcomeDropped, Node: j.Outcome.Node, Reason: trace.ReasonTTL}
		},
	} {
		falsified := copied(tr)
		i := slices.IndexFunc(falsified.Journeys, func(j trace.Journey) bool { return len(j.Outcome.Segments) > 2 && len(j.Hops) > 0 })
		lie(&falsified.Journeys[i])
		if len(Judge(falsified, e).Classes()[WrongSegments]) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}
