package reveal

import (
	"slices"

	"tracer/trace"
)

// ruleID identifies a rule of a network.
type ruleID struct {
	node, table string
	handle      uint64
}

// state returns the network, with rules that have counted only the packets so far.
func (m *mask) state() trace.State {
	s := m.whole.State
	counted := count(m.journeys)
	s.Nodes = slices.Clone(s.Nodes)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		n.Rules = slices.Clone(n.Rules)
		for k := range n.Rules {
			n.Rules[k].Chains = chains(n.Name, &n.Rules[k], counted)
		}
	}
	return s
}

// chains returns the chains of a table with other counters.
func chains(node string, t *trace.Table, counted map[ruleID]*counter) []trace.Chain {
	out := slices.Clone(t.Chains)
	for i := range out {
		c := &out[i]
		c.Rules = slices.Clone(c.Rules)
		for k := range c.Rules {
			r := &c.Rules[k]
			r.Packets, r.Bytes = 0, 0
			if n := counted[ruleID{node, t.Name, r.Handle}]; n != nil {
				r.Packets, r.Bytes = n.packets, n.bytes
			}
		}
	}
	return out
}

type counter struct{ packets, bytes uint64 }

// count counts the packets that each rule has matched, and their bytes. The length of a
// packet that was on no interface is not known, so its bytes are missing.
func count(journeys []trace.Journey) map[ruleID]*counter {
	all := map[ruleID]*counter{}
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

func matched(all map[ruleID]*counter, node string, steps []trace.Step, length int) {
	for i := range steps {
		s := &steps[i]
		if s.Handle == 0 {
			continue
		}
		id := ruleID{node, s.Table, s.Handle}
		c := all[id]
		if c == nil {
			c = new(counter)
			all[id] = c
		}
		c.packets++
		c.bytes += uint64(length)
	}
}
