package explain

import (
	"strings"
	"testing"

	"tracer/trace"
)

// TestSegmented: a recording shows which node divided a packet; captures show only where it was
// last seen whole.
func TestSegmented(t *testing.T) {
	for node, want := range map[string]string{
		"host": "divided by host into 3 segments, now separate packets: #2 to #4",
		"":     "divided after client/eth0 into 3 segments, now separate packets: #2 to #4",
	} {
		j := trace.Journey{
			ID: 1, Hops: []trace.Hop{{Node: "client", Interface: "eth0"}},
			Outcome: trace.Outcome{Kind: trace.OutcomeSegmented, Node: node, Segments: []int{2, 3, 4}},
		}
		if got := English().Outcome(&j); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		rows := English().Account(&trace.Trace{Journeys: []trace.Journey{j}}, Signs{}).Journey(&j)
		end := rows[len(rows)-1]
		if !strings.Contains(end.Text, want) || end.Node == "" {
			t.Errorf("the last row is %+v", end)
		}
	}
}
