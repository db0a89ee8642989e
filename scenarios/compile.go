package scenarios

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/iptables"
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
	editors := map[string]*iptables.Editor{}
	for i := range t.Nodes {
		editors[t.Nodes[i].Name] = iptables.NewEditor(&t.Nodes[i].Rules)
	}
	for _, r := range p.rules {
		if e := editors[r.node]; e != nil {
			if err := e.Do(r.command); err != nil {
				p.note(r.at, r.path, "%s: %v", r.command, err)
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
			p.note(at, l.path+".link", "leads back to itself")
		case other.to != "" && other.to != self || used[l.to]:
			p.note(at, l.path+".link", "%s has another link already", l.to)
		case !used[self]:
			used[self], used[l.to] = true, true
			p.scenario.Topology.Links = append(p.scenario.Topology.Links, sim.Link{A: l.end, B: other.end})
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

// interfaces names some that there are.
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
