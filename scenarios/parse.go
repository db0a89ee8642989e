package scenarios

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/docker"
)

// maxFile is the largest scenario file that is read, in bytes.
const maxFile = 1 << 20

// Parse reads a scenario from the text of a YAML file. file is its name, for
// messages; a service's program is looked for beside it. The error is a
// [*Problems].
func Parse(file string, text []byte) (*Scenario, error) {
	p := &parser{
		reader: reader{places: map[string]*yaml.Node{}},
		dir:    filepath.Dir(file), engines: map[string]*docker.Engine{},
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

// parser builds a scenario while it reads.
type parser struct {
	reader
	scenario Scenario
	dir      string
	links    []link
	engines  map[string]*docker.Engine // by host
	hosts    []string                  // the nodes with an engine, in order
}

// link is one cable as written: at one of its two ends.
type link struct {
	end  sim.Endpoint
	to   string // "node/interface"
	node *yaml.Node
	path string
}

func (p *parser) parse(text []byte) {
	if len(text) > maxFile {
		p.note(nil, "", "has %d bytes, at most %d are read", len(text), maxFile)
		return
	}
	var doc, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		p.note(nil, "", "is empty")
		return
	case err != nil:
		p.syntax(err)
		return
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		p.note(&second, "", "has a second document; one file is one scenario")
		return
	case !errors.Is(err, io.EOF):
		p.syntax(err)
		return
	}
	s := &p.scenario
	p.mapping(doc.Content[0], "",
		field{"name", true, func(n *yaml.Node, path string) { s.Name = p.name(n, path) }},
		field{"title", true, func(n *yaml.Node, path string) { s.Title = p.text(n, path) }},
		field{"story", false, func(n *yaml.Node, path string) { s.Story = strings.TrimSpace(p.text(n, path)) }},
		field{"nodes", true, func(n *yaml.Node, path string) { p.named(n, path, p.node) }},
		field{"services", false, func(n *yaml.Node, path string) { p.named(n, path, p.service) }},
		field{"traffic", true, func(n *yaml.Node, path string) { p.list(n, path, p.request) }},
		field{"expect", false, func(n *yaml.Node, path string) { p.list(n, path, p.expectation) }},
	)
	if len(p.problems) == 0 {
		p.compile()
	}
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax notes an error of the YAML parser, which has a line but no column.
func (p *parser) syntax(err error) {
	text := err.Error()
	problem := Problem{Text: strings.TrimPrefix(text, "yaml: ")}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		problem.Line, _ = strconv.Atoi(m[1])
		problem.Column = 1
		problem.Text = strings.TrimPrefix(text, m[0])
	}
	p.problems = append(p.problems, problem)
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
	)
	if node.Role == sim.RoleRouter {
		// What a router is for; the author's own sysctls come after it.
		node.Sysctls = slices.Insert(node.Sysctls, 0, sim.Sysctl{Key: "net.ipv4.ip_forward", Value: "1"})
	}
	p.scenario.Topology.Nodes = append(p.scenario.Topology.Nodes, node)
}

func (p *parser) iface(node, name string, n *yaml.Node, path string) {
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

func (p *parser) service(name string, n *yaml.Node, path string) {
	c := docker.Container{Name: name, Network: docker.DefaultBridge.Name}
	p.places["nodes["+name+"]"] = n
	var host string
	var s sim.Service
	p.mapping(n, path,
		field{"host", true, func(n *yaml.Node, path string) { host = p.text(n, path) }},
		field{"publish", false, func(n *yaml.Node, path string) {
			p.list(n, path, func(n *yaml.Node, path string) {
				if port, ok := parsed(&p.reader, n, path, docker.ParsePublish); ok {
					c.Publish = append(c.Publish, port)
					p.scenario.Published = append(p.scenario.Published, Published{Service: name, Port: port.String()})
				}
			})
		}},
		field{"http", false, func(n *yaml.Node, path string) {
			s.Body = "Hello"
			p.mapping(n, path,
				field{"port", true, func(n *yaml.Node, path string) { s.Port = uint16(p.number(n, path, 1, 65535)) }},
				field{"body", false, func(n *yaml.Node, path string) { s.Body = p.text(n, path) }},
			)
		}},
		field{"exec", false, func(n *yaml.Node, path string) {
			s.Dir = p.dir
			p.mapping(n, path,
				field{"command", true, func(n *yaml.Node, path string) {
					p.list(n, path, func(n *yaml.Node, path string) { s.Exec = append(s.Exec, p.text(n, path)) })
				}},
				field{"port", true, func(n *yaml.Node, path string) { s.Port = uint16(p.number(n, path, 1, 65535)) }},
			)
		}},
	)
	if s.Program() && s.Body != "" {
		p.note(n, path, "has both http and exec; a service is one or the other")
	}
	if s.Port != 0 {
		c.Services = []sim.Service{s}
	}
	if e := p.engines[host]; e != nil {
		e.Containers = append(e.Containers, c)
	} else if host != "" {
		p.note(p.places[path+".host"], path+".host", "%q is not a node with an engine; those are %s", host, orNone(p.hosts))
	}
}

func (p *parser) request(n *yaml.Node, path string) {
	var r sim.Request
	p.mapping(n, path,
		field{"from", true, func(n *yaml.Node, path string) { r.From = p.text(n, path) }},
		field{"get", true, func(n *yaml.Node, path string) {
			r.URL, _ = parsed(&p.reader, n, path, parseURL)
		}},
	)
	p.scenario.Traffic = append(p.scenario.Traffic, r)
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
		return p, fmt.Errorf("%q is not an IPv4 address with a length, such as 192.168.1.2/24", s)
	}
	return p, nil
}

// parseURL accepts what can be fetched without a name server.
func parseURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" {
		return "", fmt.Errorf("%q is not an http:// URL", s)
	}
	if a, err := netip.ParseAddr(u.Hostname()); err != nil || !a.Is4() {
		return "", fmt.Errorf("host %q of %q is not an IPv4 address", u.Hostname(), s)
	}
	return s, nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
