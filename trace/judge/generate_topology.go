package judge

import (
	"fmt"
	"net/netip"

	"tracer/trace"
)

// topology chooses the nodes, their wires, addresses and routes:
//
//	client1 ── router1 ══ router2 ── server1        one or two of each; between the routers
//	client2 ──┘                 └─── server2        one wire, or two
//
//	client1 ── host [ br0 ]── server1               bridge: the servers are ports
//	                   └───── server2
//
// With an engine, the servers are its containers: see containers.
func (g *generator) topology() {
	clients, servers := 1+g.IntN(2), 1+g.IntN(2)
	bridge := g.has[Bridged] || g.has[Engines]
	routers := 1 + g.IntN(2)
	if bridge {
		routers, servers = 1, 2
	}
	if g.has[Engines] {
		servers = 3
	}
	for i := range clients {
		g.node(fmt.Sprintf("client%d", i+1), trace.RoleClient)
	}
	for i := range routers {
		role := trace.RoleRouter
		if bridge {
			role = trace.RoleHost
		}
		name := fmt.Sprintf("router%d", i+1)
		g.node(name, role)
		g.routers = append(g.routers, router{name: name})
		g.line(name, "sysctl net.ipv4.ip_forward=1")
	}
	for i := range servers {
		role := trace.RoleServer
		if bridge {
			role = trace.RoleContainer
		}
		g.node(fmt.Sprintf("server%d", i+1), role)
	}
	for i := range clients {
		name, iface := fmt.Sprintf("client%d", i+1), fmt.Sprintf("lan%d", i+1)
		at, gateway := g.cable(name, "eth0", g.routers[0].name, iface)
		g.clients = append(g.clients, host{name, at, gateway})
		g.routers[0].up = append(g.routers[0].up, face{iface, gateway})
		g.line(name, "ip route add default via %s", gateway)
	}
	switch {
	case g.has[Engines]:
		g.containers()
	case bridge:
		g.bridge(servers)
	default:
		g.backbone()
		g.serverLinks(servers)
	}
	if routers == 2 {
		g.returnRoutes()
	}
}

// backbone connects two routers, with one wire or two.
func (g *generator) backbone() {
	if len(g.routers) < 2 {
		return
	}
	a, b := &g.routers[0], &g.routers[1]
	wires := 1
	if g.has[Routing] && g.chance(60) {
		wires = 2
	}
	for i := range wires {
		out, in := fmt.Sprintf("wan%d", i+1), fmt.Sprintf("up%d", i+1)
		atA, atB := g.cable(a.name, out, b.name, in)
		a.down = append(a.down, face{out, atA})
		b.up = append(b.up, face{in, atB})
	}
	if wires == 2 {
		g.line(a.name, "ip route add default nexthop via %s nexthop via %s", b.up[0].address, b.up[1].address)
	} else {
		g.line(a.name, "ip route add default via %s", b.up[0].address)
	}
}

// returnRoutes adds the routes back to the clients.
func (g *generator) returnRoutes() {
	a, b := &g.routers[0], &g.routers[1]
	for _, up := range a.up {
		way := a.down[g.IntN(len(a.down))] // not always the incoming one
		g.line(b.name, "ip route add %s via %s", network(up.address), way.address)
	}
}

func network(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, 24).Masked() }

func (g *generator) serverLinks(servers int) {
	last := &g.routers[len(g.routers)-1]
	for i := range servers {
		name, iface := fmt.Sprintf("server%d", i+1), fmt.Sprintf("dmz%d", i+1)
		gateway, at := g.cable(last.name, iface, name, "eth0")
		g.servers = append(g.servers, host{name, at, gateway})
		last.down = append(last.down, face{iface, gateway})
		g.line(name, "ip route add default via %s", gateway)
	}
}

// bridge makes the servers ports of the router's bridge.
func (g *generator) bridge(servers int) {
	r := &g.routers[0]
	r.bridge = "br0"
	gateway := netip.MustParseAddr("172.17.0.1")
	segments := "gso_max_segs 1 "
	if g.has[Offloading] {
		segments = ""
	}
	g.line(r.name, "ip link add br0 %stype bridge", segments)
	g.line(r.name, "ip address add %s/16 dev br0", gateway)
	for i := range servers {
		name, port := fmt.Sprintf("server%d", i+1), fmt.Sprintf("port%d", i+1)
		g.wire(r.name, port, name, "eth0")
		at := netip.MustParseAddr(fmt.Sprintf("172.17.0.%d", i+2))
		g.line(r.name, "ip link set %s master br0", port)
		g.line(name, "ip address add %s/16 dev eth0", at)
		g.servers = append(g.servers, host{name, at, gateway})
	}
	g.line(r.name, "ip link set br0 up")
	for _, s := range g.servers {
		g.line(s.name, "ip route add default via %s", gateway)
	}
	r.down = []face{{"br0", gateway}}
	calls := 1
	if translated := g.has[Translations] || g.has[ReusedPorts]; g.chance(30) || translated && !g.has[PortNAT] {
		calls = 0
	}
	g.line(r.name, "sysctl net.bridge.bridge-nf-call-iptables=%d", calls)
	if g.chance(30) {
		g.line(r.name, "ip link set port1 type bridge_slave hairpin on")
	}
}
