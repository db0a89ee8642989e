package docker

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tracer/sim"
)

// TestInternal: an internal network has no nat rules, and in filter those that Engine 20.10
// writes for it. Networks that are created later come before it.
func TestInternal(t *testing.T) {
	topo := host()
	e := Engine{Version: "20.10", Networks: []Network{
		DefaultBridge, {Name: "back", Bridge: "br-back", Gateway: netip.MustParsePrefix("172.18.0.1/16"), Internal: true},
	}, Containers: []Container{{Name: "db", Network: "back"}}}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	n, _ := topo.Node("host")
	for _, r := range specs(n, "nat") {
		if strings.Contains(r, "br-back") || strings.Contains(r, "172.18.") {
			t.Errorf("nat %s", r)
		}
	}
	want := []string{
		"FORWARD -i br-back -o br-back -j ACCEPT",
		"DOCKER-ISOLATION-STAGE-1 ! -s 172.18.0.0/16 -o br-back -j DROP",
		"DOCKER-ISOLATION-STAGE-1 ! -d 172.18.0.0/16 -i br-back -j DROP",
	}
	var got []string
	for _, r := range specs(n, "filter") {
		if strings.Contains(r, "br-back") {
			got = append(got, r)
		}
	}
	if !slices.Equal(got, want) || specs(n, "filter")[2] != want[0] {
		t.Errorf("%q, not %q, in\n%s", got, want, strings.Join(specs(n, "filter"), "\n"))
	}
	e.Containers[0].Publish = publish(t, "80:80")
	if err := e.Install(host(), "host"); err == nil {
		t.Error("a port is published on an internal network")
	}
}

// TestSpecial: a container may share the host's namespace or another container's, or have one
// without an interface.
func TestSpecial(t *testing.T) {
	served := func(port uint16) []sim.Service { return []sim.Service{{Port: port}} }
	e := Engine{Version: "20.10", Networks: []Network{DefaultBridge}, Containers: []Container{
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
