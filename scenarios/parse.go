package scenarios

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/docker"
)

// Parse reads a scenario from the text of a YAML file. file is its name: messages contain
// it, and the programs of services are relative to its directory. The error is a
// [*Problems].
func Parse(file string, text []byte) (*Scenario, error) {
	p := &parser{
		reader: reader{places: map[string]*yaml.Node{}},
		dir:    filepath.Dir(file), engines: map[string]*docker.Engine{}, commands: map[string][]string{},
	}
	p.parse(text)
	if len(p.problems) > 0 {
		slices.SortStableFunc(p.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, &Problems{File: file, List: p.problems}
	}
	return &p.scenario, nil
}

// parser builds a scenario while it reads the file.
type parser struct {
	reader
	scenario Scenario
	dir      string
	links    []link
	engines  map[string]*docker.Engine // by host
	hosts    []string                  // the nodes with an engine, in order
	commands map[string][]string       // by node: iptables commands
	failed   map[string]bool           // by host: its engine could not be installed

	ports, bodies, linked int // totals of the file
}

// link is an interface, with the other end of its link if the file names it here.
type link struct {
	end  sim.Endpoint
	to   string // "node/interface"
	node *yaml.Node
	path string
}

func (p *parser) parse(text []byte) {
	if len(text) > maxFile {
		p.note(nil, "", "has more than %d bytes", maxFile)
		return
	}
	var doc, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		p.note(nil, "", "is empty")
		return
	case err != nil:
		p.syntax(text, err)
		return
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		p.note(&second, "", "has a second document; a file must contain one scenario")
		return
	case !errors.Is(err, io.EOF):
		p.syntax(text, err)
		return
	}
	s := &p.scenario
	p.mapping(doc.Content[0], "",
		field{"name", true, func(n *yaml.Node, path string) { s.Name = p.name(n, path) }},
		field{"title", true, func(n *yaml.Node, path string) { s.Title = p.text(n, path) }},
		field{"group", false, func(n *yaml.Node, path string) { s.Group = p.word(n, path, Groups()) }},
		field{"story", false, func(n *yaml.Node, path string) { s.Story = strings.TrimSpace(p.text(n, path)) }},
		field{"answer", false, func(n *yaml.Node, path string) { s.Answer = strings.TrimSpace(p.text(n, path)) }},
		field{"nodes", true, func(n *yaml.Node, path string) { p.named(n, path, p.node) }},
		field{"networks", false, func(n *yaml.Node, path string) { p.named(n, path, p.network) }},
		field{"services", false, func(n *yaml.Node, path string) { p.named(n, path, p.service) }},
		field{"traffic", true, func(n *yaml.Node, path string) { s.Traffic = items(&p.reader, n, path, p.request) }},
		field{"expect", false, func(n *yaml.Node, path string) { s.Expect = items(&p.reader, n, path, p.expectation) }},
		field{"faults", false, func(n *yaml.Node, path string) { p.named(n, path, p.fault) }},
	)
	p.compile()
}

var plainName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (p *parser) name(n *yaml.Node, path string) string {
	s := p.text(n, path)
	if s != "" && !plainName.MatchString(s) {
		p.note(n, path, "%q is not a name of lower-case letters, digits and hyphens", s)
	}
	return s
}

func (p *parser) node(name string, n *yaml.Node, path string) {
	node := sim.Node{Name: name}
	p.places["nodes["+name+"]"] = n
	p.mapping(n, path,
		field{"role", true, func(n *yaml.Node, path string) {
			node.Role, _ = sim.ParseRole(p.word(n, path, sim.Roles()))
		}},
		field{"engine", false, func(n *yaml.Node, path string) {
			p.engines[name] = &docker.Engine{
				Version: p.word(n, path, docker.Versions()), Networks: []docker.Network{docker.DefaultBridge},
			}
			p.hosts = append(p.hosts, name)
		}},
		field{"interfaces", true, func(n *yaml.Node, path string) {
			p.named(n, path, func(iface string, n *yaml.Node, path string) { p.iface(name, iface, n, path) })
		}},
		field{"routes", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) {
				if r, ok := parsed(&p.reader, n, path, parseRoute); ok {
					p.places[fmt.Sprintf("nodes[%s].routes[%d]", name, len(node.Routes))] = n
					node.Routes = append(node.Routes, r)
				}
			})
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
		field{"services", false, func(n *yaml.Node, path string) { p.list(n, path, p.server(&node)) }},
	)
	if node.Role == sim.RoleRouter {
		// A router forwards, unless the author's own sysctls say otherwise.
		node.Sysctls = slices.Insert(node.Sysctls, 0, sim.Sysctl{Key: "net.ipv4.ip_forward", Value: "1"})
	}
	p.scenario.Topology.Nodes = append(p.scenario.Topology.Nodes, node)
}

func (p *parser) iface(node, name string, n *yaml.Node, path string) {
	if !p.sum(n, path, &p.linked, 1, maxLinked, "interfaces") {
		return
	}
	l := link{end: sim.Endpoint{Node: node, Interface: name}, node: n, path: path}
	p.places[node+"/"+name] = n
	p.mapping(n, path,
		field{"addresses", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) {
				if a, ok := parsed(&p.reader, n, path, parsePrefix); ok {
					l.end.Addresses = append(l.end.Addresses, a)
				}
			})
		}},
		field{"mtu", false, func(n *yaml.Node, path string) { l.end.MTU = p.number(n, path, 68, 65535) }},
		field{"mac", false, func(n *yaml.Node, path string) { l.end.MAC, _ = parsed(&p.reader, n, path, sim.ParseMAC) }},
		field{"link", false, func(n *yaml.Node, path string) { l.to = p.text(n, path) }},
	)
	if l.end.MAC.IsZero() {
		l.end.MAC = sim.DeriveMAC(node + "/" + name)
	}
	p.links = append(p.links, l)
}

// parseRoute reads "default via ADDRESS" and "PREFIX [via ADDRESS] [dev NAME]".
func parseRoute(s string) (r sim.Route, err error) {
	words := strings.Fields(s)
	if len(words) == 0 || len(words)%2 == 0 {
		return r, errors.New(`want "DESTINATION via ADDRESS" or "DESTINATION dev INTERFACE"`)
	}
	r.Destination = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if words[0] != "default" {
		if r.Destination, err = parsePrefix(words[0]); err != nil {
			return r, err
		}
	}
	for i := 1; i < len(words); i += 2 {
		switch words[i] {
		case "via":
			if r.Gateway, err = netip.ParseAddr(words[i+1]); err != nil || !r.Gateway.Is4() {
				return r, fmt.Errorf("%q is not an IPv4 address", words[i+1])
			}
		case "dev":
			r.Interface = words[i+1]
		default:
			return r, fmt.Errorf("%q is neither via nor dev", words[i])
		}
	}
	return r, nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		return p, fmt.Errorf("%q is not an IPv4 address with a prefix length, such as 192.168.1.2/24", s)
	}
	return p, nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
