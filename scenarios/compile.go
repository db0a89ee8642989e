package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/docker"
	"tracer/sim/iptables"
)

// compile builds the topology: it joins links at their two ends, gives interfaces the
// indexes they would have on a real machine, lets engines install their containers, runs
// iptables commands, and validates the result. It skips a step if the step depends on a
// part of the file with problems, which could cause others.
func (p *parser) compile() {
	t := &p.scenario.Topology
	t.Name = p.scenario.Name
	if p.right("nodes") {
		p.joinLinks()
	}
	right := len(p.problems) == 0
	if right {
		p.indexLinks()
	}
	p.senders(p.scenario.Traffic, "traffic")
	p.requests(p.scenario.Expect, len(p.scenario.Traffic), "expect")
	if p.engine != "" {
		p.replace(p.engine)
	}
	p.install()
	p.resolvable(p.scenario.Traffic, "traffic")
	for i := range t.Nodes {
		n := &t.Nodes[i]
		p.edit(n, p.commands[n.Name], "nodes."+n.Name+".rules", !right)
	}
	if right {
		p.validate(t, "")
	}
	p.checkFaults()
	if p.scenario.WrittenFor != "" {
		p.scenario.Expect = nil
		for i := range p.scenario.Faults {
			p.scenario.Faults[i].Expect = nil
		}
	}
}

// right reports whether some parts of the file have no problems.
func (p *parser) right(parts ...string) bool {
	return !slices.ContainsFunc(p.problems, func(q Problem) bool {
		return slices.ContainsFunc(parts, func(part string) bool {
			return q.Path == part || strings.HasPrefix(q.Path, part+".") || strings.HasPrefix(q.Path, part+"[")
		})
	})
}

// install lets the engines install their networks and containers. If networks or services
// have problems, an engine installs only the default bridge.
func (p *parser) install() {
	p.failed = map[string]bool{}
	for _, host := range p.hosts {
		e := *p.engines[host]
		if !p.right("networks", "services") {
			e.Networks, e.Containers = []docker.Network{docker.DefaultBridge()}, nil
		}
		at := "nodes." + host
		if p.failed[host] = !p.right(at + ".engine"); p.failed[host] {
			continue
		}
		installed, err := e.Addressed()
		if err == nil {
			err = installed.Install(&p.scenario.Topology, host)
		}
		if err != nil {
			p.note(p.places[at], at, "%v", err)
			p.failed[host] = true
		}
		p.scenario.Engines[host] = installed
	}
}

// edit applies the iptables commands at a path to a node's rules. check is whether to
// validate the result here.
func (p *parser) edit(n *sim.Node, commands []string, path string, check bool) {
	if len(commands) == 0 || p.failed[n.Name] {
		return
	}
	e, err := iptables.Edit(n.Rules)
	if err != nil {
		p.note(p.places[path], path, "%v", err)
		return
	}
	own := "nodes." + n.Name + ".rules"
	for i, c := range commands {
		if c == "" || namesRule(c) && !p.right("networks", "services", own) {
			continue // the rule may be missing because of that problem
		}
		if err := e.Do(c); err != nil {
			at := fmt.Sprintf("%s[%d]", path, i)
			p.note(p.places[at], at, "%s: %v", c, err)
		}
	}
	n.Rules = e.Rules()
	if check && n.Rules != nil && p.right(path, own) {
		for _, q := range n.Rules.Validate() {
			p.note(p.places[path], path, "%v", q)
		}
	}
}

// namesRule reports whether a command refers to rules that must exist, or must not.
func namesRule(command string) bool {
	words := strings.Fields(command)
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains([]string{"-D", "--delete", "-X", "--delete-chain"}, w) }) {
		return true
	}
	i := slices.IndexFunc(words, func(w string) bool { return w == "-I" || w == "--insert" })
	if i < 0 || i+2 >= len(words) {
		return false
	}
	_, err := strconv.Atoi(words[i+2])
	return err == nil
}

// validate notes the problems of a topology: all at one path, or each at its own.
func (p *parser) validate(t *sim.Topology, path string) {
	var invalid *sim.InvalidError
	if err := t.Validate(); errors.As(err, &invalid) {
		for _, q := range invalid.Problems {
			at := cmp.Or(path, q.Path)
			p.note(p.place(at), at, "%s", q.Text)
		}
	}
}

// senders checks that the nodes that send requests exist.
func (p *parser) senders(traffic []sim.Request, path string) {
	for i, r := range traffic {
		p.known(r.From, fmt.Sprintf("%s[%d].from", path, i))
	}
}

// requests checks that the requests that expectations refer to exist.
func (p *parser) requests(expect []Expectation, count int, path string) {
	for i := range expect {
		if n := expect[i].Request; n > count && p.right("traffic") {
			at := fmt.Sprintf("%s[%d].request", path, i)
			p.note(p.places[at], at, "there is no request %d; the traffic has %d", n, count)
		}
	}
}

// known checks that the node named at a path exists, unless the names of the nodes could
// not be read.
func (p *parser) known(node, path string) {
	unreadable := p.places["nodes"] == nil ||
		slices.ContainsFunc(p.problems, func(q Problem) bool { return q.Path == "nodes" || q.Path == "services" })
	if node != "" && p.places["nodes["+node+"]"] == nil && !unreadable {
		p.note(p.places[path], path, "there is no node %q", node)
	}
}

// joinLinks makes a link for every interface that names its other end, which must exist
// and must not name another one.
func (p *parser) joinLinks() {
	ends := map[string]*link{}
	for i := range p.links {
		ends[p.links[i].end.Node+"/"+p.links[i].end.Interface] = &p.links[i]
	}
	used := map[string]bool{}
	for _, l := range p.links {
		if l.to == "" {
			continue
		}
		other := ends[l.to]
		at := p.places[l.path+".link"]
		self := l.end.Node + "/" + l.end.Interface
		switch {
		case other == nil:
			p.note(at, l.path+".link", "there is no interface %q; the interfaces are %s", l.to, p.interfaces())
		case l.to == self:
			p.note(at, l.path+".link", "links to itself")
		case other.to != "" && other.to != self || used[l.to]:
			p.note(at, l.path+".link", "%s already has a link", l.to)
		case !used[self]:
			used[self], used[l.to] = true, true
			p.scenario.Topology.Links = append(p.scenario.Topology.Links, sim.Link{A: l.end, B: other.end})
		}
	}
	for _, l := range p.links {
		if self := l.end.Node + "/" + l.end.Interface; !used[self] && l.to == "" {
			p.note(l.node, l.path, "has no link; set link: NODE/INTERFACE at one of its ends")
		}
	}
}

// indexLinks numbers each node's interfaces from 2, in the order of the file, and then its
// bridges. Loopback is 1.
func (p *parser) indexLinks() {
	index := map[string]int{}
	next := map[string]int{}
	for _, l := range p.links {
		index[l.end.Node+"/"+l.end.Interface] = 2 + next[l.end.Node]
		next[l.end.Node]++
	}
	for i := range p.scenario.Topology.Links {
		l := &p.scenario.Topology.Links[i]
		l.A.Index = index[l.A.Node+"/"+l.A.Interface]
		l.B.Index = index[l.B.Node+"/"+l.B.Interface]
	}
	for i := range p.scenario.Topology.Nodes {
		n := &p.scenario.Topology.Nodes[i]
		for k := range n.Bridges {
			n.Bridges[k].Index = 2 + next[n.Name] + k
		}
	}
}

// interfaces lists the first interfaces, for messages.
func (p *parser) interfaces() string {
	const most = 20
	var names []string
	for i, l := range p.links {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, l.end.Node+"/"+l.end.Interface)
	}
	return strings.Join(names, ", ")
}

// place returns the position in the file of a path of the topology, or of the nearest
// enclosing element that the file contains.
func (p *parser) place(path string) *yaml.Node {
	for path != "" {
		if n := p.places[path]; n != nil {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".[/"))]
	}
	return nil
}
