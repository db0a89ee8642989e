package live

import (
	"slices"
	"testing"

	"github.com/google/nftables"

	"tracer/trace"
	"tracer/trace/nftrace"
)

// TestSendAgain: traffic can be sent several times. Each trace extends the previous one,
// numbering continues, and a trace that was returned does not change.
func TestSendAgain(t *testing.T) {
	s, err := Open(t.Context(), load(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	first, err := s.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	journeys, frames := slices.Clone(first.Journeys), slices.Clone(first.Frames)
	again, err := s.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Journeys) != len(journeys) || len(first.Frames) != len(frames) || len(first.Answers) != 1 {
		t.Error("the first trace has changed")
	}
	if gapsOf(again) != (trace.Gaps{}) || len(again.Answers) != 2 || again.Answers[1].Text != "200 Hello" {
		t.Errorf("gaps %+v, answers %v", again.Gaps, again.Answers)
	}
	for i := range again.Frames {
		if f := &again.Frames[i]; f.Number != i+1 || f.Interface == "" {
			t.Errorf("frame %d: number %d on %q", i, f.Number, f.Interface)
		}
	}
	var syns, replies []*trace.Journey
	for i := range again.Journeys {
		j := &again.Journeys[i]
		if j.Background() {
			continue
		}
		if j.Outcome.Kind != trace.OutcomeDelivered {
			t.Errorf("#%d %s: %s", j.ID, j.Summary, j.Outcome.Kind)
		}
		switch j.Summary {
		case "TCP SYN":
			syns = append(syns, j)
		case "TCP SYN-ACK":
			replies = append(replies, j)
		}
	}
	if len(syns) != 2 || len(replies) != 2 {
		t.Fatalf("%d SYNs, %d SYN-ACKs", len(syns), len(replies))
	}
	for i := range syns {
		if c := change(&syns[i].Hops[2], trace.FieldDestination); c == nil || c.Cause.Kind != trace.CauseRule || c.Cause.Rule.Text != dnatRule {
			t.Errorf("SYN %d: %+v", i, c)
		}
		c := change(&replies[i].Hops[len(replies[i].Hops)-1], trace.FieldSource)
		for k := range replies[i].Hops {
			if c == nil {
				c = change(&replies[i].Hops[k], trace.FieldSource)
			}
		}
		if c == nil || c.Cause.Kind != trace.CauseConntrack || c.Cause.Origin.Journey != syns[i].ID {
			t.Errorf("SYN-ACK %d: %+v, not of #%d", i, c, syns[i].ID)
		}
	}
	dnat := again.State.Node("host").Table("nat").Chain("DOCKER").Rules[1]
	if dnat.Packets != 2 {
		t.Errorf("the DNAT rule counted %d packets", dnat.Packets)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestSendAgainOften: traffic can be sent many times.
func TestSendAgainOften(t *testing.T) {
	s, err := Open(t.Context(), load(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 10 {
		tr, err := s.Send(t.Context())
		if err != nil || gapsOf(tr) != (trace.Gaps{}) {
			t.Fatalf("time %d: %v, gaps %+v", i+1, err, tr.Gaps)
		}
		for _, f := range unaccounted(tr) {
			t.Errorf("time %d: %s", i+1, f)
		}
	}
}

// TestProbeRemoved: after sending, tracer's table is gone, and the network remains.
func TestProbeRemoved(t *testing.T) {
	s, err := Open(t.Context(), load(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tables := func() (names []string) {
		t.Helper()
		err := s.Do("host", func() error {
			conn, err := nftables.New()
			if err != nil {
				return err
			}
			list, err := conn.ListTables()
			for _, table := range list {
				names = append(names, table.Name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if names := tables(); !slices.Contains(names, nftrace.Table) || !slices.Contains(names, "nat") {
		t.Fatalf("before sending: tables %v", names)
	}
	if _, err := s.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.recorder.closing.Wait()
	if names := tables(); slices.Contains(names, nftrace.Table) || !slices.Contains(names, "nat") {
		t.Errorf("after sending: tables %v", names)
	}
}
