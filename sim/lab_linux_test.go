package sim_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/labtest"
)

// topology is flask-demo's:
//
//	client                    host                                  flask
//	192.168.52.202/24         192.168.52.203/24  docker0            172.17.0.2/16
//	eth0 ──────────────────── ens160             172.17.0.1/16      a web server on port 5000,
//	                                               │                published on the host's port 80
//	                                             vethb6b29d3 ────── eth0
func topology(t testing.TB) sim.Topology {
	t.Helper()
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	return s.Topology
}

func build(t testing.TB, topo sim.Topology) *sim.Lab {
	t.Helper()
	lab, err := sim.Build(t.Context(), topo, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	return lab
}

// output returns what a peer prints in a node's namespace.
func output(t testing.TB, lab *sim.Lab, node, program string, args ...string) string {
	t.Helper()
	path := labtest.Peer(t, program)
	var out []byte
	err := lab.Do(node, func() (err error) {
		out, err = exec.Command(path, args...).Output() // a child of this thread, in its namespace
		return err
	})
	if err != nil {
		t.Fatalf("%s %v in %s: %v", program, args, node, err)
	}
	return string(out)
}

func TestBuildFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sim.Build(ctx, topology(t), sim.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	broken := errors.New("broken")
	if _, err := sim.Build(t.Context(), topology(t), sim.Options{Prepare: func(n sim.Node) error {
		if n.Name == "host" {
			return broken
		}
		return nil
	}}); !errors.Is(err, broken) {
		t.Errorf("a failing Prepare: %v", err)
	}
	wrong := topology(t)
	wrong.Links[0].A.MTU = 5
	if _, err := sim.Build(t.Context(), wrong, sim.Options{}); !errors.Is(err, sim.ErrInvalid) {
		t.Errorf("an invalid topology: %v", err)
	}
}

// TestBridgeWithoutPorts: an engine without containers has a bridge that never carries a
// frame. The rest of the network works.
func TestBridgeWithoutPorts(t *testing.T) {
	topo := topology(t)
	for i := range topo.Nodes {
		if n := &topo.Nodes[i]; n.Name == "host" {
			n.Bridges = append(n.Bridges, sim.Bridge{Name: "br-idle", Index: 90, Addresses: []netip.Prefix{netip.MustParsePrefix("172.30.0.1/16")}})
		}
	}
	lab := build(t, topo)
	if got := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != "200 Hello" {
		t.Errorf("%q", got)
	}
}

// TestDoAfterClose: a closed lab reports that it is closed.
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

// TestTwoLabs: labs with the same addresses do not interfere.
func TestTwoLabs(t *testing.T) {
	one, two := topology(t), topology(t)
	for i := range two.Nodes {
		if two.Nodes[i].Name == "flask" {
			two.Nodes[i].Services[0].Body = "the other"
		}
	}
	a, b := build(t, one), build(t, two)
	for _, c := range []struct {
		lab  *sim.Lab
		want string
	}{{a, "200 Hello"}, {b, "200 the other"}} {
		if got := c.lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if got := b.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != "200 the other" {
		t.Errorf("after the other lab was closed: %q", got)
	}
}

// TestHarmless: the machine's own network is unchanged before, during and after, and
// nothing is mounted or named.
func TestHarmless(t *testing.T) {
	network, places := ownNetwork(t), ownPlaces(t)
	unchanged := func(when string) {
		t.Helper()
		if now := ownNetwork(t); now != network {
			t.Errorf("%s:\n%s\nbefore:\n%s", when, now, network)
		}
		// Another process may mount something for a moment.
		var added []string
		for limit := time.Now().Add(5 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
			added = slices.DeleteFunc(ownPlaces(t), func(p string) bool { return slices.Contains(places, p) })
			if len(added) == 0 {
				return
			}
		}
		t.Errorf("%s there is also %q", when, added)
	}
	lab := build(t, topology(t))
	unchanged("while the lab is there")
	lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"})
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	unchanged("after the lab")
}

// ownNetwork describes this process's network.
func ownNetwork(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, f := range []string{
		"/proc/net/dev_mcast", "/proc/net/route", "/proc/net/ipv6_route", "/proc/net/fib_trie",
		"/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/conf/all/rp_filter", "/proc/sys/net/ipv4/conf/default/rp_filter",
	} {
		text, err := os.ReadFile(f)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		b.Write(text)
	}
	links, err := os.ReadDir("/sys/class/net")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		b.WriteString(l.Name() + "\n")
	}
	return b.String()
}

// ownPlaces lists this process's mounts, and the named network namespaces.
func ownPlaces(t *testing.T) []string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	places := strings.Split(string(mounts), "\n")
	named, err := os.ReadDir("/run/netns")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, n := range named {
		places = append(places, n.Name())
	}
	return places
}

func BenchmarkBuild(b *testing.B) {
	topo := topology(b)
	for b.Loop() {
		lab, err := sim.Build(b.Context(), topo, sim.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := lab.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
