package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/iptables"
)

// compile turns what was read into a topology: it joins links at their two ends, gives
// interfaces the indexes they would have on a real machine, lets engines install their
// containers, runs iptables commands, and validates the result.
func (p *parser) compile() {
	t := &p.scenario.Topology
	t.Name = p.scenario.Name
	p.joinLinks()
	if len(p.problems) > 0 {
		return // other problems may only follow from these
	}
	p.indexLinks()
	for _, host := range p.hosts {
		if err := p.engines[host].Install(t, host); err != nil {
			p.note(p.places["nodes."+host], "nodes."+host, "%v", err)
		}
	}
	for i := range t.Nodes {
		p.runCommands(&t.Nodes[i])
	}
	var invalid *sim.InvalidError
	if err := t.Validate(); errors.As(err, &invalid) {
		for _, q := range invalid.Problems {
			p.note(p.place(q.Path), q.Path, "%s", q.Text)
		}
	}
	p.senders(p.scenario.Traffic, "traffic")
	if len(p.problems) == 0 {
		p.checkFaults()
	}
}

// runCommands runs a node's iptables commands on the rules that it has so far.
func (p *parser) runCommands(n *sim.Node) {
	commands := p.commands[n.Name]
	if len(commands) == 0 {
		return
	}
	e, err := iptables.Edit(n.Rules)
	if err != nil {
		p.note(commands[0].at, commands[0].path, "%v", err)
		return
	}
	for _, c := range commands {
		if err := e.Do(c.text); err != nil {
			p.note(c.at, c.path, "%s: %v", c.text, err)
		}
	}
	n.Rules = e.Rules()
}

// senders checks that the nodes that send requests exist.
func (p *parser) senders(traffic []sim.Request, path string) {
	for i, r := range traffic {
		p.known(r.From, fmt.Sprintf("%s[%d].from", path, i))
	}
}

// known checks that a node that is named at a path exists.
func (p *parser) known(node, path string) {
	if _, ok := p.scenario.Topology.Node(node); !ok {
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

// indexLinks numbers each node's interfaces from 2, in the order of the file; 1 is the
// loopback.
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
