package scenarios

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/sim/nft"
)

// UnknownFaultError means that a scenario has no fault with the given name.
type UnknownFaultError struct {
	Scenario, Fault string
	Faults          []string // the existing ones
}

func (e *UnknownFaultError) Error() string {
	return fmt.Sprintf("%s has no fault %q", e.Scenario, e.Fault)
}

// EngineError means that a fault changes rules that only the scenario's own engine has.
type EngineError struct {
	Fault   string
	Release string // the scenario's own
}

func (e *EngineError) Error() string {
	return fmt.Sprintf("fault %s changes rules that Docker %s has, and this engine does not", e.Fault, e.Release)
}

// Fault is a named change to a scenario: other kernel parameters, rules and routes on its
// nodes, and the expectations that then hold.
type Fault struct {
	Name  string
	Title string
	Lesson
	Sysctls map[string][]sim.Sysctl // by node
	Rules   map[string][]string     // by node: iptables commands
	Tables  map[string]nft.Ruleset  // by node: nftables tables, in place of those of the same name
	Routes  map[string][]sim.Route  // by node: in place of the node's own
	Traffic []sim.Request           // replaces the scenario's, if not nil
	Expect  []Expectation
}

// WithFault returns the scenario with one of its faults. A fault without a story or a
// question has the scenario's. The error is an [*UnknownFaultError] if there is no such
// fault, or an [*EngineError].
func (s *Scenario) WithFault(name string) (*Scenario, error) {
	if slices.Contains(s.Lacking, name) {
		return nil, &EngineError{Fault: name, Release: s.WrittenFor}
	}
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
	out.Fault, out.FaultTitle = name, f.Title
	out.Lesson, out.Expect = f.Lesson, f.Expect
	out.Story, out.Question = cmp.Or(f.Story, s.Story), cmp.Or(f.Question, s.Question)
	if f.Traffic != nil {
		out.Traffic = f.Traffic
	}
	out.Topology.Nodes = slices.Clone(s.Topology.Nodes)
	for i := range out.Topology.Nodes {
		n := &out.Topology.Nodes[i]
		n.Sysctls = append(slices.Clip(n.Sysctls), f.Sysctls[n.Name]...)
		if routes, given := f.Routes[n.Name]; given {
			n.Routes = routes
		}
		if tables, given := f.Tables[n.Name]; given {
			before, _ := n.Nftables.(nft.Ruleset) // nil: none
			n.Nftables = before.With(tables)
		}
		if err := editRules(n, f.Rules[n.Name]); err != nil {
			return nil, fmt.Errorf("fault %s: %w", f.Name, err)
		}
	}
	return &out, nil
}

// editRules gives a node its own copy of the rules, changed by iptables commands.
func editRules(n *sim.Node, commands []string) error {
	if len(commands) == 0 {
		return nil
	}
	e, err := iptables.Edit(n.Rules)
	if err != nil {
		return err
	}
	for _, c := range commands {
		if err := e.Do(c); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	n.Rules = e.Rules()
	return nil
}

// fault reads one fault.
func (p *parser) fault(name string, n *yaml.Node, path string) {
	f := Fault{Name: name, Sysctls: map[string][]sim.Sysctl{}, Rules: map[string][]string{}, Tables: map[string]nft.Ruleset{}, Routes: map[string][]sim.Route{}}
	if !plainName.MatchString(name) {
		p.note(n, path, "%q is not a name of lower-case letters, digits and hyphens", name)
	}
	fields := append([]field{
		{"title", true, func(n *yaml.Node, path string) { f.Title = p.text(n, path) }},
	}, p.lesson(&f.Lesson)...)
	p.mapping(n, path, append(fields,
		field{"sysctls", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(node string, n *yaml.Node, path string) {
				p.named(n, path, func(key string, n *yaml.Node, path string) {
					f.Sysctls[node] = append(f.Sysctls[node], sim.Sysctl{Key: key, Value: p.text(n, path)})
				})
			})
		}},
		field{"rules", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(node string, n *yaml.Node, path string) {
				f.Rules[node] = items(&p.reader, n, path, p.text)
			})
		}},
		field{"nftables", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(node string, n *yaml.Node, path string) {
				if tables, ok := parsed(&p.reader, n, path, nft.Parse); ok {
					f.Tables[node] = tables
				}
			})
		}},
		field{"routes", false, func(n *yaml.Node, path string) {
			p.named(n, path, func(node string, n *yaml.Node, path string) {
				f.Routes[node] = items(&p.reader, n, path, func(n *yaml.Node, path string) sim.Route {
					r, _ := parsed(&p.reader, n, path, parseRoute)
					return r
				})
			})
		}},
		field{"traffic", false, func(n *yaml.Node, path string) { f.Traffic = items(&p.reader, n, path, p.request) }},
		field{"expect", true, func(n *yaml.Node, path string) { f.Expect = items(&p.reader, n, path, p.expectation) }},
	)...)
	p.scenario.Faults = append(p.scenario.Faults, f)
}

// checkFaults applies every fault: its nodes must exist, and its commands must work.
func (p *parser) checkFaults() {
	right := len(p.problems) == 0
	p.scenario.Faults = slices.DeleteFunc(p.scenario.Faults, func(f Fault) bool {
		lacking := right && p.scenario.WrittenFor != "" && !p.applies(&f)
		if lacking {
			p.scenario.Lacking = append(p.scenario.Lacking, f.Name)
		}
		return lacking
	})
	for i := range p.scenario.Faults {
		before := len(p.problems)
		f := &p.scenario.Faults[i]
		path := "faults." + f.Name
		for node := range f.Sysctls {
			p.known(node, path+".sysctls."+node)
		}
		for node := range f.Routes {
			p.known(node, path+".routes."+node)
		}
		for node := range f.Tables {
			p.known(node, path+".nftables."+node)
		}
		for node, commands := range f.Rules {
			at := path + ".rules." + node
			p.known(node, at)
			if n, ok := p.scenario.Topology.Node(node); ok {
				p.edit(&n, commands, at, true) // n is a copy
			}
		}
		p.senders(f.Traffic, path+".traffic")
		p.resolvable(f.Traffic, path+".traffic")
		traffic := f.Traffic
		if traffic == nil {
			traffic = p.scenario.Traffic
		}
		p.requests(f.Expect, len(traffic), path+".expect")
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

// applies reports whether the engine has the rules that a fault changes.
func (p *parser) applies(f *Fault) bool {
	for name, commands := range f.Rules {
		if n, ok := p.scenario.Topology.Node(name); ok && editRules(&n, commands) != nil { // n is a copy
			return false
		}
	}
	return true
}
