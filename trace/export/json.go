package export

import (
	"io"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// schema is the version of trace.json that this package writes.
const schema = 1

// JSON writes a trace as trace.json, element by element: as a whole, the document would
// be in memory three times. Characters that would control a terminal are written as JSON
// escapes; a parser reads the same values.
func JSON(w io.Writer, t *trace.Trace, l explain.Language) error {
	out := newJSONWriter(escape.JSON(w))
	out.field("schema", schema)
	out.field("scenario", t.Scenario)
	out.field("title", t.Title)
	out.field("headline", t.Headline)
	if t.Lesson != nil {
		out.field("lesson", t.Lesson)
	}
	out.field("kernel", t.State.Kernel)
	writeList(out, "nodes", t.State.Nodes, newNode)
	writeList(out, "flows", t.Flows, newFlow)
	writeList(out, "answers", t.Answers, func(a *trace.Answer) answerDoc {
		d := answerDoc{a.From, a.URL, a.Text, a.Replies, a.Command, timestamp(a.Began), timestamp(a.Ended), nil}
		if a.Before != nil {
			before := newRuleset(a.Before)
			d.Before = &before
		}
		return d
	})
	out.field("capture", captureDoc{len(t.Frames), t.Gaps})
	if t.Survey != nil {
		out.field("survey", newSurvey(t.Survey, l))
	}
	writeList(out, "frames", t.Frames, newFrame)
	// Last, because they refer to everything else: the rest of a truncated file can be
	// read.
	writeList(out, "journeys", t.Journeys, func(j *trace.Journey) journeyDoc { return newJourney(j, l) })
	return out.end()
}

// each converts a list; an empty one becomes [] and not null.
func each[A, B any](list []A, f func(*A) B) []B {
	out := make([]B, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}

// filled returns a list that is [] in JSON if it is empty, and not null.
func filled[V any](list []V) []V {
	if list == nil {
		return []V{}
	}
	return list
}

func newNode(n *trace.Node) nodeDoc {
	d := nodeDoc{
		Name: n.Name, Role: n.Role,
		Interfaces: each(n.Interfaces, func(i *trace.Interface) interfaceDoc {
			d := interfaceDoc{Interface: *i}
			d.Addresses = filled(i.Addresses)
			if i.Forwarding != n.Forwarding {
				d.Forwarding = &i.Forwarding
			}
			return d
		}),
		Routes: filled(n.Routes), Neighbours: filled(n.Neighbours), FDB: n.FDB,
		rulesetDoc: newRuleset(n.Rules), BridgeNetfilter: n.BridgeNetfilter, Forwarding: n.Forwarding,
		BridgeNetfilter6: n.BridgeNetfilter6, Forwarding6: n.Forwarding6,
		Policy: n.Policy, LegacyTables: n.LegacyTables, ResolvConf: n.ResolvConf, Engine: n.Engine, Unexplained: n.Unexplained,
		Tables: each(n.Tables, func(t *trace.RouteTable) trace.RouteTable {
			return trace.RouteTable{ID: t.ID, Routes: filled(t.Routes)}
		}),
	}
	return d
}

func newRuleset(tables []trace.Table) rulesetDoc {
	d := rulesetDoc{Chains: []chainDoc{}, Rules: []ruleDoc{}}
	for _, t := range tables {
		if t.Partial {
			d.Partial = append(d.Partial, t.Name)
		}
		for _, s := range t.Sets {
			d.Sets = append(d.Sets, setDoc{t.Name, s})
		}
		for _, c := range t.Chains {
			d.Chains = append(d.Chains, chainDoc{t.Name, c})
			for _, r := range c.Rules {
				d.Rules = append(d.Rules, ruleDoc{r.Handle, t.Name, c.Name, r.Text, r.Packets, r.Bytes, r.Counter, newColumns(r.Columns)})
			}
		}
	}
	return d
}

func newFlow(f *trace.Flow) flowDoc {
	return flowDoc{f.ID, f.Protocol, newEnds(f.Original), newEnds(f.Reply), filled(f.NAT), f.Entry, f.Proxy, f.Continues, f.ContinuedBy}
}

// newEnds leaves out the ports if there are none.
func newEnds(e trace.Ends) endsDoc {
	if e.Source.Port() == 0 && e.Destination.Port() == 0 {
		return endsDoc{e.Source.Addr().String(), e.Destination.Addr().String()}
	}
	return endsDoc{e.Source.String(), e.Destination.String()}
}

func newJourney(j *trace.Journey, l explain.Language) journeyDoc {
	return journeyDoc{
		ID: j.ID, Flow: j.Flow, Request: j.Request, Traced: timestamp(j.Traced), Direction: j.Direction, Summary: j.Summary, Background: j.Background(),
		Hops: each(j.Hops, func(h *trace.Hop) hopDoc { return newHop(h, l) }), Outcome: newOutcome(j, l),
	}
}

func newHop(h *trace.Hop, l explain.Language) hopDoc {
	return hopDoc{
		Node: h.Node, Interface: h.Interface, Direction: h.Direction, Time: timestamp(h.Time), Frame: h.Frame, Fragments: h.Fragments,
		TTL: h.Packet.TTL, SourceMAC: h.Packet.SrcMAC.String(), DestinationMAC: h.Packet.DstMAC.String(),
		Source: h.Packet.Source(), Destination: h.Packet.Destination(), Evidence: h.Evidence, Identity: h.Identity, Copy: h.Copy, Unordered: h.Unordered, Conntrack: h.Conntrack,
		passageDoc: newPassage(h.Hooks, h.Steps, h.Changes, l), Ambiguous: h.Ambiguous, Doubtful: h.Doubtful,
	}
}

func newOutcome(j *trace.Journey, l explain.Language) outcomeDoc {
	o := &j.Outcome
	d := outcomeDoc{
		Kind: o.Kind, Node: o.Node, Hook: o.Hook, Reason: o.Reason, ruleRefDoc: ruleRefDoc(o.Rule), Answer: o.Answer,
		Interface: o.Interface, Destination: o.Destination, RouteType: o.RouteType, RoutingRule: o.RoutingRule, Length: o.Length, MTU: o.MTU,
		OthersNode: o.Others.Node, OthersInterface: o.Others.Interface, Segments: o.Segments,
		ReportedBy: o.ReportedBy, Text: l.Outcome(j), passageDoc: newPassage(o.Hooks, o.Steps, o.Changes, l),
		Conntrack: o.Conntrack,
	}
	if o.Rule != (trace.RuleRef{}) {
		d.ruleRefDoc.Text = o.Rule.String()
	}
	if o.Route.Destination.IsValid() {
		d.Route = o.Route.Short()
	}
	return d
}

func newPassage(hooks []trace.Hook, steps []trace.Step, changes []trace.Change, l explain.Language) passageDoc {
	return passageDoc{filled(hooks), filled(steps), each(changes, func(c *trace.Change) changeDoc {
		return changeDoc{c.Field, c.From.String(), c.To.String(), c.Hook, newCause(c, l)}
	})}
}

func newCause(change *trace.Change, l explain.Language) causeDoc {
	c := &change.Cause
	d := causeDoc{
		Kind: c.Kind, ruleRefDoc: ruleRefDoc(c.Rule), Neighbour: c.Neighbour, Conntrack: c.Entry,
		Translation: c.Translation, Reverse: c.Reverse, Text: l.Cause(change),
		Origin: originDoc{c.Origin.Journey, c.Origin.Rule.Table, c.Origin.Rule.Chain, c.Origin.Rule.Handle, c.Origin.Rule.Text, c.Origin.Earlier},
	}
	if c.Kind == trace.CauseRouting {
		d.Route = c.Route.Short()
	}
	return d
}

func newFrame(f *trace.Frame) frameDoc {
	return frameDoc{f.Number, f.Node, f.Interface, f.Direction, timestamp(f.Time), f.Mark, f.Link, f.Length, f.Data}
}
