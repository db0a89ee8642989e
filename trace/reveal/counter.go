package reveal

import (
	"slices"

	"tracer/trace"
)

// ruleID identifies a rule of a network, or the policy of a chain.
type ruleID struct {
	node, table string
	handle      uint64
	policy      string // the chain; empty: a rule
}

// state returns the network, with rules and interfaces that have counted only the packets so
// far, and bridges that have learned only from them.
func (m *mask) state() trace.State {
	s := m.whole.State
	counted, carried, heard := count(m.journeys), m.carried(), m.heard()
	s.Nodes = slices.Clone(s.Nodes)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		n.Unexplained = nil
		n.Rules = m.rules(n)
		n.FDB = fdb(n, heard)
		n.Interfaces = slices.Clone(n.Interfaces)
		for k := range n.Interfaces {
			f := &n.Interfaces[k]
			if f.Link != nil {
				link := *f.Link
				link.Received, link.Sent = trace.Traffic{}, trace.Traffic{}
				if c := carried[trace.Point{Node: n.Name, Interface: f.Name}]; c != nil {
					link.Received, link.Sent = c[trace.In], c[trace.Out]
				}
				f.Link = &link
			}
		}
		n.Rules = slices.Clone(n.Rules)
		for k := range n.Rules {
			n.Rules[k].Chains = chains(n.Name, &n.Rules[k], counted)
		}
	}
	return s
}

// rules returns a node's rules as they were at the position: before the first command that has
// not run yet.
func (m *mask) rules(n *trace.Node) []trace.Table {
	for i := m.begun(); i < len(m.whole.Answers); i++ {
		if a := &m.whole.Answers[i]; a.Command && a.From == n.Name && a.Before != nil {
			return a.Before
		}
	}
	return n.Rules
}

// chains returns the chains of a table with other counters.
func chains(node string, t *trace.Table, counted map[ruleID]*trace.Count) []trace.Chain {
	out := slices.Clone(t.Chains)
	for i := range out {
		c := &out[i]
		if c.Counted != nil {
			n := trace.Count{}
			if by := counted[ruleID{node, t.Name, 0, c.Name}]; by != nil {
				n = *by
			}
			c.Counted = &n
		}
		c.Rules = slices.Clone(c.Rules)
		for k := range c.Rules {
			r := &c.Rules[k]
			counts := t.Counts(r)
			r.Packets, r.Bytes = 0, 0
			if n := counted[ruleID{node, t.Name, r.Handle, ""}]; n != nil && counts {
				r.Packets, r.Bytes = n.Packets, n.Bytes
			}
		}
	}
	return out
}

// directions counts what an interface received and sent.
type directions [trace.Out + 1]trace.Traffic

func (d *directions) add(way trace.Direction, f *trace.Frame) {
	if f != nil {
		d[way].Packets++
		d[way].Bytes += uint64(f.Length)
	}
}

// carried counts the frames of each interface.
func (m *mask) carried() map[trace.Point]*directions {
	all := map[trace.Point]*directions{}
	for i := range m.journeys {
		for k := range m.journeys[i].Hops {
			h := &m.journeys[i].Hops[k]
			at := trace.Point{Node: h.Node, Interface: h.Interface}
			c := all[at]
			if c == nil {
				c = new(directions)
				all[at] = c
			}
			c.add(h.Direction, m.whole.Frame(h.Frame))
			for _, n := range h.Fragments {
				c.add(h.Direction, m.whole.Frame(n))
			}
		}
	}
	return all
}

// count counts the packets that each rule has matched, those to which each policy was applied,
// and their bytes. The length of a packet that was on no interface is not known, so its bytes
// are missing.
func count(journeys []trace.Journey) map[ruleID]*trace.Count {
	all := map[ruleID]*trace.Count{}
	for i := range journeys {
		j := &journeys[i]
		length := 0 // of the IP packet, as rules count it
		for k := range j.Hops {
			h := &j.Hops[k]
			if k == 0 {
				length = h.Packet.Length
			}
			matched(all, h.Node, h.Steps, length)
			length = h.Packet.Length
		}
		matched(all, j.Outcome.Node, j.Outcome.Steps, length)
	}
	return all
}

func matched(all map[ruleID]*trace.Count, node string, steps []trace.Step, length int) {
	for i := range steps {
		s := &steps[i]
		id := ruleID{node, s.Table, s.Handle, ""}
		switch {
		case s.Handle == 0 && !s.Terminal: // the end of a chain
			continue
		case s.Handle == 0:
			id.policy = s.Chain
		}
		c := all[id]
		if c == nil {
			c = new(trace.Count)
			all[id] = c
		}
		c.Packets += uint64(max(1, s.Fragments))
		c.Bytes += uint64(length)
	}
}
