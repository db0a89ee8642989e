package scenarios

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/docker"
)

// engineFields returns the keys of a node's Docker Engine.
func (p *parser) engineFields(name string) []field {
	own := &docker.Engine{Version: docker.Default, Networks: []docker.Network{docker.DefaultBridge()}}
	given := func() {
		if p.engines[name] == nil {
			p.engines[name] = own
			p.hosts = append(p.hosts, name)
		}
	}
	return []field{
		{"engine", false, func(n *yaml.Node, path string) {
			own.Version = p.word(n, path, docker.Versions())
			given()
		}},
		{"daemon", false, func(n *yaml.Node, path string) {
			p.daemon(&own.Options, n, path)
			given()
		}},
	}
}

// daemon reads options of dockerd.
func (p *parser) daemon(o *docker.Options, n *yaml.Node, path string) {
	p.mapping(n, path,
		p.unless("userland_proxy", &o.NoProxy),
		p.unless("iptables", &o.NoIPTables),
		p.when("ip_forward_no_drop", &o.NoForwardDrop),
		p.when("allow_direct_routing", &o.DirectRouting),
		field{"bridge_accept_fwmark", false, func(n *yaml.Node, path string) {
			o.AcceptMark, _ = parsed(&p.reader, n, path, func(text string) (*docker.Mark, error) {
				value, mask, err := parseMark(text)
				return &docker.Mark{Value: value, Mask: mask}, err
			})
		}},
	)
}

// unless returns the key of an option that is on unless it is set to false.
func (p *parser) unless(key string, off *bool) field {
	return field{key, false, func(n *yaml.Node, path string) { *off = p.word(n, path, booleans) == "false" }}
}

// when returns the key of an option that is off unless it is set to true.
func (p *parser) when(key string, on *bool) field {
	return field{key, false, func(n *yaml.Node, path string) { *on = p.word(n, path, booleans) == "true" }}
}

// engineOn returns the engine of a node that a network or a service names. A host for which the
// file names no engine has the default one.
func (p *parser) engineOn(host, path string) *docker.Engine {
	if e := p.engines[host]; e != nil || host == "" {
		return e
	}
	nodes := p.scenario.Topology.Nodes
	if slices.ContainsFunc(nodes, func(n sim.Node) bool { return n.Name == host && n.Role == sim.RoleHost }) {
		p.engines[host] = &docker.Engine{Version: docker.Default, Networks: []docker.Network{docker.DefaultBridge()}}
		p.hosts = append(p.hosts, host)
		return p.engines[host]
	}
	var hosts []string
	for _, n := range nodes {
		if n.Role == sim.RoleHost || p.engines[n.Name] != nil {
			hosts = append(hosts, n.Name)
		}
	}
	p.note(p.places[path+".host"], path+".host", "%q is not a host; the hosts are: %s", host, orNone(hosts))
	return nil
}

// replace puts another release in the place of those that the file names. What the scenario
// expects and says is then about another engine than it runs with.
func (p *parser) replace(version string) {
	for _, host := range p.hosts {
		e := p.engines[host]
		if e.Version == version || e.Version == "" {
			continue
		}
		if !strings.Contains(p.scenario.WrittenFor, e.Version) {
			p.scenario.WrittenFor = strings.TrimPrefix(p.scenario.WrittenFor+", "+e.Version, ", ")
		}
		e.Version = version
		for i := range e.Containers {
			e.Containers[i].Index = 0 // of a release that gives eth0 one
		}
	}
}
