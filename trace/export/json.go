package export

import (
	"io"
	"time"

	"tracer/sim"
	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// schema is the version of trace.json that this package writes.
const schema = 1

// JSON writes a trace as trace.json, element by element: as a whole it would be in
// memory three times. Characters that would control a terminal are written as JSON
// escapes; a parser reads the same values.
func JSON(w io.Writer, t *trace.Trace, v explain.Voice) error {
	out := newJSONWriter(escape.JSON(w))
	out.field("schema", schema)
	out.field("scenario", t.Scenario)
	out.field("title", t.Title)
	out.field("headline", t.Headline)
	out.field("kernel", t.State.Kernel)
	writeList(out, "nodes", t.State.Nodes, newNode)
	writeList(out, "flows", t.Flows, newFlow)
	writeList(out, "answers", t.Answers, func(a *trace.Answer) answerDoc { return answerDoc(*a) })
	out.field("capture", captureCounts{
		Frames: len(t.Frames), Missed: t.Gaps.Missed, Ambiguous: t.Gaps.Ambiguous,
		StepGaps: t.Gaps.Steps, EventGaps: t.Gaps.Events, Stray: t.Gaps.Stray, Undecoded: t.Gaps.Undecoded, Unkept: t.Gaps.Unkept,
	})
	if t.Survey != nil {
		out.field("survey", newSurvey(t.Survey, v))
	}
	writeList(out, "frames", t.Frames, newFrame)
	// Last, since they refer to everything else: of a truncated file, the rest can be read.
	writeList(out, "journeys", t.Journeys, func(j *trace.Journey) journeyDoc { return newJourney(j, v) })
	return out.end()
}

// each converts a list; an empty one becomes [] and not null.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

func textOf[T interface{ String() string }](v T) string { return v.String() }

func newNode(n *sim.NodeState) nodeDoc {
	d := nodeDoc{
		Name: n.Name, Role: roleName(n.Role),
		Interfaces: each(n.Interfaces, func(i sim.InterfaceState) interfaceDoc {
			d := interfaceDoc{
				Name: i.Name, Index: i.Index, MAC: i.MAC.String(), MTU: i.MTU, Kind: i.Kind,
				Addresses: each(i.Addresses, textOf), Peer: i.Peer, Master: i.Master, RouteLocalnet: i.RouteLocalnet,
			}
			if i.Forwarding != n.Forwarding {
				d.Forwarding = &i.Forwarding
			}
			return d
		}),
		Routes: each(n.Routes, textOf),
		Neighbours: each(n.Neighbours, func(e sim.Neighbour) neighbourDoc {
			return neighbourDoc{e.Address.String(), e.MAC.String(), e.Interface}
		}),
		Chains: []chainDoc{}, Rules: []ruleDoc{}, BridgeNetfilter: n.BridgeNetfilter, Forwarding: n.Forwarding,
	}
	for _, t := range n.Rules.Tables {
		for _, c := range t.Chains {
			chain := chainDoc{Table: t.Name, Chain: c.Name, Foreign: c.Foreign}
			if c.Policy != 0 {
				chain.Policy = c.Policy.String()
			}
			d.Chains = append(d.Chains, chain)
			for _, r := range c.Rules {
				d.Rules = append(d.Rules, ruleDoc{r.Handle, t.Name, c.Name, r.String(), r.Packets, r.Bytes})
			}
		}
	}
	return d
}

// roleName is "unknown" for what is no node of a lab.
func roleName(r sim.Role) string {
	if r == 0 {
		return unknownRole
	}
	return r.String()
}

const unknownRole = "unknown"

func newFlow(f *trace.Flow) flowDoc {
	return flowDoc{
		ID: f.ID, Protocol: f.Protocol, Original: newEnds(f.Original), Reply: newEnds(f.Reply),
		NAT: append([]string{}, f.NAT...), Entry: f.Entry, Conntrack: f.Text,
		Proxy: f.Proxy, Continues: f.Continues, ContinuedBy: f.ContinuedBy,
	}
}

// newEnds leaves out the port where there is none.
func newEnds(e trace.Ends) endsDoc {
	if e.Source.Port() == 0 && e.Destination.Port() == 0 {
		return endsDoc{e.Source.Addr().String(), e.Destination.Addr().String()}
	}
	return endsDoc{e.Source.String(), e.Destination.String()}
}

func newJourney(j *trace.Journey, v explain.Voice) journeyDoc {
	o := &j.Outcome
	return journeyDoc{
		ID: j.ID, Flow: j.Flow, Direction: j.Direction.String(), Summary: j.Summary, Housekeeping: j.Housekeeping(),
		Hops: each(j.Hops, func(h trace.Hop) hopDoc { return newHop(&h, v) }),
		Outcome: outcomeDoc{
			Kind: o.Kind.String(), Node: o.Node, Hook: o.Hook, Reason: o.Reason, Rule: o.Rule, By: o.Text, ToldBy: o.ToldBy,
			Text: v.Outcome(j), Hooks: append([]string{}, o.Hooks...), Steps: each(o.Steps, newStep), Changes: newChanges(o.Changes, v),
		},
	}
}

func newHop(h *trace.Hop, v explain.Voice) hopDoc {
	d := hopDoc{
		Node: h.Node, Interface: h.Interface, Direction: h.Direction.String(), Time: timestamp(h.Time), Frame: h.Frame,
		TTL: h.Packet.TTL, SourceMAC: h.Packet.SrcMAC.String(), DestinationMAC: h.Packet.DstMAC.String(),
		Source: h.Packet.Source(), Destination: h.Packet.Destination(), Evidence: h.Evidence.String(),
		Hooks: append([]string{}, h.Hooks...), Steps: each(h.Steps, newStep), Changes: newChanges(h.Changes, v), Ambiguous: h.Ambiguous, Doubtful: h.Doubtful,
	}
	if c := h.Conntrack; c != nil {
		d.Conntrack = &associationDoc{c.Entry, c.Direction.String(), c.State, c.Observed}
	}
	return d
}

func newStep(s trace.Step) stepDoc {
	d := stepDoc{Hook: s.Hook, Table: s.Table, Chain: s.Chain, Rule: s.Rule, Text: s.Text, Verdict: s.Verdict, Terminal: s.Terminal}
	for _, m := range s.Missed {
		d.Missed = append(d.Missed, missedDoc(m))
	}
	return d
}

func newChanges(list []trace.Change, v explain.Voice) []changeDoc {
	return each(list, func(c trace.Change) changeDoc {
		return changeDoc{c.Field.String(), c.From, c.To, c.Hook, newCause(&c, v)}
	})
}

func newCause(c *trace.Change, v explain.Voice) causeDoc {
	cause := &c.Cause
	d := causeDoc{
		Kind: cause.Kind.String(), Table: cause.Table, Chain: cause.Chain, Rule: cause.Rule,
		Neighbour: cause.Neighbour, Conntrack: cause.Entry, Translation: cause.Translation, Reverse: cause.Reverse,
		Text: v.Cause(c),
	}
	switch cause.Kind {
	case trace.CauseRule:
		d.RuleText = cause.Text
	case trace.CauseRouting:
		d.Route = cause.Text
	}
	if e := cause.Established; e != (trace.Established{}) {
		d.Established = &establishedDoc{e.Journey, e.Table, e.Chain, e.Rule, e.Text}
	}
	return d
}

func newFrame(f *trace.Frame) frameDoc {
	return frameDoc{f.Number, f.Node, f.Interface, f.Direction.String(), timestamp(f.Time), int(f.Link), f.Length, f.Data}
}

// timestamp is RFC 3339 in UTC with nanoseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }
