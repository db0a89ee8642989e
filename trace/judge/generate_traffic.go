package judge

import (
	"fmt"
	"net/netip"
	"strings"
)

func address(s string) netip.Addr { return netip.MustParseAddr(s) }

// requests chooses the traffic.
func (g *generator) requests() {
	for range 4 + g.IntN(5) {
		switch g.IntN(10) {
		case 0, 1:
			g.ping()
		case 2, 3, 4:
			g.tcp()
		default:
			g.udp()
		}
	}
	if g.has[ReusedPorts] {
		g.reused()
	}
	if g.has[Equals] {
		s, c := g.anyService("udp"), pick(g, g.clients...)
		for _, from := range g.clients { // equal ports, too
			g.line(from.name, "send udp %s count=%d same=1 sport=6000 gap=%d &", s, 2+g.IntN(5), pick(g, 0, 0, 1, 20))
		}
		g.line(c.name, "send ping %s count=3 same=1", s.Addr())
	}
	if g.has[Multicasts] {
		g.multicast()
	}
	if g.has[Filtered] {
		c := pick(g, g.clients...)
		source := pick(g, "10.77.0.7", g.servers[0].address.String(), "127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0")
		g.line(c.name, "send raw %s source=%s sport=4000 count=2", g.anyService("udp"), source)
	}
	if g.has[Expiring] {
		c := pick(g, g.clients...)
		for ttl := range 3 {
			g.line(c.name, "send udp %s ttl=%d", g.anyService("udp"), ttl+1)
		}
		g.line(c.name, "send ping %s ttl=%d", pick(g, g.servers...).address, 1+g.IntN(3))
	}
	if g.has[Bulk] {
		g.line(pick(g, g.clients...).name, "send tcp %s reply=1048576 wait=2000", g.anyService("tcp"))
	}
	if g.has[Local] {
		s := pick(g, g.servers...)
		g.line(s.name, "send udp 127.0.0.1:%d count=2", udpPort)
		g.line(s.name, "send tcp %s:%d", s.address, tcpPort)
	}
	if g.has[Engines] {
		g.fromHost()
	}
	if g.has[Changing] {
		g.changes()
	}
	g.finish()
}

// finish makes some requests run concurrently.
func (g *generator) finish() {
	first := g.net.setup()
	for i := first; i < len(g.net.Lines); i++ {
		if l := &g.net.Lines[i]; l.Verb() == "send" && !l.Background() && g.chance(40) {
			l.Text += " &"
		}
	}
}

func (g *generator) anyService(protocol string) netip.AddrPort {
	var list []netip.AddrPort
	for _, s := range g.services {
		if s.protocol == protocol {
			list = append(list, s.to)
		}
	}
	return pick(g, list...)
}

// sender is mostly a client.
func (g *generator) sender() string {
	switch {
	case g.chance(10):
		return pick(g, g.routers...).name
	case g.chance(15):
		return pick(g, g.servers...).name
	}
	return pick(g, g.clients...).name
}

func (g *generator) ping() {
	to := pick(g, pick(g, g.servers...).address, g.routers[0].up[0].address, address("10.99.0.9"))
	size := pick(g, 16, 56, 56, 1400)
	if g.has[Fragmented] && g.chance(40) {
		size = 3000
	}
	g.line(g.sender(), "send ping %s count=%d size=%d", to, 1+g.IntN(3), size)
}

func (g *generator) tcp() {
	to := g.anyService("tcp")
	if g.chance(10) {
		to = netip.AddrPortFrom(to.Addr(), closedPort)
	}
	options := []string{fmt.Sprintf("reply=%d", pick(g, 64, 64, 1000, 5000, 40000))}
	if g.chance(40) {
		options = append(options, "close="+pick(g, "reset", "half", "early"))
	}
	if g.chance(10) {
		options = append(options, "tos=16")
	}
	options = append(options, fmt.Sprintf("wait=%d", pick(g, 300, 300, 1300)))
	g.line(g.sender(), "send tcp %s %s", to, strings.Join(options, " "))
}

func (g *generator) udp() {
	to := g.anyService("udp")
	if g.chance(15) {
		to = netip.AddrPortFrom(to.Addr(), closedPort)
	}
	var options []string
	size := pick(g, 16, 64, 64, 500, 1200)
	if g.has[Fragmented] && g.chance(50) {
		size = pick(g, 1600, 3000, 5000)
	}
	options = append(options, fmt.Sprintf("count=%d size=%d", 1+g.IntN(4), size))
	if g.chance(20) {
		options = append(options, "sport=6100")
	}
	if g.chance(30) {
		options = append(options, "df=1")
	}
	if g.chance(15) {
		options = append(options, "tos=16")
	}
	g.line(g.sender(), "send udp %s %s", to, strings.Join(options, " "))
}

// reused sends one request after the other through the rule that maps all to one port.
func (g *generator) reused() {
	c := pick(g, g.clients...)
	to := g.anyService("tcp")
	g.line(c.name, "send tcp %s wait=300", to)
	g.line(c.name, "pause %d", pick(g, 50, 2300))
	g.line(c.name, "send tcp %s wait=300", to)
}

func (g *generator) multicast() {
	for _, r := range g.routers[:1] {
		if g.chance(50) {
			setup := g.net.setup()
			join := Line{r.name, "join 239.1.2.3 9000 " + r.up[0].name}
			g.net.Lines = append(g.net.Lines[:setup:setup], append([]Line{join}, g.net.Lines[setup:]...)...)
		}
	}
	g.line(pick(g, g.clients...).name, "send udp 239.1.2.3:9000 count=2")
}
