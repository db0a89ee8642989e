package correlate

import (
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
			p := passing{entered: entered, before: before, o: o, left: leaving(seen[i:]), link: between.link, since: between.steps}
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
			between.chain(o, steps, t.Doubtful)
			between.made = between.made || a.makes(o)
			continue
		}
		h := n.hop(o, &between, &a)
		if frame != nil {
			h.Identity = n.identity(frame, o, &a)
		}
		j.Hops = append(j.Hops, h)
		between, frame = segment{link: o.headers, point: o.frame.Point}, o.frame
	}
	var end time.Time
	if c.ended {
		end = c.end
	}
	j.Outcome = c.outcome(t, seen, &a, end)
	if j.Outcome.Conntrack != nil {
		j.Outcome.Conntrack.Created = between.made
	}
	j.Outcome.Hooks, j.Outcome.Steps, j.Outcome.Changes = between.hooks, between.steps, between.changes
	return j
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
	hooks   []trace.Hook
	steps   []trace.Step
	changes []trace.Change
	link    *trace.Headers // the packet with the last link header seen
	traced  bool           // there is a rule trace of it
	doubt   bool           // the trace may be another packet's
	made    bool           // conntrack made an entry for the packet
}

// chain adds the evaluation of a base chain.
func (b *segment) chain(o *observation, steps []trace.Step, doubtful bool) {
	b.traced = true
	if h := o.chain.place.Hook; len(b.hooks) == 0 || b.hooks[len(b.hooks)-1] != h {
		b.hooks = append(b.hooks, h)
	}
	b.doubt = b.doubt || o.within.rivals || doubtful
	b.steps = append(b.steps, steps...)
}

func (n *network) hop(o *observation, between *segment, a *association) trace.Hop {
	at := &n.graph.points[o.frame.Point]
	h := trace.Hop{
		Node: at.node.Name, Interface: at.iface.Name, Direction: at.direction,
		Time: o.frame.Time, Frame: o.frame.Frame, Fragments: o.frame.Fragments, Packet: *o.headers,
		Hooks: between.hooks, Steps: between.steps, Changes: between.changes,
		Evidence: trace.EvidenceFrames, Ambiguous: o.frame.Rivals, Doubtful: between.doubt,
	}
	if between.traced || n.graph.between(between.point, o.frame.Point) == stack {
		h.Conntrack = a.at(o.stay)
	}
	if h.Conntrack != nil {
		h.Conntrack.Created = between.made
	}
	switch {
	case between.traced:
		h.Evidence = trace.EvidenceTrace
	case h.Conntrack != nil:
		h.Evidence = trace.EvidenceConntrack
	}
	return h
}
