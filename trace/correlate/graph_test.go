package correlate

import (
	"math/rand/v2"
	"testing"

	"tracer/trace"
)

// TestGraph: every point of the network of [world], and the edges between them.
func TestGraph(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(1, 1)))
	g := newGraph(&w.state)
	at := func(node, iface string, out bool) int {
		d := trace.In
		if out {
			d = trace.Out
		}
		i := g.at(node, iface, d)
		if i < 0 {
			t.Fatalf("no point %s/%s", node, iface)
		}
		return i
	}
	for _, s := range []struct {
		from, to int
		kind     edgeKind
	}{
		{at("client", "eth0", true), at("host", "ens160", false), wire},
		{at("host", "ens160", false), at("host", "docker0", true), stack},
		{at("host", "docker0", true), at("host", "veth", true), bridge},
		{at("host", "veth", true), at("flask", "eth0", false), wire},
		{at("flask", "eth0", true), at("host", "veth", false), wire},
		{at("host", "veth", false), at("host", "docker0", false), bridge},
		{at("host", "docker0", false), at("host", "ens160", true), stack},
		{at("host", "ens160", true), at("client", "eth0", false), wire},
		{at("host", "ens160", true), at("host", "docker0", true), 0},
		{at("host", "veth", false), at("host", "ens160", true), 0},
		{at("client", "eth0", true), at("host", "ens192", false), 0},
		{at("host", "ens160", false), at("host", "veth", true), 0},
	} {
		if got := g.between(s.from, s.to); got != s.kind {
			t.Errorf("%+v to %+v: %d, not %d", g.points[s.from].place, g.points[s.to].place, got, s.kind)
		}
	}
	if i := g.point("host", 99, trace.In); i >= 0 {
		t.Error("an unknown interface has a point")
	}
	if i := g.point("nobody", 1, trace.In); i >= 0 {
		t.Error("an unknown node has a point")
	}
}
