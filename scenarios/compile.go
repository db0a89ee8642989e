package scenarios

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/iptables"
)

// compile turns what was read into a topology: cables are joined at their two
// ends, interfaces get the indexes they would have on a real machine, engines
// install their containers, rules are edited, and the whole is validated. A step is
// left out if a problem in the part of the file that it needs could cause others.
func (p *parser) compile() {
	t := &p.scenario.Topology
	t.Name = p.scenario.Name
	if p.right("nodes") {
		p.joinLinks()
	}
	whole := len(p.problems) == 0
	if whole {
		p.indexLinks()
	}
	p.senders(p.scenario.Traffic, "traffic")
	p.install()
	edited := p.editAll(p.rules, func(node string) *iptables.Ruleset { return p.ruled[node] })
	if whole {
		p.validate(t, "")
	} else {
		p.checkRules(edited, func(node string) string { return "nodes." + node + ".rules" })
	}
	p.checkFaults()
}

// right reports whether no problem was found in some parts of the file.
func (p *parser) right(parts ...string) bool {
	return !slices.ContainsFunc(p.problems, func(q Problem) bool {
		return slices.ContainsFunc(parts, func(part string) bool {
			return q.Path == part || strings.HasPrefix(q.Path, part+".") || strings.HasPrefix(q.Path, part+"[")
		})
	})
}

// knows reports whether the file has a node or container of that name, or may have it:
// its nodes may not be readable at all.
func (p *parser) knows(node string) bool {
	return node == "" || p.places["nodes["+node+"]"] != nil || p.places["nodes"] == nil ||
		slices.ContainsFunc(p.problems, func(q Problem) bool { return q.Path == "nodes" || q.Path == "services" })
}

// validate notes what is wrong with a topology; what is not written down itself stands at
// a path.
func (p *parser) validate(t *sim.Topology, path string) {
	var invalid *sim.InvalidError
	if err := t.Validate(); errors.As(err, &invalid) {
		for _, q := range invalid.Problems {
			at := cmp.Or(path, q.Path)
			p.note(p.place(at), at, "%s", q.Text)
		}
	}
}

// senders checks that what sends is there.
func (p *parser) senders(traffic []sim.Request, path string) {
	for i, r := range traffic {
		if !p.knows(r.From) {
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
