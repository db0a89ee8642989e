package live

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// TestForwardingOfInterface: whether the kernel forwards a packet depends on the interface
// that received it, and so does the reason given when it does not.
//
//	client ── ens160 host docker0 ── flask      ip_forward reads 1; ens160 does not forward
func TestForwardingOfInterface(t *testing.T) {
	for _, c := range []struct {
		name    string
		sysctls []sim.Sysctl
		blamed  string
	}{
		{"one interface", []sim.Sysctl{{Key: "net.ipv4.conf.ens160.forwarding", Value: "0"}}, "net.ipv4.conf.ens160.forwarding=0"},
		{"the whole node", []sim.Sysctl{{Key: "net.ipv4.ip_forward", Value: "0"}}, "net.ipv4.ip_forward=0"},
		{"another interface", []sim.Sysctl{{Key: "net.ipv4.conf.docker0.forwarding", Value: "0"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := scenarios.Load("flask-demo")
			if err != nil {
				t.Fatal(err)
			}
			for i := range s.Topology.Nodes {
				if n := &s.Topology.Nodes[i]; n.Role == sim.RoleHost {
					n.Sysctls = append(n.Sysctls, c.sysctls...)
				}
			}
			for i := range s.Traffic {
				s.Traffic[i].Timeout = 300 * time.Millisecond
			}
			tr, err := Run(t.Context(), s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			syn := find(t, tr, "TCP SYN")
			said := explain.English().Outcome(syn)
			if (syn.Outcome.Reason == trace.ReasonNotForwarding) != (c.blamed != "") || !strings.Contains(said, c.blamed) {
				t.Errorf("%+v: %s", syn.Outcome, said)
			}

			// JSON keeps both the interfaces' settings and the value of ip_forward.
			var text bytes.Buffer
			if err := export.JSON(&text, tr, explain.English()); err != nil {
				t.Fatal(err)
			}
			again, err := export.Read(&text)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range tr.State.Nodes {
				read := again.State.Node(n.Name)
				if read.Forwarding != n.Forwarding {
					t.Errorf("%s forwards: %v, and is read as %v", n.Name, n.Forwarding, read.Forwarding)
				}
				for k, i := range n.Interfaces {
					if got := read.Interfaces[k].Forwarding; got != i.Forwarding {
						t.Errorf("%s/%s forwards: %v, and is read as %v", n.Name, i.Name, i.Forwarding, got)
					}
				}
			}
		})
	}
}
