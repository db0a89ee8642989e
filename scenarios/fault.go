package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/iptables"
)

// ErrNoFault means that a scenario has no fault of that name.
var ErrNoFault = errors.New("no such fault")

// Fault is a named change to a scenario: what is set or ruled otherwise on its
// nodes, and what must be seen then.
type Fault struct {
	Name    string
	Title   string
	Story   string
	Answer  string
	Sysctls map[string][]sim.Sysctl // by node
	Rules   map[string][]string     // by node: iptables commands
	Traffic []sim.Request           // instead of the scenario's, if any
	Expect  []Expectation
}

// WithFault returns the scenario as a fault makes it. The error wraps
// [ErrNoFault].
func (s *Scenario) WithFault(name string) (*Scenario, error) {
	i := slices.IndexFunc(s.Faults, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		var names []string
		for _, f := range s.Faults {
			names = append(names, f.Name)
		}
		return nil, fmt.Errorf("%w: %q; %s has %s", ErrNoFault, name, s.Name, orNone(names))
	}
	f := &s.Faults[i]
	out := *s
	out.Fault = name
	out.Title, out.Answer, out.Expect = f.Title, f.Answer, f.Expect
	if f.Story != "" {
		out.Story = f.Story
	}
	if f.Traffic != nil {
		out.Traffic = f.Traffic
	}
	out.Topology.Nodes = slices.Clone(s.Topology.Nodes)
	for i := range out.Topology.Nodes {
		n := &out.Topology.Nodes[i]
		n.Sysctls = append(slices.Clip(n.Sysctls), f.Sysctls[n.Name]...)
		if err := command(n, f.Rules[n.Name]); err != nil {
			return nil, fmt.Errorf("fault %s: %w", f.Name, err)
		}
	}
	return &out, nil
}

// command gives iptables commands to a node, without touching the rules that it
// shares with another scenario.
func command(n *sim.Node, commands []string) error {
	n.Rules = n.Rules.Clone()
	e := iptables.NewEditor(&n.Rules)
	for _, c := range commands {
		if err := e.Do(c); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	return nil
}

// fault reads a fault.
func (p *parser) fault(name string, n *yaml.Node, path string) {
	f := Fault{Name: name, Sysctls: map[string][]sim.Sysctl{}, Rules: map[string][]string{}}
	if !plainName.MatchString(name) {
		p.note(n, path, "%q is not a name of lower-case letters, digits and hyphens", name)
	}
	expect, traffic := p.scenario.Expect, p.scenario.Traffic
	p.scenario.Expect, p.scenario.Traffic = nil, nil
	p.mapping(n, path,
		field{"title", true, func(n *yaml.Node, path string) { f.Title = p.text(n, path) }},
		field{"story", false, func(n *yaml.Node, path string) { f.Story = strings.TrimSpace(p.text(n, path)) }},
		field{"answer", false, func(n *yaml.Node, path string) { f.Answer = strings.TrimSpace(p.text(n, path)) }},
		field{"sysctls", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(node string, n *yaml.Node, path string) {
				p.named(n, path, func(key string, n *yaml.Node, path string) {
					f.Sysctls[node] = append(f.Sysctls[node], sim.Sysctl{Key: key, Value: p.text(n, path)})
				})
			})
		}},
		field{"rules", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(node string, n *yaml.Node, path string) {
				p.list(n, path, func(n *yaml.Node, path string) { f.Rules[node] = append(f.Rules[node], p.text(n, path)) })
			})
		}},
		field{"traffic", false, func(n *yaml.Node, path string) { p.list(n, path, p.request) }},
		field{"expect", true, func(n *yaml.Node, path string) { p.list(n, path, p.expectation) }},
	)
	f.Expect, f.Traffic = p.scenario.Expect, p.scenario.Traffic
	p.scenario.Expect, p.scenario.Traffic = expect, traffic
	p.scenario.Faults = append(p.scenario.Faults, f)
}

// checkFaults tries every fault: its nodes must be there, and its commands work.
func (p *parser) checkFaults() {
	for i := range p.scenario.Faults {
		f := &p.scenario.Faults[i]
		path := "faults." + f.Name
		for _, key := range []string{"sysctls", "rules"} {
			names := map[string]bool{}
			for node := range f.Sysctls {
				names[node] = names[node] || key == "sysctls"
			}
			for node := range f.Rules {
				names[node] = names[node] || key == "rules"
			}
			for node, here := range names {
				if _, ok := p.scenario.Topology.Node(node); here && !ok {
					at := path + "." + key + "." + node
					p.note(p.places[at], at, "there is no node %q", node)
				}
			}
		}
		s, err := p.scenario.WithFault(f.Name)
		if err != nil {
			p.note(p.places[path+".rules"], path+".rules", "%v", err)
			continue
		}
		var invalid *sim.InvalidError
		if err := s.Topology.Validate(); errors.As(err, &invalid) {
			p.note(p.places[path], path, "%s", invalid.Problems[0].Text)
		}
		p.senders(f.Traffic, path+".traffic")
	}
}
