package painter

import (
	"net/netip"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/netmap"
	"tracer/tui/internal/canvas"
)

func simple() Look {
	return Look{
		Corners: [4]string{"+", "+", "+", "+"}, Across: "-", Down: "|", HeavyAcross: "=", HeavyDown: "#", Bends: [4]string{"r", "l", "R", "L"}, HeavyBends: [4]string{"#", "#", "#", "#"},
		Fork: "+", Branch: "+", ForkEnd: "+", Port: "o", Seen: "@", Rightwards: ">", Leftwards: "<", Stay: "*", Dead: "X", Then: ">", Pencil: "*",
	}
}

// demo returns the network client — host with docker0 — flask.
func demo() *trace.State {
	iface := func(name, kind, address, peer, master string) trace.Interface {
		i := trace.Interface{Name: name, Kind: kind, Peer: peer, Master: master}
		if address != "" {
			i.Addresses = []netip.Prefix{netip.MustParsePrefix(address)}
		}
		return i
	}
	return &trace.State{Nodes: []trace.Node{
		{Name: "client", Role: trace.RoleClient, Interfaces: []trace.Interface{iface("eth0", "veth", "10.1.0.1/24", "host/ens160", "")}},
		{Name: "host", Role: trace.RoleHost, Interfaces: []trace.Interface{
			iface("ens160", "veth", "10.2.0.1/24", "client/eth0", ""), iface("veth0", "veth", "", "flask/eth0", "docker0"), iface("docker0", "bridge", "172.17.0.1/16", "", ""),
		}},
		{Name: "flask", Role: trace.RoleContainer, Interfaces: []trace.Interface{iface("eth0", "veth", "10.3.0.1/24", "host/veth0", "")}},
	}}
}

// TestDraw: a path is drawn from port to port, with the packet at its end.
func TestDraw(t *testing.T) {
	at := func(places ...string) (out []netmap.Place) {
		for _, p := range places {
			node, name, _ := strings.Cut(p, "/")
			out = append(out, netmap.Place{Node: node, Interface: name})
		}
		return out
	}
	m := netmap.New(demo(), nil, 200, canvas.Width)
	for _, c := range []struct {
		way  netmap.Way
		want []string
	}{
		{netmap.Way{}, []string{"eth0 o---o ens160  o docker0 ---- veth0 o---o eth0"}},
		{netmap.Way{Visited: at("client/eth0")}, []string{"eth0 >---o ens160"}},
		{netmap.Way{Visited: at("client/eth0", "host/ens160", "host/docker0", "host/veth0", "flask/eth0")}, []string{"eth0 @===@ ens160", "@ docker0", "=== veth0 @===> eth0"}},
		{netmap.Way{Visited: at("flask/eth0", "host/veth0")}, []string{"veth0 <===@ eth0"}},
		{netmap.Way{Visited: at("client/eth0", "host/ens160"), Dead: true}, []string{"eth0 @===X ens160"}},
	} {
		screen := canvas.New(m.W, m.H, true)
		Draw(m, screen.All(), c.way, simple())
		for _, want := range c.want {
			if !strings.Contains(screen.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.way, want, screen)
			}
		}
	}
}
