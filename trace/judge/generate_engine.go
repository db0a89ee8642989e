package judge

import (
	"fmt"
	"net/netip"
	"strings"

	"tracer/sim"
	"tracer/sim/docker"
	"tracer/sim/rule"
)

// The ports that containers publish.
const (
	dockerTCP, dockerUDP, dockerApp = 8000, 5301, 8001
	dockerLocal                     = 8002 // at 127.0.0.1
)

// containers makes the servers containers of an engine on the router: two on the default
// bridge, and one on a network of its own.
//
//	client1 ── host ─┬─[ docker0 ]─┬── server1
//	                 │             └── server2
//	                 └─[ br-app ]───── server3
func (g *generator) containers() {
	r := &g.routers[0]
	e := docker.Engine{Version: pick(g, docker.Versions()...), Networks: []docker.Network{docker.DefaultBridge(), {
		Name: "app", Bridge: "br-app", Gateway: netip.MustParsePrefix("172.18.0.1/16"),
	}}}
	e.Options.NoProxy = g.chance(60)
	g.networkOptions(&e)
	for i, n := range e.Networks {
		g.dockerBridge(r, &n)
		for range 2 - i {
			g.container(r, &e, &n)
		}
	}
	for i := range e.Networks {
		if n := &e.Networks[i]; g.net.IP.six() {
			n.Gateway6 = prefix6(n.Gateway)
		}
	}
	r.bridge, r.down = "docker0", []face{{"docker0", e.Networks[0].Gateway.Addr()}, {"br-app", e.Networks[1].Gateway.Addr()}}
	g.publish(&e)
	g.engine = g.written(&e)
	g.line(r.name, engineHere)
	g.line(r.name, "sysctl net.bridge.bridge-nf-call-iptables=%d", g.IntN(2))
}

// networkOptions chooses options that the engine has.
func (g *generator) networkOptions(e *docker.Engine) {
	n := &e.Networks[1]
	n.Internal, n.NoICC, n.NoMasquerade = g.chance(15), g.chance(20), g.chance(20)
	if mode := docker.Mode(g.IntN(len(docker.Modes()))); e.Version != "20.10" && !n.Internal && g.chance(30) {
		n.Mode = mode
	}
	if strings.HasPrefix(e.Version, "29") && g.chance(20) {
		e.Options.AcceptMark = &docker.Mark{Value: 9, Mask: 0xffffffff}
	}
	e.Options.NoForwardDrop = e.Version != "20.10" && g.chance(15)
}

// dockerBridge makes the bridge of a network.
func (g *generator) dockerBridge(r *router, n *docker.Network) {
	segments := "gso_max_segs 1 "
	if g.has[Offloading] {
		segments = ""
	}
	g.line(r.name, "ip link add %s %stype bridge", n.Bridge, segments)
	g.line(r.name, "ip address add %s dev %s", n.Gateway, n.Bridge)
	g.line(r.name, "ip link set %s up", n.Bridge)
}

// container attaches a server to a network.
func (g *generator) container(r *router, e *docker.Engine, n *docker.Network) {
	number := len(g.servers) + 1
	name, port := fmt.Sprintf("server%d", number), fmt.Sprintf("port%d", number)
	at := n.Gateway.Addr()
	for range number {
		at = at.Next()
	}
	g.wire(r.name, port, name, "eth0")
	g.line(r.name, "ip link set %s master %s", port, n.Bridge)
	if e.Options.NoProxy {
		g.line(r.name, "ip link set %s type bridge_slave hairpin on", port)
	}
	g.line(name, "ip address add %s dev eth0", netip.PrefixFrom(at, n.Gateway.Bits()))
	g.line(name, "ip route add default via %s", n.Gateway.Addr())
	g.servers = append(g.servers, host{name, at, n.Gateway.Addr()})
	c := docker.Container{Name: name, Network: n.Name, Address: at}
	if g.net.IP.six() {
		c.Address6 = prefix6(netip.PrefixFrom(at, n.Gateway.Bits())).Addr()
	}
	e.Containers = append(e.Containers, c)
}

// publish publishes ports of the containers.
func (g *generator) publish(e *docker.Engine) {
	local := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	e.Containers[0].Publish = []docker.Publish{{Host: dockerTCP, Container: tcpPort}, {Host: dockerUDP, Container: udpPort, UDP: true}}
	e.Containers[1].Publish = []docker.Publish{{Address: local, Host: dockerLocal, Container: tcpPort}}
	e.Containers[2].Publish = []docker.Publish{{Host: dockerApp, Container: tcpPort}, {Host: dockerApp, Container: udpPort, UDP: true}}
	for _, to := range []netip.Addr{pick(g, g.routers[0].up...).address, e.Networks[0].Gateway.Addr()} {
		g.offer("tcp", to, dockerTCP)
		g.offer("udp", to, dockerUDP)
		g.offer("tcp", to, dockerApp)
		g.offer("udp", to, dockerApp)
	}
	c := pick(g, g.clients...) // for the containers' own requests
	g.line(c.name, "serve udp %d", udpPort)
	g.line(c.name, "serve tcp %d", tcpPort)
	g.offer("udp", c.address, udpPort)
	g.offer("tcp", c.address, tcpPort)
}

// written returns the commands with which the engine configures its host: parameters, and rules.
func (g *generator) written(e *docker.Engine) (commands []string) {
	t := sim.Topology{Nodes: []sim.Node{{Name: g.routers[0].name}}}
	if err := e.Install(&t, g.routers[0].name); err != nil {
		panic(fmt.Sprintf("seed %d: %v", g.net.Seed, err)) // of the generator
	}
	host := t.Nodes[0]
	for _, s := range host.Sysctls {
		if g.net.IP.six() || !strings.HasPrefix(s.Key, "net.ipv6.") {
			commands = append(commands, "sysctl "+s.Key+"="+s.Value)
		}
	}
	for _, rules := range host.AllRules() {
		for _, l := range rules.List() {
			commands = append(commands, commandsOf(l)...)
		}
	}
	return commands
}

// commandsOf returns the commands that make a listed table: of iptables, each line is one; of
// nft, the table is.
func commandsOf(l rule.Listing) (commands []string) {
	if program, ok := strings.CutSuffix(l.Command, " -S"); ok {
		for _, line := range l.Lines {
			if !strings.HasPrefix(line, "-P ") || !strings.HasSuffix(line, " ACCEPT") {
				commands = append(commands, program+" "+line)
			}
		}
		return commands
	}
	var table strings.Builder
	for _, line := range l.Lines {
		line = strings.TrimSpace(line)
		table.WriteString(line)
		if table.WriteByte(' '); line != "" && !strings.HasSuffix(line, "{") && !strings.HasSuffix(line, ",") {
			table.WriteString("; ")
		}
	}
	return []string{"nft " + strings.Join(strings.Fields(table.String()), " ")}
}

// engineHere stands for the commands of an engine until the other lines have been translated:
// the engine itself writes the rules of both families.
const engineHere = "engine"

// engineRules puts an engine's commands where they belong.
func (g *generator) engineRules() {
	var lines []Line
	for _, l := range g.net.Lines {
		if l.Text != engineHere {
			lines = append(lines, l)
			continue
		}
		for _, text := range g.engine {
			lines = append(lines, Line{l.Node, text})
		}
	}
	g.net.Lines = lines
}

// fromHost requests what containers publish, from the host itself and from a container.
func (g *generator) fromHost() {
	r := g.routers[0].name
	for _, to := range []string{"127.0.0.1", g.routers[0].up[0].address.String()} {
		g.line(r, "send tcp %s:%d wait=300", to, pick(g, dockerTCP, dockerLocal))
		g.line(r, "send udp %s:%d", to, dockerUDP)
	}
	s := pick(g, g.servers...)
	g.line(s.name, "send tcp %s:%d wait=300", g.routers[0].up[0].address, pick(g, dockerTCP, dockerApp))
}
