package sim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tracer/sim"
	"tracer/sim/confine"
	"tracer/sim/labtest"
)

// serve is the program of TestProgram. It has a child that would outlive it.
func serve() {
	if err := exec.Command(os.Args[0], os.Args[1], "hang").Start(); err != nil {
		panic(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "from the program") })
	panic(http.ListenAndServe(":5000", nil))
}

func withProgram(t *testing.T, what string) sim.Topology {
	topo := topology(t)
	directory, command := labtest.Program(t, what)
	for i := range topo.Nodes {
		if topo.Nodes[i].Name == "flask" {
			topo.Nodes[i].Services = []sim.Service{{Port: 5000, Exec: command, Dir: directory}}
		}
	}
	return topo
}

// TestProgram: a scenario's program serves the container's port. It dies with the lab,
// and so does everything it started.
func TestProgram(t *testing.T) {
	if !labtest.Confined(t) {
		return
	}
	lab := build(t, withProgram(t, "listen"))
	if got := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != "200 from the program" {
		t.Errorf("%q", got)
	}
	running := func() int { return labtest.Running(t, "listen") + labtest.Running(t, "hang") }
	if n := running(); n != 2 {
		t.Errorf("%d processes, not the program and its child", n)
	}
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	for limit := time.Now().Add(5 * time.Second); running() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%d processes are left", running())
		}
	}
}

// An unconfined process does not run programs.
func TestProgramUnconfined(t *testing.T) {
	if confine.Confined() {
		t.Skip("this process is confined")
	}
	if _, err := sim.Build(t.Context(), withProgram(t, "listen"), sim.Options{}); !errors.Is(err, sim.ErrPrivilege) {
		t.Errorf("%v", err)
	}
}

func TestProgramFails(t *testing.T) {
	if !labtest.Confined(t) {
		return
	}
	_, err := sim.Build(t.Context(), withProgram(t, "exit"), sim.Options{})
	if err == nil || !strings.Contains(err.Error(), "exit status 3 before it listened on port 5000; it printed: no configuration found") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = sim.Build(ctx, withProgram(t, "hang"), sim.Options{})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "before it listened on port 5000") {
		t.Errorf("%v", err)
	}
	topo := withProgram(t, "exit")
	for i := range topo.Nodes {
		if topo.Nodes[i].Name == "flask" {
			topo.Nodes[i].Services[0].Exec = []string{"/no/such/program"}
		}
	}
	if _, err := sim.Build(t.Context(), topo, sim.Options{}); err == nil || !strings.Contains(err.Error(), "/no/such/program") || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
}
