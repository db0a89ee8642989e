package docker

import (
	"fmt"
	"slices"
	"testing"

	"tracer/sim"
)

// TestSpecial: a container may share the host's namespace or another container's, or have one
// without an interface.
func TestSpecial(t *testing.T) {
	served := func(port uint16) []sim.Service { return []sim.Service{{Port: port}} }
	e := Engine{Version: "20.10", Networks: []Network{DefaultBridge()}, Containers: []Container{
		{Name: "nginx", Network: "host", Services: served(80)},
		{Name: "alone", Network: "none", Services: served(81)},
		{Name: "web", Network: "bridge", Services: served(82)},
		{Name: "aside", Network: "container:web", Services: served(83)},
	}}
	topo := host()
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	if err := topo.Validate(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range topo.Nodes {
		line := fmt.Sprint(n.Name, " links ", len(topo.Endpoints(n.Name)), " routes ", len(n.Routes), " ports")
		for _, s := range n.Services {
			line += fmt.Sprint(" ", s.Port)
		}
		got = append(got, line)
	}
	want := []string{
		"client links 1 routes 0 ports", "host links 2 routes 0 ports 80", "alone links 0 routes 0 ports 81", "web links 1 routes 1 ports 82 83",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	for _, wrong := range []Container{
		{Name: "x", Network: "nowhere"}, {Name: "x", Network: "container:later"}, {Name: "x", Network: "container:aside"},
		{Name: "x", Network: "host", Publish: publish(t, "80:80")}, {Name: "x", Network: "none", Veth: "veth0"},
	} {
		bad := e
		bad.Containers = append(slices.Clone(e.Containers), wrong, Container{Name: "later", Network: "bridge"})
		if err := bad.Install(host(), "host"); err == nil {
			t.Errorf("%+v was installed", wrong)
		}
	}
}
