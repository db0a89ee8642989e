package live

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/expect"
)

// load returns a copy of flask-demo to modify; see flask for a drawing.
func load(t *testing.T) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// service returns the only service of flask-demo.
func service(t *testing.T, s *scenarios.Scenario) *sim.Service {
	t.Helper()
	for i := range s.Topology.Nodes {
		if n := &s.Topology.Nodes[i]; n.Role == sim.RoleContainer && len(n.Services) > 0 {
			return &n.Services[0]
		}
	}
	t.Fatal("no service")
	return nil
}

// program replaces the service with one of the programs in [TestMain].
func program(t *testing.T, s *scenarios.Scenario, what string) {
	t.Helper()
	directory, command := labtest.Program(t, what)
	*service(t, s) = sim.Service{Port: 5000, Exec: command, Dir: directory}
}

// TestUnanswered: nothing listens on the port. The request is refused, and the reset is
// followed like any other packet.
func TestUnanswered(t *testing.T) {
	s := load(t)
	s.Traffic[0].URL = "http://192.168.52.203:81/"
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(tr.Answers[0].Text, "refused") {
		t.Errorf("answer %q", tr.Answers[0].Text)
	}
	if rst := find(t, tr, "TCP RST-ACK"); rst.Direction != trace.Reply || rst.Outcome.Kind != trace.OutcomeDelivered || rst.Outcome.Node != "client" {
		t.Errorf("reset: %+v", rst)
	}
	if syn := find(t, tr, "TCP SYN"); syn.Outcome.Kind != trace.OutcomeDelivered || syn.Outcome.Node != "host" {
		t.Errorf("SYN: %+v", syn.Outcome)
	}
}

// TestRefusedInside: the port is published, but nothing listens in the container. The
// container's reset is translated back like a reply.
func TestRefusedInside(t *testing.T) {
	s := load(t)
	service(t, s).Port = 5001
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(tr.Answers[0].Text, "refused") {
		t.Errorf("answer %q", tr.Answers[0].Text)
	}
	syn, rst := find(t, tr, "TCP SYN"), find(t, tr, "TCP RST-ACK")
	if syn.Outcome.Node != "flask" || rst.Outcome.Node != "client" || len(rst.Hops) != 5 {
		t.Fatalf("SYN %+v, reset %+v", syn.Outcome, rst)
	}
	src := change(&rst.Hops[3], trace.FieldSource)
	if src == nil || src.From != endpoint("172.17.0.2:5000") || src.To != endpoint("192.168.52.203:80") || !src.Cause.Reverse || src.Cause.Origin.Journey != syn.ID {
		t.Errorf("source of the reset: %+v", src)
	}
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
}

// TestProgram: a user's program can take the place of the built-in server.
func TestProgram(t *testing.T) {
	if !labtest.Confined(t) {
		return
	}
	s := load(t)
	program(t, s, "answer")
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range expect.Check(s, tr) {
		t.Errorf("line %d: %s", u.Line, u.Text)
	}
	for _, f := range unaccounted(tr) {
		t.Error(f)
	}
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
}

// TestCancelled: a canceled run soon returns what it has recorded, with the error.
func TestCancelled(t *testing.T) {
	if !labtest.Confined(t) {
		return
	}
	for _, c := range []struct {
		when     string
		service  string // what the program does; empty: the built-in server
		recorded string // a packet that must be recorded; empty: no trace at all
	}{
		{"building", "", ""},
		{"building", "never listen", ""},
		{"sending", "never answer", "TCP data (83 bytes)"},
		{"waiting", "", "TCP FIN-ACK"},
	} {
		t.Run(strings.TrimSpace(c.when+" "+c.service), func(t *testing.T) {
			s := load(t)
			if c.service != "" {
				program(t, s, c.service)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			cancelled := make(chan time.Time, 1)
			tr, err := Run(ctx, s, Options{Progress: func(what string) {
				if strings.HasPrefix(what, c.when) {
					go func() {
						for c.service != "" && ctx.Err() == nil {
							if labtest.Running(t, begun) > 0 {
								break
							}
							time.Sleep(time.Millisecond)
						}
						cancelled <- time.Now()
						cancel()
					}()
				}
			}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			// It waited for neither serviceStart nor requestLimit.
			if took := time.Since(<-cancelled); took > 3*time.Second {
				t.Errorf("it took %s to stop", took)
			}
			if c.recorded == "" {
				if tr != nil {
					t.Errorf("a trace of a network that was not built: %+v", tr)
				}
				return
			}
			if tr == nil {
				t.Fatal("no trace")
			}
			find(t, tr, c.recorded)
		})
	}
}
