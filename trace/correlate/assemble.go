package correlate

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/join"
)

// began returns when a packet was first seen: on an interface, or else in the rule trace.
func began(t *track) (at time.Time, onWire bool) {
	if len(t.Sightings) > 0 {
		return t.Sightings[0].Time, true
	}
	return t.Last, false
}

// assemble makes a journey from a finished track: hops from its frames, and the steps,
// changes and causes between them.
func (c *Correlator) assemble(t *track) trace.Journey {
	n := c.network
	seen := n.observations(t)
	j := trace.Journey{ID: t.ID, Summary: seen[0].headers.Summary()}
	begun, onWire := began(t)
	if !onWire {
		j.Traced = begun
	}
	a := n.associate(begun, seen)
	t.Client.flow = c.flows.of(begun, seen, &a, t.Client.whole)
	j.Flow, j.Direction = t.Client.flow.ID, t.Client.flow.direction
	between := segment{point: -1}
	var frame *join.Sighting // the last
	entered := &seen[0]
	var chain *observation // the last
	for i := range seen {
		o := &seen[i]
		if i > 0 {
			before := &seen[i-1]
			if o.stay != before.stay {
				entered = o
			}
			p := passing{entered: entered, before: before, o: o, left: leaving(seen[i:]), link: between.link, since: &between}
			if frame != nil {
				p.mss = frame.Packet.TCP.MSS
			}
			changes := n.changes(&p, &a)
			c.authored(&j, o.stay, changes, &a)
			between.changes = append(between.changes, changes...)
		}
		if o.headers.HasMAC {
			between.link = o.headers
		}
		if o.chain != nil {
			steps := n.met(o.node, o.chain)
			between.changes = append(between.changes, n.marked(chain, o)...)
			chain = o
			between.met = append(between.met, passed{
				node: o.node, hook: o.chain.place.Hook, steps: steps, doubt: o.within.rivals || t.Doubtful, made: a.makes(o),
			})
			continue
		}
		if n.graph.points[o.frame.Point].direction == trace.Out {
			between.forget(o.node)
		}
		h := n.hop(o, &between, &a)
		if frame != nil {
			h.Identity = n.identity(frame, o, &a)
		}
		j.Hops = append(j.Hops, h)
		between, frame = segment{link: o.headers, point: o.frame.Point}, o.frame
	}
	j.Outcome = c.ending(t, seen, &a, &between)
	return j
}

// ending returns the outcome, with what happened after the last hop.
func (c *Correlator) ending(t *track, seen []observation, a *association, after *segment) trace.Outcome {
	var end time.Time
	if c.ended {
		end = c.end
	}
	o := c.outcome(t, seen, a, end)
	if o.Conntrack != nil {
		o.Conntrack.Created = after.made()
	}
	o.Hooks, o.Steps, o.Changes = after.hooks(), after.steps(), after.changes
	return o
}

// leaving returns the first outgoing frame of the stay at the start of a list, or nil.
func leaving(list []observation) *observation {
	for i := range list {
		if list[i].stay != list[0].stay {
			break
		}
		if list[i].frame != nil {
			return &list[i]
		}
	}
	return nil
}

// segment is what happens between two hops.
type segment struct {
	point   int // where it began, -1 for the first
	met     []passed
	changes []trace.Change
	link    *trace.Headers // the packet with the last link header seen
}

// passed is a base chain that a packet passed: it has a rule trace.
type passed struct {
	node  string
	hook  trace.Hook
	steps []trace.Step
	doubt bool // the trace may be another packet's
	made  bool // conntrack made an entry for the packet
}

// hooks returns the hooks, in order, and without repeating one for each of its chains.
func (b *segment) hooks() (list []trace.Hook) {
	for _, m := range b.met {
		if len(list) == 0 || list[len(list)-1] != m.hook {
			list = append(list, m.hook)
		}
	}
	return list
}

func (b *segment) steps() (list []trace.Step) {
	for _, m := range b.met {
		list = append(list, m.steps...)
	}
	return list
}

func (b *segment) made() bool {
	return slices.ContainsFunc(b.met, func(m passed) bool { return m.made })
}

func (b *segment) doubt() bool {
	return slices.ContainsFunc(b.met, func(m passed) bool { return m.doubt })
}

// forget drops what happened in other nodes than that of the next hop, which leaves a bridge:
// if the bridge floods a packet, the paths of other copies end there.
func (b *segment) forget(node string) {
	b.met = slices.DeleteFunc(b.met, func(m passed) bool { return m.node != node })
}

func (n *network) hop(o *observation, between *segment, a *association) trace.Hop {
	at := &n.graph.points[o.frame.Point]
	h := trace.Hop{
		Node: at.node.Name, Interface: at.iface.Name, Direction: at.direction,
		Time: o.frame.Time, Frame: o.frame.Frame, Fragments: o.frame.Fragments, Packet: *o.headers,
		Hooks: between.hooks(), Steps: between.steps(), Changes: between.changes,
		Evidence: trace.EvidenceFrames, Ambiguous: o.frame.Rivals, Doubtful: between.doubt(),
	}
	if len(between.met) > 0 || n.graph.between(between.point, o.frame.Point) == stack {
		h.Conntrack = a.at(o.stay)
	}
	if h.Conntrack != nil {
		h.Conntrack.Created = between.made()
	}
	switch {
	case len(between.met) > 0:
		h.Evidence = trace.EvidenceTrace
	case h.Conntrack != nil:
		h.Evidence = trace.EvidenceConntrack
	}
	return h
}
