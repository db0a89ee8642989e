package stitch

import (
	"bytes"
	"testing"

	"tracer/trace"
	"tracer/trace/savefile"
)

// without leaves the request's packet with the HTTP request out.
func without(r *savefile.Record) bool { return !bytes.Contains(r.Data, []byte("GET / HTTP")) }

func TestLosses(t *testing.T) {
	all := func(*savefile.Record) bool { return true }
	for _, c := range []struct {
		name string
		at   [5]bool // where it is missing
		want []trace.Loss
		lost bool
	}{
		{"everywhere behind ens160", [5]bool{false, false, true, true, true}, []trace.Loss{{After: 1, Never: 2}}, true},
		{"at docker0 only", [5]bool{false, false, true, false, false}, []trace.Loss{{After: 1, Never: 2, Passed: true}}, false},
		{"at the end", [5]bool{false, false, false, false, true}, []trace.Loss{{After: 3, Never: 4}}, true},
		{"at the beginning", [5]bool{true, true, false, false, false}, nil, false},
	} {
		var sources []Source
		for i, f := range dockerFiles {
			keep := all
			if c.at[i] {
				keep = without
			}
			sources = append(sources, file(t, altered(t, f.name, keep)))
		}
		r, err := Files(t.Context(), sources, Options{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Survey.Losses
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		for i, w := range c.want {
			if g := got[i]; g.After != w.After || g.Never != w.Never || g.Passed != w.Passed || g.Quiet || g.Packets != 1 || g.Examples[0].Journey != 8 {
				t.Errorf("%s: %+v, want %+v", c.name, g, w)
			}
		}
		o := r.Journeys[7].Outcome
		if o.Lost() != c.lost || c.lost && (o.Reason != trace.ReasonOthersWentOn || o.Others != r.Points[c.want[0].Never]) {
			t.Errorf("%s: #8 ended as %+v", c.name, o)
		}
	}
}

// Where a capture had ended, packets are not said to be lost.
func TestCaptureEnded(t *testing.T) {
	var sources []Source
	for i, f := range dockerFiles {
		ended := false
		sources = append(sources, file(t, altered(t, f.name, func(r *savefile.Record) bool {
			ended = ended || i >= 3 && !without(r)
			return !ended
		})))
	}
	r, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Survey.Losses {
		if !l.Quiet {
			t.Errorf("%+v", l)
		}
	}
	for i := range r.Journeys {
		if j := &r.Journeys[i]; j.Outcome.Lost() {
			t.Errorf("#%d %s: %+v", j.ID, j.Summary, j.Outcome)
		}
	}
}
