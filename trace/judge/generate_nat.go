package judge

import (
	"fmt"
	"net/netip"
	"strings"
)

// The ports that servers listen on, and those that rules publish.
const (
	udpPort, tcpPort       = 53, 80
	publishedUDP, webProxy = 5300, 8080
	closedPort             = 99
	localPort              = 7000 // on the routers, for REDIRECT
)

// serve puts servers on the edge, and sometimes on a router.
func (g *generator) serve() {
	for _, s := range g.servers {
		reply := pick(g, 16, 64, 64, 200, 1400)
		if g.has[Fragmented] && g.chance(50) {
			reply = 3000
		}
		g.line(s.name, "serve udp %d reply=%d", udpPort, reply)
		g.line(s.name, "serve tcp %d", tcpPort)
		g.offer("udp", s.address, udpPort)
		g.offer("tcp", s.address, tcpPort)
	}
	for _, r := range g.routers {
		if g.chance(50) {
			g.line(r.name, "serve udp %d", localPort)
			g.line(r.name, "serve tcp %d", localPort)
			g.offer("udp", r.up[0].address, localPort)
			g.offer("tcp", r.up[0].address, localPort)
		}
	}
}

func (g *generator) offer(protocol string, to netip.Addr, port uint16) {
	g.services = append(g.services, service{protocol, netip.AddrPortFrom(to, port)})
}

// translations chooses NAT rules for each router.
func (g *generator) translations() {
	if g.has[Mapped] {
		g.netmap(&g.routers[len(g.routers)-1])
	}
	if !g.has[Translations] && !g.has[ReusedPorts] {
		return
	}
	for i := range g.routers {
		r := &g.routers[i]
		if g.has[Translations] {
			g.destinations(r)
			if g.chance(60) {
				g.sources(r)
			}
			if r.bridge != "" && g.has[PortNAT] {
				g.portNAT(r)
			}
		}
		if g.has[ReusedPorts] && i == 0 {
			g.reuse(r)
		}
	}
	if g.has[Local] && g.has[Translations] {
		g.local()
	}
}

// local translates packets that the nodes themselves send.
func (g *generator) local() {
	c, s := pick(g, g.clients...), pick(g, g.servers...)
	g.line(c.name, "iptables -t nat -A OUTPUT -p udp -m udp --dport 5353 -j DNAT --to-destination %s:%d", s.address, udpPort)
	g.offer("udp", c.gateway, 5353)
	if g.chance(50) {
		g.line(s.name, "iptables -t nat -A OUTPUT -p tcp -m tcp --dport 8081 -j REDIRECT --to-ports %d", tcpPort)
		g.offer("tcp", c.address, 8081)
	}
	if r := pick(g, g.routers...); g.chance(50) {
		g.line(r.name, "iptables -t nat -A OUTPUT -p udp -m udp --dport 5354 -j DNAT --to-destination %s:%d", s.address, udpPort)
		g.line(r.name, "iptables -t nat -A OUTPUT -p udp -m udp --dport 5355 -j REDIRECT --to-ports %d", localPort)
		g.offer("udp", r.up[0].address, 5354)
		g.offer("udp", s.address, 5355)
	}
}

// netmap translates whole networks: the servers' network gets a second range of addresses, and
// the clients' network sometimes does, too.
func (g *generator) netmap(r *router) {
	s := pick(g, g.servers...)
	for _, p := range []struct {
		protocol string
		port     uint16
	}{{"udp", udpPort}, {"tcp", tcpPort}} {
		g.offer(p.protocol, mapped(s.address), p.port)
	}
	g.line(r.name, "iptables -t nat -A PREROUTING -d 10.200.0.0/24 -j NETMAP --to %s", network(s.address))
	if g.chance(50) {
		g.line(r.name, "iptables -t nat -A POSTROUTING -s %s -o %s -j NETMAP --to 10.201.0.0/24", network(g.clients[0].address), pick(g, r.down...).name)
		g.line(s.name, "ip route add 10.201.0.0/24 via %s", s.gateway)
	}
}

// mapped returns the address in 10.200.0.0/24 with the same host part.
func mapped(a netip.Addr) netip.Addr { return netip.AddrFrom4([4]byte{10, 200, 0, a.As4()[3]}) }

// destinations publishes servers on a router.
func (g *generator) destinations(r *router) {
	for _, p := range []struct {
		protocol       string
		published, own int
	}{{"udp", publishedUDP, udpPort}, {"tcp", webProxy, tcpPort}} {
		to := r.up[g.IntN(len(r.up))].address
		match := fmt.Sprintf("-d %s/32 -p %s -m %s --dport %d", to, p.protocol, p.protocol, p.published)
		g.offer(p.protocol, to, uint16(p.published))
		switch g.IntN(5) {
		case 0:
			g.line(r.name, "iptables -t nat -A PREROUTING -p %s -m %s --dport %d -j REDIRECT --to-ports %d", p.protocol, p.protocol, p.published, localPort)
		case 1:
			if len(g.servers) > 1 {
				g.line(r.name, "iptables -t nat -A PREROUTING %s -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination %s:%d", match, g.servers[1].address, p.own)
			}
			g.line(r.name, "iptables -t nat -A PREROUTING %s -j DNAT --to-destination %s:%d", match, g.servers[0].address, p.own)
		case 2:
			g.line(r.name, "iptables -t nat -N SERVICES")
			g.line(r.name, "iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j SERVICES")
			g.line(r.name, "iptables -t nat -A SERVICES %s -j DNAT --to-destination %s:%d", match, pick(g, g.servers...).address, p.own)
		default:
			g.line(r.name, "iptables -t nat -A PREROUTING %s -j DNAT --to-destination %s:%d", match, pick(g, g.servers...).address, p.own)
		}
	}
	g.once()
}

// once removes repeated lines, such as a chain that is created twice.
func (g *generator) once() {
	seen := map[Line]bool{}
	kept := g.net.Lines[:0]
	for _, l := range g.net.Lines {
		if made := strings.Contains(l.Text, " -N ") || strings.HasSuffix(l.Text, "-j SERVICES"); made && seen[l] {
			continue
		}
		seen[l] = true
		kept = append(kept, l)
	}
	g.net.Lines = kept
}

// sources translates the clients' addresses.
func (g *generator) sources(r *router) {
	out := pick(g, r.down...)
	what := pick(g, "", fmt.Sprintf(" -s %s", network(g.clients[0].address)), " -p tcp", " -p udp")
	switch g.IntN(5) {
	case 0:
		g.line(r.name, "iptables -t nat -A POSTROUTING%s -o %s -j SNAT --to-source %s", what, out.name, out.address)
	case 1:
		g.line(r.name, "iptables -t nat -A POSTROUTING -p udp -o %s -j SNAT --to-source %s:40000-40010", out.name, out.address)
	case 2:
		g.line(r.name, "iptables -t nat -A POSTROUTING -p tcp -o %s -j MASQUERADE --to-ports 50000-50100", out.name)
	default:
		g.line(r.name, "iptables -t nat -A POSTROUTING%s -o %s -j MASQUERADE", what, out.name)
	}
}

// portNAT translates traffic that only crosses the bridge.
func (g *generator) portNAT(r *router) {
	if g.chance(50) {
		g.line(r.name, "iptables -t nat -A POSTROUTING -o %s -j MASQUERADE", r.bridge)
	}
	if g.chance(50) {
		g.line(r.name, "iptables -t nat -I PREROUTING 1 -i %s -p udp -m udp --dport 5400 -j DNAT --to-destination %s:%d", r.bridge, g.servers[0].address, udpPort)
		g.offer("udp", g.servers[0].gateway, 5400)
	}
}

// reuse makes all connections look the same to the server.
func (g *generator) reuse(r *router) {
	out := r.down[0]
	g.line(r.name, "sysctl net.netfilter.nf_conntrack_tcp_timeout_time_wait=1")
	g.line(r.name, "sysctl net.netfilter.nf_conntrack_udp_timeout=1")
	g.line(r.name, "sysctl net.netfilter.nf_conntrack_udp_timeout_stream=1")
	g.line(r.name, "iptables -t nat -I POSTROUTING 1 -p tcp -o %s -j SNAT --to-source %s:5555", out.name, out.address)
	g.line(r.name, "iptables -t nat -I POSTROUTING 1 -p udp -o %s -j SNAT --to-source %s:5555", out.name, out.address)
}
