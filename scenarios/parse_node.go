package scenarios

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/nft"
)

// states are the states that an interface can be set to.
var states = []string{"up", "down"}

// node reads a node.
func (p *parser) node(name string, n *yaml.Node, path string) {
	node := sim.Node{Name: name}
	p.places["nodes["+name+"]"] = n
	fields := append([]field{{"role", true, func(n *yaml.Node, path string) {
		node.Role, _ = sim.ParseRole(p.word(n, path, sim.Roles()))
	}}}, p.engineFields(name)...)
	p.mapping(n, path, append(fields,
		field{"interfaces", true, func(n *yaml.Node, path string) {
			p.named(n, path, func(iface string, n *yaml.Node, path string) { p.iface(name, iface, n, path) })
		}},
		field{"bridges", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(bridge string, n *yaml.Node, path string) { p.bridge(&node, bridge, n, path) })
		}},
		field{"routes", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) {
				if r, ok := parsed(&p.reader, n, path, parseRoute); ok {
					p.places[fmt.Sprintf("nodes[%s].routes[%d]", name, len(node.Routes))] = n
					node.Routes = append(node.Routes, r)
				}
			})
		}},
		field{"routing_rules", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) { p.routingRule(&node, n, path) })
		}},
		field{"sysctls", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(key string, n *yaml.Node, path string) {
				p.places[fmt.Sprintf("nodes[%s].sysctls[%d]", name, len(node.Sysctls))] = n
				node.Sysctls = append(node.Sysctls, sim.Sysctl{Key: key, Value: p.text(n, path)})
			})
		}},
		field{"rules", false, func(n *yaml.Node, path string) {
			p.commands[name] = items(&p.reader, n, path, p.text)
		}},
		field{"nftables", false, func(n *yaml.Node, path string) {
			if tables, ok := parsed(&p.reader, n, path, nft.Parse); ok {
				node.Nftables = tables
			}
		}},
		field{"services", false, func(n *yaml.Node, path string) { p.list(n, path, p.server(&node)) }},
		field{"nameservers", false, func(n *yaml.Node, path string) { node.ResolvConf = p.nameservers(n, path) }},
	)...)
	if node.Role == sim.RoleRouter {
		// A router forwards, unless the author's own sysctls say otherwise.
		node.Sysctls = slices.Insert(node.Sysctls, 0, sim.Sysctl{Key: "net.ipv4.ip_forward", Value: "1"})
		if p.speaksIPv6(&node) {
			node.Sysctls = slices.Insert(node.Sysctls, 1, sim.Sysctl{Key: "net.ipv6.conf.all.forwarding", Value: "1"})
		}
	}
	p.scenario.Topology.Nodes = append(p.scenario.Topology.Nodes, node)
}

// speaksIPv6 reports whether a node, or one of its interfaces so far, has an IPv6 address.
func (p *parser) speaksIPv6(node *sim.Node) bool {
	six := func(p netip.Prefix) bool { return p.Addr().Is6() }
	return slices.ContainsFunc(node.Bridges, func(b sim.Bridge) bool { return slices.ContainsFunc(b.Addresses, six) }) ||
		slices.ContainsFunc(p.links, func(l link) bool { return l.end.Node == node.Name && slices.ContainsFunc(l.end.Addresses, six) })
}

// bridge reads a bridge of a node, which is also an interface of the node.
func (p *parser) bridge(node *sim.Node, name string, n *yaml.Node, path string) {
	b := sim.Bridge{Name: name, MAC: sim.DeriveMAC(node.Name + "/" + name)}
	p.places[node.Name+"/"+name] = n
	p.mapping(n, path,
		field{"addresses", false, func(n *yaml.Node, path string) { b.Addresses = p.prefixes(n, path) }},
		field{"mtu", false, func(n *yaml.Node, path string) { b.MTU = p.number(n, path, 68, 65535) }},
		field{"mac", false, func(n *yaml.Node, path string) { b.MAC, _ = parsed(&p.reader, n, path, sim.ParseMAC) }},
	)
	node.Bridges = append(node.Bridges, b)
}

// maxNameservers is how many name servers the C library uses (resolv.conf(5): MAXNS).
const maxNameservers = 3

// nameservers reads the name servers of a node.
func (p *parser) nameservers(n *yaml.Node, path string) *sim.ResolvConf {
	list := items(&p.reader, n, path, func(n *yaml.Node, path string) netip.Addr {
		a, _ := parsed(&p.reader, n, path, parseAddress)
		return a
	})
	if len(list) == 0 || len(list) > maxNameservers {
		p.note(n, path, "has %d name servers; 1 to %d are possible", len(list), maxNameservers)
	}
	return &sim.ResolvConf{Nameservers: list}
}

func (p *parser) prefixes(n *yaml.Node, path string) (all []netip.Prefix) {
	p.list(n, path, func(n *yaml.Node, path string) {
		if a, ok := parsed(&p.reader, n, path, parsePrefix); ok {
			all = append(all, a)
		}
	})
	return all
}

// firstPriority is the priority of a node's first routing rule without one. ip(8) would
// insert each rule before the earlier ones; here they are tried in the order of the file.
const firstPriority = 1000

func (p *parser) routingRule(node *sim.Node, n *yaml.Node, path string) {
	r, ok := parsed(&p.reader, n, path, parseRoutingRule)
	if !ok {
		return
	}
	if r.Priority == 0 {
		r.Priority = firstPriority
		if last := len(node.RoutingRules) - 1; last >= 0 {
			r.Priority = node.RoutingRules[last].Priority + 1
		}
	}
	p.places[fmt.Sprintf("nodes[%s].routing_rules[%d]", node.Name, len(node.RoutingRules))] = n
	node.RoutingRules = append(node.RoutingRules, r)
}

// labels reads the labels of an interface's addresses: the interface's name, a colon and
// more, as ip addr add demands.
func (p *parser) labels(e *sim.Endpoint, n *yaml.Node, path string) {
	e.Labels = map[netip.Prefix]string{}
	p.named(n, path, func(address string, n *yaml.Node, path string) {
		a, err := parsePrefix(address)
		label := p.text(n, path)
		switch {
		case err != nil:
			p.note(n, path, "%v", err)
		case !slices.Contains(e.Addresses, a):
			p.note(n, path, "%s is not one of the addresses above it", a)
		case !strings.HasPrefix(label, e.Interface+":") || len(label) > maxLabel:
			p.note(n, path, "%q must begin with \"%s:\" and have at most %d bytes", label, e.Interface, maxLabel)
		}
		e.Labels[a] = label
	})
}

// maxLabel is the length of a label in bytes: IFNAMSIZ without the NUL.
const maxLabel = 15

// maxMetric is the greatest metric of an interface's routes.
const maxMetric = 1<<31 - 1

// iface reads an interface, one end of a link.
func (p *parser) iface(node, name string, n *yaml.Node, path string) {
	if !p.sum(n, path, &p.linked, 1, maxLinked, "interfaces") {
		return
	}
	l := link{end: sim.Endpoint{Node: node, Interface: name}, node: n, path: path}
	p.places[node+"/"+name] = n
	p.mapping(n, path,
		field{"addresses", false, func(n *yaml.Node, path string) { l.end.Addresses = p.prefixes(n, path) }},
		field{"labels", false, func(n *yaml.Node, path string) { p.labels(&l.end, n, path) }},
		field{"metric", false, func(n *yaml.Node, path string) { l.end.Metric = uint32(p.number(n, path, 1, maxMetric)) }},
		field{"bridge", false, func(n *yaml.Node, path string) { l.end.Bridge = p.text(n, path) }},
		field{"state", false, func(n *yaml.Node, path string) { l.end.Down = p.word(n, path, states) == "down" }},
		field{"mtu", false, func(n *yaml.Node, path string) { l.end.MTU = p.number(n, path, 68, 65535) }},
		field{"mac", false, func(n *yaml.Node, path string) { l.end.MAC, _ = parsed(&p.reader, n, path, sim.ParseMAC) }},
		field{"link", false, func(n *yaml.Node, path string) { l.to = p.text(n, path) }},
	)
	if l.end.MAC.IsZero() {
		l.end.MAC = sim.DeriveMAC(node + "/" + name)
	}
	p.links = append(p.links, l)
}
