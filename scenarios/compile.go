package scenarios

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
)

// compile turns what was read into a topology: cables are joined at their two
// ends, interfaces get the indexes they would have on a real machine, engines
// install their containers, and the whole is validated.
func (p *parser) compile() {
	t := &p.scenario.Topology
	t.Name = p.scenario.Name
	p.joinLinks()
	if len(p.problems) > 0 {
		return // what else is wrong may only follow from that
	}
	p.indexLinks()
	for _, host := range p.hosts {
		if err := p.engines[host].Install(t, host); err != nil {
			p.note(p.places["nodes."+host], "nodes."+host, "%v", err)
		}
	}
	for _, r := range p.rules {
		for i := range t.Nodes {
			if t.Nodes[i].Name != r.node {
				continue
			}
			if err := command(&t.Nodes[i], []string{r.command}); err != nil {
				p.note(r.at, r.path, "%v", err)
			}
		}
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

// senders checks that what sends is there.
func (p *parser) senders(traffic []sim.Request, path string) {
	for i, r := range traffic {
		if _, ok := p.scenario.Topology.Node(r.From); !ok {
			at := path + "[" + itoa(i) + "].from"
			p.note(p.places[at], at, "there is no node %q", r.From)
		}
	}
}

// joinLinks makes a link of every interface that says where it leads. The
// interface at the other end must be there, and must not lead elsewhere.
func (p *parser) joinLinks() {
	used := map[string]bool{}
	for _, l := range p.links {
		if l.to == "" {
			continue
		}
		other := slices.IndexFunc(p.links, func(o link) bool { return o.end.Node+"/"+o.end.Interface == l.to })
		at := p.places[l.path+".link"]
		self := l.end.Node + "/" + l.end.Interface
		switch {
		case other < 0:
			p.note(at, l.path+".link", "there is no interface %q; the interfaces are %s", l.to, p.interfaces())
		case l.to == self:
			p.note(at, l.path+".link", "leads back to itself")
		case p.links[other].to != "" && p.links[other].to != self || used[l.to]:
			p.note(at, l.path+".link", "%s has another link already", l.to)
		case !used[self]:
			used[self], used[l.to] = true, true
			p.scenario.Topology.Links = append(p.scenario.Topology.Links, sim.Link{A: l.end, B: p.links[other].end})
		}
	}
	for _, l := range p.links {
		if self := l.end.Node + "/" + l.end.Interface; !used[self] && l.to == "" {
			p.note(l.node, l.path, "is linked to nothing; give one of its ends a link: NODE/INTERFACE")
		}
	}
}

// indexLinks numbers each node's interfaces from 2, in the order in which they
// are written; 1 is the loopback.
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

func (p *parser) interfaces() string {
	var names []string
	for _, l := range p.links {
		names = append(names, l.end.Node+"/"+l.end.Interface)
	}
	return strings.Join(names, ", ")
}

// place finds the line for a path of the topology, or of the nearest thing
// around it that was written down.
func (p *parser) place(path string) *yaml.Node {
	for path != "" {
		if n := p.places[path]; n != nil {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".[/"))]
	}
	return nil
}
