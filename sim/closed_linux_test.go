package sim_test

import (
	"testing"

	"tracer/sim"
)

// A lab that is closed says so.
func TestDoAfterClose(t *testing.T) {
	lab, err := sim.Build(t.Context(), sim.Topology{Name: "closed", Nodes: []sim.Node{{Name: "host", Role: sim.RoleHost}}}, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	if err := lab.Do("host", func() error { return nil }); err == nil {
		t.Error("it did something in a namespace that is gone")
	}
}
