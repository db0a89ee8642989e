package live

import (
	"testing"

	"tracer/sim"
	"tracer/trace"
)

// TestSnapshot: a lab adds what the kernel does not know: names, roles, and the ends of
// links.
func TestSnapshot(t *testing.T) {
	l, err := sim.Build(t.Context(), load(t).Topology, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := newLab(l, nil).Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for node, role := range map[string]trace.Role{"client": trace.RoleClient, "host": trace.RoleHost, "flask": trace.RoleContainer} {
		if n := s.State.Node(node); n == nil || n.Role != role {
			t.Errorf("%s: %+v", node, n)
		}
	}
	for _, c := range []struct{ node, iface, peer string }{
		{"host", "vethb6b29d3", "flask/eth0"}, {"flask", "eth0", "host/vethb6b29d3"}, {"client", "eth0", "host/ens160"},
		{"host", "ens160", "client/eth0"}, {"host", "docker0", ""}, {"host", "lo", ""},
	} {
		if i := s.State.Node(c.node).Interface(c.iface); i == nil || i.Peer != c.peer {
			t.Errorf("%s/%s: %+v", c.node, c.iface, i)
		}
	}
	if s.State.Kernel == "" || len(s.Rules["host"]) != len(s.State.Node("host").Rules) || len(s.Rules["host"]) == 0 {
		t.Errorf("kernel %q, rules %+v", s.State.Kernel, s.Rules["host"])
	}
}
