package export

import (
	"io"
	"time"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// schema is the version of trace.json that this package writes.
const schema = 1

// JSON writes a trace as trace.json, element by element: as a whole it would be in
// memory three times. Characters that would control a terminal are written as JSON
// escapes; a parser reads the same values.
func JSON(w io.Writer, t *trace.Trace, l explain.Language) error {
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
		Frames: len(t.Frames), Lost: t.Gaps.Lost, Ambiguous: t.Gaps.Ambiguous,
		StepGaps: t.Gaps.Steps, EventGaps: t.Gaps.Events, Stray: t.Gaps.Stray, Undecoded: t.Gaps.Undecoded, Unkept: t.Gaps.Unkept,
	})
	if t.Survey != nil {
		out.field("survey", newSurvey(t.Survey, l))
	}
	writeList(out, "frames", t.Frames, newFrame)
	// Last, since they refer to everything else: of a truncated file, the rest can be read.
	writeList(out, "journeys", t.Journeys, func(j *trace.Journey) journeyDoc { return newJourney(j, l) })
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

func newNode(n *trace.Node) nodeDoc {
	d := nodeDoc{
		Name: n.Name, Role: n.Role,
		Interfaces: each(n.Interfaces, func(i trace.Interface) interfaceDoc {
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
		Neighbours: each(n.Neighbours, func(e trace.Neighbour) neighbourDoc {
			return neighbourDoc{e.Address.String(), e.MAC.String(), e.Interface}
		}),
		Chains: []chainDoc{}, Rules: []ruleDoc{}, BridgeNetfilter: n.BridgeNetfilter, Forwarding: n.Forwarding,
	}
	for _, t := range n.Rules {
		for _, c := range t.Chains {
			d.Chains = append(d.Chains, chainDoc{Table: t.Name, Chain: c.Name, Policy: c.Policy, Foreign: c.Foreign})
			for _, r := range c.Rules {
				d.Rules = append(d.Rules, ruleDoc{r.Handle, t.Name, c.Name, r.Text, r.Packets, r.Bytes})
			}
		}
	}
	return d
}

func newFlow(f *trace.Flow) flowDoc {
	return flowDoc{
		ID: f.ID, Protocol: f.Protocol, Original: newEnds(f.Original), Reply: newEnds(f.Reply),
		NAT: append([]trace.Translation{}, f.NAT...), Entry: f.Entry.ID, Conntrack: f.Entry.Text, State: f.Entry.State,
		Unreplied: f.Entry.Unreplied, Assured: f.Entry.Assured,
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

func newJourney(j *trace.Journey, l explain.Language) journeyDoc {
	return journeyDoc{
		ID: j.ID, Flow: j.Flow, Direction: j.Direction, Summary: j.Summary, Background: j.Background(),
		Hops: each(j.Hops, func(h trace.Hop) hopDoc { return newHop(&h, l) }), Outcome: newOutcome(j, l),
	}
}

func newOutcome(j *trace.Journey, l explain.Language) outcomeDoc {
	o := &j.Outcome
	d := outcomeDoc{
		Kind: o.Kind, Node: o.Node, Hook: o.Hook, Reason: o.Reason, Table: o.Rule.Table, Chain: o.Rule.Chain, Rule: o.Rule.Handle,
		Interface: o.Interface, Length: o.Length, MTU: o.MTU, OthersNode: o.Others.Node, OthersInterface: o.Others.Interface,
		ReportedBy: o.ReportedBy, Text: l.Outcome(j), Hooks: append([]trace.Hook{}, o.Hooks...), Steps: each(o.Steps, newStep), Changes: newChanges(o.Changes, l),
	}
	if o.Rule != (trace.RuleRef{}) {
		d.By = o.Rule.String()
	}
	if o.Destination.IsValid() {
		d.Destination = o.Destination.String()
	}
	return d
}

func newHop(h *trace.Hop, l explain.Language) hopDoc {
	d := hopDoc{
		Node: h.Node, Interface: h.Interface, Direction: h.Direction, Time: timestamp(h.Time), Frame: h.Frame,
		TTL: h.Packet.TTL, SourceMAC: h.Packet.SrcMAC.String(), DestinationMAC: h.Packet.DstMAC.String(),
		Source: h.Packet.Source(), Destination: h.Packet.Destination(), Evidence: h.Evidence,
		Hooks: append([]trace.Hook{}, h.Hooks...), Steps: each(h.Steps, newStep), Changes: newChanges(h.Changes, l), Ambiguous: h.Ambiguous, Doubtful: h.Doubtful,
	}
	if c := h.Conntrack; c != nil {
		d.Conntrack = &associationDoc{c.Entry, c.Direction, c.State, c.Observed}
	}
	return d
}

func newStep(s trace.Step) stepDoc {
	return stepDoc{
		Hook: s.Hook, Table: s.Table, Chain: s.Chain, Rule: s.Handle, Text: s.Text, Verdict: s.Verdict, Terminal: s.Terminal,
		Unmatched: each(s.Unmatched, func(u trace.Unmatched) unmatchedDoc { return unmatchedDoc{u.Handle, u.Text, u.Condition, u.Was} }),
	}
}

func newChanges(list []trace.Change, l explain.Language) []changeDoc {
	return each(list, func(c trace.Change) changeDoc {
		return changeDoc{c.Field, c.From.String(), c.To.String(), c.Hook, newCause(&c, l)}
	})
}

func newCause(c *trace.Change, l explain.Language) causeDoc {
	cause := &c.Cause
	d := causeDoc{
		Kind: cause.Kind, Table: cause.Rule.Table, Chain: cause.Rule.Chain, Rule: cause.Rule.Handle, RuleText: cause.Rule.Text,
		Conntrack: cause.Entry, Translation: cause.Translation, Reverse: cause.Reverse, Text: l.Cause(c),
	}
	if cause.Kind == trace.CauseRouting {
		d.Route = cause.Route.Short()
	}
	if cause.Neighbour.IsValid() {
		d.Neighbour = cause.Neighbour.String()
	}
	if o := cause.Origin; o != (trace.Origin{}) {
		d.Origin = &originDoc{o.Journey, o.Rule.Table, o.Rule.Chain, o.Rule.Handle, o.Rule.Text}
	}
	return d
}

func newFrame(f *trace.Frame) frameDoc {
	return frameDoc{f.Number, f.Node, f.Interface, f.Direction, timestamp(f.Time), int(f.Link), f.Length, f.Data}
}

// timestamp is RFC 3339 in UTC with nanoseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }
