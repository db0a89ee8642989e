package compare

import (
	"slices"
	"strings"

	"tracer/trace"
)

// Engines returns the releases of Docker Engine in the two networks, or "" without one.
func (c *Comparison) Engines() [2]string {
	return [2]string{engines(c.Traces[A]), engines(c.Traces[B])}
}

// OtherEngine reports whether a node has another engine in the other network. Then only what
// happens to packets is compared, and not the rules: see the package's documentation.
func (c *Comparison) OtherEngine() bool { return c.ways.otherEngine }

func engines(t *trace.Trace) string {
	var list []string
	for i := range t.State.Nodes {
		if e := t.State.Nodes[i].Engine; e != nil && !slices.Contains(list, e.Version) {
			list = append(list, e.Version)
		}
	}
	return strings.Join(list, ", ")
}

// otherEngine reports whether a node has different engines in two networks.
func otherEngine(a, b *trace.State) bool {
	return slices.ContainsFunc(a.Nodes, func(n trace.Node) bool {
		m := b.Node(n.Name)
		return n.Engine != nil && m != nil && m.Engine != nil && n.Engine.Version != m.Engine.Version
	})
}

// Deciders are the rules with which the two engines do the same to a packet: those that end the
// evaluation of a chain and, if one engine has no rule, the policy in its place.
type Deciders struct {
	Packet int // an index in Comparison.Packets: the first of those packets
	Node   string
	Hook   trace.Hook
	Steps  [2][]*trace.Step // empty: that engine decides nothing
}

// Deciders returns what decides differently although packets fare the same, each once, in the order
// of the packets.
func (c *Comparison) Deciders() (list []Deciders) {
	if !c.OtherEngine() {
		return nil
	}
	seen := map[string]bool{}
	for i := range c.Packets {
		p := &c.Packets[i]
		if p.Differs || !p.Has(A) || !p.Has(B) {
			continue
		}
		for _, d := range c.deciders(p) {
			d.Packet = i
			if key := c.key(&d); !seen[key] {
				seen[key] = true
				list = append(list, d)
			}
		}
	}
	return list
}

// deciders returns where different rules decide about a packet, in the order of its way.
func (c *Comparison) deciders(p *Packet) (list []Deciders) {
	type place struct {
		node  string
		hook  trace.Hook
		visit int // a node's hook can be passed more than once
	}
	at := map[place]int{}
	for _, s := range Sides {
		for _, e := range c.events(p, s) {
			if e.Kind != KindRule || !e.Step.Terminal {
				continue
			}
			k := place{e.Node, e.Step.Hook, e.Place.Stop}
			i, known := at[k]
			if !known {
				i = len(list)
				at[k] = i
				list = append(list, Deciders{Node: e.Node, Hook: e.Step.Hook})
			}
			list[i].Steps[s] = append(list[i].Steps[s], e.Step)
		}
	}
	for i := range list {
		list[i].Steps = c.unlike(list[i].Node, list[i].Steps)
	}
	return slices.DeleteFunc(list, func(d Deciders) bool { return !ruled(d.Steps[A]) && !ruled(d.Steps[B]) })
}

// unlike leaves the steps that only one side has: its rules or, without any, its policies.
func (c *Comparison) unlike(node string, steps [2][]*trace.Step) (out [2][]*trace.Step) {
	for _, s := range Sides {
		other := map[string]int{}
		for _, step := range steps[s.Other()] {
			other[c.ways.step(s.Other(), node, step)]++
		}
		for _, step := range steps[s] {
			key := c.ways.step(s, node, step)
			if other[key]--; other[key] < 0 {
				out[s] = append(out[s], step)
			}
		}
		if ruled(out[s]) {
			out[s] = slices.DeleteFunc(out[s], func(step *trace.Step) bool { return step.Handle == 0 })
		}
	}
	return out
}

// ruled reports whether there is a rule among the steps, and not only policies.
func ruled(steps []*trace.Step) bool {
	return slices.ContainsFunc(steps, func(s *trace.Step) bool { return s.Handle != 0 })
}

func (c *Comparison) key(d *Deciders) string {
	words := []string{d.Node, d.Hook.String()}
	for _, s := range Sides {
		words = append(words, s.String())
		for _, step := range d.Steps[s] {
			words = append(words, c.ways.step(s, d.Node, step))
		}
	}
	return strings.Join(words, "\n")
}
