package scenarios

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/docker"
)

// booleans are the values of keys that are either on or off.
var booleans = []string{"true", "false"}

// network reads a bridge network of an engine. The network "bridge" always exists; a file
// can change its properties.
func (p *parser) network(name string, n *yaml.Node, path string) {
	network := docker.Network{Name: name}
	if name == docker.DefaultBridge().Name {
		network = docker.DefaultBridge()
	}
	host := ""
	p.mapping(n, path,
		field{"host", true, func(n *yaml.Node, path string) { host = p.text(n, path) }},
		field{"bridge", false, func(n *yaml.Node, path string) { network.Bridge = p.text(n, path) }},
		field{"gateway", name != docker.DefaultBridge().Name, func(n *yaml.Node, path string) {
			network.Gateway, _ = parsed(&p.reader, n, path, parsePrefix4)
		}},
		field{"gateway6", false, func(n *yaml.Node, path string) { network.Gateway6, _ = parsed(&p.reader, n, path, parsePrefix6) }},
		field{"internal", false, func(n *yaml.Node, path string) { network.Internal = p.word(n, path, booleans) == "true" }},
		field{"mtu", false, func(n *yaml.Node, path string) { network.MTU = p.number(n, path, 68, 65535) }},
		p.unless("icc", &network.NoICC),
		p.unless("ip_masquerade", &network.NoMasquerade),
		p.mode("gateway_mode", &network.Mode),
		p.mode("gateway_mode6", &network.Mode6),
		field{"trusted_host_interfaces", false, func(n *yaml.Node, path string) { network.Trusted = items(&p.reader, n, path, p.text) }},
	)
	if name == docker.DefaultBridge().Name {
		p.fixed(path)
	}
	if network.Bridge == "" {
		network.Bridge = "br-" + name
	}
	e := p.engineOn(host, path)
	switch {
	case e != nil && name == docker.DefaultBridge().Name:
		e.Networks[0] = network
	case e != nil:
		e.Networks = append(e.Networks, network)
	}
}

// fixed notes keys that apply only to user-defined networks. Those of docker0 are options of
// dockerd (initBridgeDriver in moby's daemon/daemon_unix.go).
func (p *parser) fixed(path string) {
	for _, key := range []string{"gateway", "gateway6", "internal", "gateway_mode", "gateway_mode6", "trusted_host_interfaces"} {
		at := join(path, key)
		switch {
		case p.places[at] == nil:
		case key == "gateway" || key == "gateway6":
			p.note(p.places[at], at, "cannot be set: docker0 has the address %s, and none of IPv6", docker.DefaultBridge().Gateway)
		default:
			p.note(p.places[at], at, "cannot be set: dockerd has no such option for docker0")
		}
	}
}

// mode returns the field of a gateway mode.
func (p *parser) mode(name string, to *docker.Mode) field {
	return field{name, false, func(n *yaml.Node, path string) {
		*to = docker.Mode(max(0, slices.Index(docker.Modes(), p.word(n, path, docker.Modes()))))
	}}
}

// service reads a container and the server in it.
func (p *parser) service(name string, n *yaml.Node, path string) {
	c := docker.Container{Name: name, Network: docker.DefaultBridge().Name}
	var host string
	fields := []field{
		{"host", true, func(n *yaml.Node, path string) { host = p.text(n, path) }},
		{"network", false, func(n *yaml.Node, path string) { c.Network = p.text(n, path) }},
		{"networks", false, func(n *yaml.Node, path string) { p.attach(&c, n, path) }},
		{"address", false, func(n *yaml.Node, path string) { c.Address, _ = parsed(&p.reader, n, path, parseAddress4) }},
		{"address6", false, func(n *yaml.Node, path string) { c.Address6, _ = parsed(&p.reader, n, path, parseAddress6) }},
		{"aliases", false, func(n *yaml.Node, path string) { c.Aliases = items(&p.reader, n, path, p.name) }},
		{"image", false, func(n *yaml.Node, path string) { c.Image = p.text(n, path) }},
		{"expose", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) {
				if port, ok := parsed(&p.reader, n, path, docker.ParseExpose); ok {
					c.Expose = append(c.Expose, port)
				}
			})
		}},
		{"veth", false, func(n *yaml.Node, path string) { c.Veth = p.text(n, path) }},
		{"index", false, func(n *yaml.Node, path string) { c.Index = p.number(n, path, 2, 1<<20) }},
		{"publish", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) {
				if ports, ok := parsed(&p.reader, n, path, docker.ParsePublish); ok && p.sum(n, path, &p.ports, len(ports), maxPorts, "published ports") {
					c.Publish = append(c.Publish, ports...)
					p.scenario.Published = append(p.scenario.Published, Published{Service: name, Port: n.Value})
				}
			})
		}},
	}
	fields = append(fields, p.answers(&c.Services)...)
	p.mapping(n, path, fields...)
	if c.Joins(host) == "" {
		p.places["nodes["+name+"]"] = n
	}
	if p.places[path+".network"] != nil && p.places[path+".networks"] != nil {
		p.note(n, path, "has both network and networks; set one of them")
	}
	if len(c.Services) > 1 {
		p.note(n, path, "has several of http, udp, dns and exec; a service can have only one")
	}
	if e := p.engineOn(host, path); e != nil {
		e.Containers = append(e.Containers, c)
	}
}

// attach reads a list of networks: docker run --network with the first, and docker network
// connect with the others.
func (p *parser) attach(c *docker.Container, n *yaml.Node, path string) {
	for i, name := range items(&p.reader, n, path, p.text) {
		if i == 0 {
			c.Network = name
		} else {
			c.Also = append(c.Also, docker.Attachment{Network: name})
		}
	}
}

// server reads a server of a node that is not a container.
func (p *parser) server(node *sim.Node) func(*yaml.Node, string) {
	return func(n *yaml.Node, path string) {
		before := len(node.Services)
		p.mapping(n, path, p.answers(&node.Services)...)
		if n.Kind == yaml.MappingNode && len(node.Services) != before+1 {
			p.note(n, path, "must have exactly one of http, udp, dns, exec")
		}
	}
}

// answers returns the keys for the kinds of server. Each adds a service to a list.
func (p *parser) answers(list *[]sim.Service) []field {
	port := func(s *sim.Service, required bool) field {
		return field{"port", required, func(n *yaml.Node, path string) { s.Port = uint16(p.number(n, path, 1, 65535)) }}
	}
	body := func(s *sim.Service) field {
		return field{"body", false, func(n *yaml.Node, path string) { s.Body = p.text(n, path) }}
	}
	bind := func(s *sim.Service) field {
		return field{"bind", false, func(n *yaml.Node, path string) { s.Bind, _ = parsed(&p.reader, n, path, parseAddress) }}
	}
	size := func(s *sim.Service, most int) field {
		return field{"size", false, func(n *yaml.Node, path string) {
			if size := p.number(n, path, 1, most); p.sum(n, path, &p.bodies, size, maxBodies, "bytes of answers") {
				s.Body = strings.Repeat("x", size)
			}
		}}
	}
	return []field{
		{"http", false, func(n *yaml.Node, path string) {
			s := sim.Service{Body: "Hello"}
			p.mapping(n, path, port(&s, true), body(&s), bind(&s), size(&s, 1<<20))
			*list = append(*list, s)
		}},
		{"udp", false, func(n *yaml.Node, path string) {
			s := sim.Service{Body: "Hello", UDP: true}
			const most = 65535 - 20 - 8 // of a datagram over IPv4
			p.mapping(n, path, port(&s, true), body(&s), bind(&s), size(&s, most))
			*list = append(*list, s)
		}},
		{"dns", false, func(n *yaml.Node, path string) {
			s := sim.Service{Port: 53, UDP: true}
			p.mapping(n, path, bind(&s), field{"names", true, func(n *yaml.Node, path string) {
				p.named(n, path, func(host string, n *yaml.Node, path string) {
					if a, ok := parsed(&p.reader, n, path, parseAddress); ok {
						s.Names = append(s.Names, sim.Name{Host: host, Address: a})
					}
				})
			}})
			*list = append(*list, s)
		}},
		{"exec", false, func(n *yaml.Node, path string) {
			s := sim.Service{Dir: p.dir}
			p.mapping(n, path,
				field{"command", true, func(n *yaml.Node, path string) {
					s.Exec = items(&p.reader, n, path, p.text)
				}},
				port(&s, true),
			)
			*list = append(*list, s)
		}},
	}
}
