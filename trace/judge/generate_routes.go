package judge

// routing chooses unusual routes.
func (g *generator) routing() {
	first := &g.routers[0]
	if g.has[Routing] {
		kind := pick(g, "blackhole", "unreachable", "prohibit", "throw")
		r := pick(g, g.routers...)
		g.line(r.name, "ip route add %s 10.66.0.0/24", kind)
		g.offer("udp", address("10.66.0.2"), udpPort)
		if g.chance(50) { // no such machine
			g.offer("udp", g.servers[0].address.Next().Next().Next(), udpPort)
		}
	}
	if g.has[Policies] {
		g.policy(first)
	}
	if g.has[Filtered] {
		r := pick(g, g.routers...)
		g.line(r.name, "sysctl net.ipv4.conf.all.rp_filter=%d", pick(g, 1, 1, 2))
		if g.chance(50) {
			g.line(pick(g, g.servers...).name, "sysctl net.ipv4.conf.all.rp_filter=1")
		}
	}
	if g.chance(10) { // the packets of one side only
		g.line(first.name, "sysctl net.ipv4.conf.%s.forwarding=0", pick(g, append(first.up, first.down...)...).name)
	}
}

// policy adds a routing table that some packets use.
func (g *generator) policy(r *router) {
	select1 := pick(g, "from "+g.clients[0].address.String(), "iif "+r.up[0].name, "fwmark 0x7", "tos 0x10", "to "+g.servers[0].address.String())
	g.line(r.name, "ip rule add %s lookup 100 priority 100", select1)
	switch {
	case g.chance(30):
		g.line(r.name, "ip route add %s default table 100", pick(g, "unreachable", "blackhole", "prohibit"))
	case len(g.routers) == 2:
		g.line(r.name, "ip route add default via %s table 100", pick(g, g.routers[1].up...).address)
	default:
		for _, d := range r.down {
			g.line(r.name, "ip route add %s dev %s table 100", network(d.address), d.name)
		}
	}
	if select1 == "fwmark 0x7" {
		g.line(r.name, "iptables -t mangle -A PREROUTING -p udp -j MARK --set-xmark 0x7/0xffffffff")
	}
}

// links chooses small MTUs, and interfaces that cannot divide large packets.
func (g *generator) links() {
	if g.has[Offloading] {
		g.dividers()
	}
	if !g.has[SmallMTU] {
		return
	}
	last := g.routers[len(g.routers)-1]
	mtu := pick(g, 600, 1000, 1400)
	if last.bridge == "" {
		g.line(last.name, "ip link set %s mtu %d", last.down[len(last.down)-1].name, mtu)
		return
	}
	g.line(last.name, "ip link set %s mtu %d", last.bridge, mtu)
}

// dividers chooses interfaces at which the kernel divides packets, wholly or in part.
func (g *generator) dividers() {
	for _, w := range g.net.Wires {
		for _, p := range []Port{w.A, w.B} {
			switch g.IntN(8) {
			case 0:
				g.line(p.Node, "plain %s", p.Interface)
			case 1:
				g.line(p.Node, "ip link set %s gso_max_segs %d", p.Interface, 1+g.IntN(4))
			}
		}
	}
}
