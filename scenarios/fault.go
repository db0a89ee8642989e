package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/iptables"
)

// UnknownFaultError means that a scenario has no fault of that name.
type UnknownFaultError struct {
	Scenario, Fault string
	Faults          []string // those that it has
}

func (e *UnknownFaultError) Error() string {
	return fmt.Sprintf("%s has no fault %q", e.Scenario, e.Fault)
}

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

// WithFault returns the scenario as a fault makes it. The error is an
// [*UnknownFaultError] if it has no such fault.
func (s *Scenario) WithFault(name string) (*Scenario, error) {
	i := slices.IndexFunc(s.Faults, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		unknown := &UnknownFaultError{Scenario: s.Name, Fault: name}
		for _, f := range s.Faults {
			unknown.Faults = append(unknown.Faults, f.Name)
		}
		return nil, unknown
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
				p.list(n, path, func(n *yaml.Node, path string) {
					r := ruleCommand{node, p.text(n, path), n, path}
					f.Rules[node] = append(f.Rules[node], r.command)
					p.faults[name] = append(p.faults[name], r)
				})
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
	right := len(p.problems) == 0
	for i := range p.scenario.Faults {
		before := len(p.problems)
		f := &p.scenario.Faults[i]
		path := "faults." + f.Name
		for key, nodes := range map[string][]string{"sysctls": slices.Collect(maps.Keys(f.Sysctls)), "rules": slices.Collect(maps.Keys(f.Rules))} {
			for _, node := range nodes {
				if at := path + "." + key + "." + node; !p.knows(node) {
					p.note(p.places[at], at, "there is no node %q", node)
				}
			}
		}
		p.checkRules(p.editAll(p.faults[f.Name], p.clone), func(node string) string { return path + ".rules." + node })
		p.senders(f.Traffic, path+".traffic")
		if !right || len(p.problems) > before {
			continue
		}
		if s, err := p.scenario.WithFault(f.Name); err != nil {
			p.note(p.places[path], path, "%v", err)
		} else {
			p.validate(&s.Topology, path)
		}
	}
}

// clone returns a copy of a node's rules, or nil if they are not known.
func (p *parser) clone(node string) *iptables.Ruleset {
	rules := p.ruled[node]
	if rules == nil {
		return nil
	}
	clone := rules.Clone()
	return &clone
}
