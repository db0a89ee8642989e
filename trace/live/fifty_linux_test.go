package live

import (
	"strings"
	"sync"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
)

// TestFifty: fifty labs at once do not disturb each other. Each sees all of its own
// packets, and no others.
func TestFifty(t *testing.T) {
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	labs := 50
	if withRace {
		labs = 10 // readers seconds behind make equal packets ambiguous
	}
	var opened, sent, all sync.WaitGroup
	opened.Add(labs)
	sent.Add(labs)
	for i := range labs {
		all.Go(func() {
			session, err := Open(t.Context(), s, Options{})
			opened.Done()
			if err != nil {
				t.Errorf("lab %d: %v", i, err)
				sent.Done()
				return
			}
			opened.Wait() // now all are open
			run, err := session.Send(t.Context())
			sent.Done()
			if err != nil {
				t.Errorf("lab %d: %v", i, err)
			} else {
				translated(t, i, run)
			}
			sent.Wait()
			if err := session.Close(); err != nil {
				t.Errorf("lab %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// translated checks what holds for every run of flask-demo, even on a machine so busy
// that packets are retransmitted.
func translated(t *testing.T, lab int, run *trace.Trace) {
	if run.Answers[0].Text != "200 Hello" || gapsOf(run) != (trace.Gaps{}) {
		t.Errorf("lab %d: %+v, %+v\n%s", lab, run.Answers, run.Gaps, strings.Join(ambiguous(run), "\n"))
	}
	requests := 0
	for i := range run.Journeys {
		j := &run.Journeys[i]
		for k := range j.Hops {
			for _, c := range j.Hops[k].Changes {
				if c.Cause.Kind == trace.CauseInferred {
					t.Errorf("lab %d: #%d %s: %+v", lab, j.ID, j.Summary, c)
				}
			}
		}
		if j.Summary != "TCP SYN" || j.Outcome.Kind != trace.OutcomeDelivered {
			continue
		}
		requests++
		c := j.Hops[2].Changes[0]
		if len(j.Hops) != 5 || c.To != endpoint("172.17.0.2:5000") || c.Cause.Kind != trace.CauseRule && c.Cause.Kind != trace.CauseConntrack {
			t.Errorf("lab %d: %+v", lab, j)
		}
	}
	if requests == 0 {
		t.Errorf("lab %d: no request was delivered", lab)
	}
}
