package correlate

import (
	"testing"

	"tracer/trace"
)

// TestGraph: every point of the network of flask-demo, and the edges between them.
func TestGraph(t *testing.T) {
	g := newGraph(&flaskDemo(t).State)
	at := func(node, iface string, d trace.Direction) int {
		i := g.at(node, iface, d)
		if i < 0 {
			t.Fatalf("no point %s/%s", node, iface)
		}
		return i
	}
	const in, out = trace.In, trace.Out
	for _, s := range []struct {
		from, to int
		kind     edgeKind
	}{
		{at("client", "eth0", out), at("host", "ens160", in), wire},
		{at("host", "ens160", in), at("host", "docker0", out), stack},
		{at("host", "docker0", out), at("host", "veth", out), bridge},
		{at("host", "veth", out), at("flask", "eth0", in), wire},
		{at("flask", "eth0", out), at("host", "veth", in), wire},
		{at("host", "veth", in), at("host", "docker0", in), bridge},
		{at("host", "docker0", in), at("host", "ens160", out), stack},
		{at("host", "ens160", out), at("client", "eth0", in), wire},
		{at("host", "ens160", out), at("host", "docker0", out), 0},
		{at("host", "veth", in), at("host", "ens160", out), 0},
		{at("client", "eth0", out), at("host", "ens192", in), 0},
		{at("host", "ens160", in), at("host", "veth", out), 0},
	} {
		if got := g.between(s.from, s.to); got != s.kind {
			t.Errorf("%+v to %+v: %d, not %d", g.points[s.from].place, g.points[s.to].place, got, s.kind)
		}
	}
	if i := g.point("host", 99, in); i >= 0 {
		t.Error("an unknown interface has a point")
	}
	if i := g.point("nobody", 1, in); i >= 0 {
		t.Error("an unknown node has a point")
	}
}
