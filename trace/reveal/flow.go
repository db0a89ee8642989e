package reveal

import (
	"slices"

	"tracer/trace"
)

// conversation is what the packets so far have shown of a flow.
type conversation struct {
	begun, replied bool
	seen           bool // a packet was on an interface
	entry          uint32
	nat            []trace.Translation
	reply          trace.Ends // the ends that a reply to the first packet would have
}

// flows returns the flows that have begun, at their numbers, as far as they are known.
func (m *mask) flows() []trace.Flow {
	shown := make([]conversation, len(m.whole.Flows)+1)
	last := 0
	for i := range m.journeys {
		if j := &m.journeys[i]; m.whole.Flow(j.Flow) != nil {
			shown[j.Flow].add(j)
			last = max(last, j.Flow)
		}
	}
	out := make([]trace.Flow, last)
	for i := range out {
		c, f := &shown[i+1], &m.whole.Flows[i]
		out[i].ID = f.ID
		if !c.begun {
			continue
		}
		out[i].Protocol, out[i].Reply, out[i].NAT = f.Protocol, c.reply, c.nat
		if c.seen {
			out[i].Original = f.Original
		}
		if c.replied {
			out[i].Reply = f.Reply
		}
		if c.entry != 0 {
			out[i].Entry = trace.Entry{ID: c.entry, Unreplied: !c.replied}
		}
	}
	// What a proxy joined shows when both have begun.
	for i := range out {
		f := &m.whole.Flows[i]
		if other := f.Continues + f.ContinuedBy; other > 0 && other <= last && shown[i+1].begun && shown[other].begun {
			out[i].Proxy, out[i].Continues, out[i].ContinuedBy = f.Proxy, f.Continues, f.ContinuedBy
		}
	}
	return out
}

// add adds what a packet shows.
func (c *conversation) add(j *trace.Journey) {
	for i := range j.Hops {
		c.see(j.Hops[i].Changes, j.Hops[i].Conntrack)
	}
	c.see(j.Outcome.Changes, j.Outcome.Conntrack)
	c.replied = c.replied || j.Direction == trace.Reply
	if h := Headers(j); !c.seen && len(j.Hops) > 0 {
		c.reply, c.seen = h.Ends().Reversed(), true
	}
	c.begun = true
}

func (c *conversation) see(changes []trace.Change, a *trace.Association) {
	for i := range changes {
		cause := &changes[i].Cause
		if kind := cause.Translation; kind != 0 && !slices.Contains(c.nat, kind) {
			c.nat = append(c.nat, kind)
		}
	}
	if a != nil && !a.Unconfirmed {
		c.entry = a.Entry
	}
}
