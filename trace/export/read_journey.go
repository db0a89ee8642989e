package export

import (
	"strings"
	"time"

	"tracer/trace"
)

func (p *reader) journey(d *journeyDoc) trace.Journey {
	p.atMost("hops", len(d.Hops), mostHops)
	return trace.Journey{
		ID: d.ID, Flow: d.Flow, Request: d.Request, Traced: time.Time(d.Traced), Direction: d.Direction, Summary: d.Summary,
		Hops: list(p, "hops", d.Hops, p.hop), Outcome: p.outcome(&d.Outcome),
	}
}

// hop reads a hop, except its packet.
func (p *reader) hop(d *hopDoc) trace.Hop {
	p.names(d.Node, d.Interface)
	h := trace.Hop{
		Node: d.Node, Interface: d.Interface, Direction: d.Direction, Time: time.Time(d.Time), Frame: d.Frame, Fragments: kept(p, d.Fragments),
		Evidence: d.Evidence, Identity: d.Identity, Copy: d.Copy, Unordered: d.Unordered, Conntrack: d.Conntrack, Ambiguous: kept(p, d.Ambiguous), Doubtful: d.Doubtful,
	}
	h.Hooks, h.Steps, h.Changes = p.passage(&d.passageDoc, d.Interface)
	return h
}

func (p *reader) outcome(d *outcomeDoc) trace.Outcome {
	p.names(d.Node, d.Table, d.Chain, d.Interface, d.OthersNode, d.OthersInterface, d.RoutingRule.In, d.RoutingRule.Out)
	o := trace.Outcome{
		Kind: d.Kind, Node: d.Node, Hook: d.Hook, Reason: d.Reason, Rule: trace.RuleRef(d.ruleRefDoc), Answer: d.Answer,
		Interface: d.Interface, Destination: d.Destination, RouteType: d.RouteType, RoutingRule: d.RoutingRule, Length: d.Length, MTU: d.MTU,
		Others: trace.Point{Node: d.OthersNode, Interface: d.OthersInterface}, Segments: kept(p, d.Segments), ReportedBy: d.ReportedBy, Conntrack: d.Conntrack,
	}
	p.wrong("outcome.rule_text", oldOutcome(&o))
	if d.Route != "" {
		var err error
		o.Route, err = trace.ParseRoute(d.Route)
		p.wrong("outcome.route", err)
	}
	if text := o.Rule.Text; text != "" {
		chain := trace.RuleRef{Table: o.Rule.Table, Chain: o.Rule.Chain}
		if o.Rule.Text = ""; text != o.Rule.String() {
			o.Rule.Text = strings.TrimPrefix(strings.TrimPrefix(text, chain.String()), " ")
		}
	}
	o.Hooks, o.Steps, o.Changes = p.passage(&d.passageDoc, "")
	return o
}

// passage reads what happened on the way to an interface.
func (p *reader) passage(d *passageDoc, iface string) ([]trace.Hook, []trace.Step, []trace.Change) {
	p.atMost("hooks", len(d.Hooks), mostHooks)
	p.atMost("changes", len(d.Changes), mostChanges)
	for i := range d.Steps {
		d.Steps[i].Unmatched = kept(p, d.Steps[i].Unmatched)
	}
	changes := list(p, "changes", d.Changes, func(c *changeDoc) trace.Change { return p.change(c, iface) })
	return kept(p, d.Hooks), kept(p, d.Steps), changes
}

// change reads a change on the way to an interface. If it is a frame's new source, that
// is the interface's own address.
func (p *reader) change(d *changeDoc, iface string) trace.Change {
	cause := &d.Cause
	o := &cause.Origin
	c := trace.Change{
		Field: d.Field, From: p.value("from", d.Field, d.From), To: p.value("to", d.Field, d.To), Hook: d.Hook,
		Cause: trace.Cause{
			Kind: cause.Kind, Rule: trace.RuleRef(cause.ruleRefDoc), Entry: cause.Conntrack, Neighbour: cause.Neighbour,
			Translation: cause.Translation, Reverse: cause.Reverse,
			Origin: trace.Origin{Journey: o.Journey, Rule: trace.RuleRef{Table: o.Table, Chain: o.Chain, Handle: o.Rule, Text: o.Text}, Earlier: o.Earlier},
		},
	}
	if cause.Kind == trace.CauseRule && cause.Translation == 0 && d.Field.Translated() {
		c.Cause.Translation = oldTranslation(c.Cause.Rule.Text)
	}
	switch cause.Kind {
	case trace.CauseRouting:
		var err error
		c.Cause.Route, err = trace.ParseRoute(cause.Route)
		p.wrong("cause.route", err)
	case trace.CauseNeighbour:
		c.Cause.Interface = iface
	}
	return c
}

func (p *reader) value(name string, f trace.Field, text string) trace.Value {
	v, err := f.Parse(text)
	p.wrong(name, err)
	return v
}
