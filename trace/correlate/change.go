package correlate

import (
	"iter"
	"slices"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// passing describes what happened to a packet between two consecutive observations.
type passing struct {
	entered   *observation   // the first of the packet's stay in the node
	before, o *observation   // the two
	left      *observation   // the next frame of the stay, or nil
	link      *trace.Headers // the packet with the last link header seen, or nil
	mss       uint16         // in the last frame: netfilter reports no TCP options
	since     *segment       // with the rules that it met since then
}

// changes compares the two observations and names what changed each field.
func (n *network) changes(p *passing, a *association) []trace.Change {
	from := *p.before.headers
	from.TCP.MSS = p.mss
	list := trace.Differences(&from, p.o.headers, p.link)
	for i := range list {
		c := &list[i]
		switch c.Field {
		case trace.FieldTTL:
			c.Cause = n.lowered(c, p)
		case trace.FieldSourceMAC, trace.FieldDestinationMAC:
			c.Cause = n.addressed(c.Field, p)
		case trace.FieldSource, trace.FieldDestination, trace.FieldICMPID:
			c.Hook = hookBetween(p.before, p.o)
			c.Cause = n.translated(c, p, a)
		default:
			c.Cause = n.set(c, p)
		}
	}
	return list
}

// hookBetween returns the hook at which addresses changed, if the two observations leave
// only one: both are there, or one is and the other is the frame next to it.
func hookBetween(before, o *observation) trace.Hook {
	switch {
	case before.chain != nil && o.chain != nil:
		if h := before.chain.place.Hook; h == o.chain.place.Hook {
			return h
		}
	case o.chain != nil:
		if h := o.chain.place.Hook; h.First() {
			return h
		}
	case before.chain != nil:
		if h := before.chain.place.Hook; h.Last() {
			return h
		}
	}
	return 0
}

// hookOfNAT returns the hook at which the kernel translated an address between two
// observations of a stay, given that conntrack's entry accounts for it. nf_nat translates
// destinations only at prerouting and output, and sources only at input and postrouting
// (HOOK2MANIP in net/netfilter/nf_nat_core.c), so a path has one hook for each. It returns 0 if
// no chain shows which path it was.
func hookOfNAT(f trace.Field, before, o *observation) trace.Hook {
	if before.stay != o.stay || before.node != o.node {
		return 0
	}
	var from, to trace.Hook
	if before.chain != nil {
		from = before.chain.place.Hook
	}
	if o.chain != nil {
		to = o.chain.place.Hook
	}
	switch {
	case f == trace.FieldSource && to.Last():
		return to
	case f == trace.FieldSource && o.frame != nil && (from == trace.Forward || from == trace.Output):
		return trace.Postrouting
	case f == trace.FieldDestination && from.First():
		return from
	case f == trace.FieldDestination && before.frame != nil && (to == trace.Forward || to == trace.Input):
		return trace.Prerouting
	}
	return 0
}

// translated finds what changed an address or a port: the NAT rule that the packet just
// met, or else the entry of its connection. Either must account for the value that was
// observed.
func (n *network) translated(c *trace.Change, p *passing, a *association) trace.Cause {
	o := p.o
	if s, r := n.translator(c.Field, p); s != nil {
		kind := translationOf(r, c.Field)
		c.Hook = p.before.chain.place.Hook
		return trace.Cause{Kind: trace.CauseRule, Rule: *s, Entry: a.id(o.stay), Translation: kind}
	}
	if l := a.link(o.stay); l != nil && l.gives(c.Field, o.headers) {
		if c.Hook == 0 {
			c.Hook = hookOfNAT(c.Field, p.before, o)
		}
		d := l.decision(c.Field)
		return trace.Cause{
			Kind: trace.CauseConntrack, Entry: l.entry.entry.ID, Reverse: l.direction == trace.Reply,
			Origin: d.origin, Translation: d.translation,
		}
	}
	return trace.Cause{Kind: trace.CauseInferred}
}

// translator returns the rule that translated a packet between two observations, or nil:
// one whose translation gives the new value, or the only one whose effect is unknown. nat
// chains are evaluated only for the first packet of a connection.
func (n *network) translator(f trace.Field, p *passing) (*trace.RuleRef, *rule.Rule) {
	before, o := p.before, p.o
	if before.chain == nil || before.node != o.node {
		return nil, nil
	}
	var opaque *rule.Rule
	var at *trace.RuleRef
	several := false
	for i := range before.chain.steps {
		s := before.chain.steps[i].RuleRef
		r := n.rule(o.node, s)
		switch {
		case r == nil || !before.chain.steps[i].Terminal:
			continue
		case n.explains(o.node, r, f, before.chain, o.headers, n.out(o)):
			s.Text = r.Text
			return &s, r
		case r.Opaque && mayTranslate(r, f, before.chain.place.Hook):
			several = at != nil
			s.Text = r.Text
			at, opaque = &s, r
		}
	}
	first := before.chain.tracked == nil || before.chain.tracked.State == nftrace.New
	if several || !first {
		return nil, nil
	}
	return at, opaque
}

// mayTranslate reports whether a rule that is not understood may have translated a field.
func mayTranslate(r *rule.Rule, f trace.Field, at trace.Hook) bool {
	return r.NAT == nil || r.NAT.Unknown && r.NAT.Destination(at.First()) == (f == trace.FieldDestination)
}

// translationOf returns what a rule does to a field that it has translated.
func translationOf(r *rule.Rule, f trace.Field) trace.Translation {
	switch {
	case r.NAT != nil:
		return translations[r.NAT.Kind]
	case f == trace.FieldDestination:
		return trace.DNAT
	}
	return trace.SNAT
}

// ruleFields maps the fields that rules set.
var ruleFields = map[trace.Field]rule.Field{
	trace.FieldTOS: rule.TOS, trace.FieldTTL: rule.TTL, trace.FieldMSS: rule.MSS, trace.FieldMark: rule.Mark,
}

// set finds the rule that set a field between two observations: one that sets the new
// value, or the only one whose effect is unknown.
func (n *network) set(c *trace.Change, p *passing) trace.Cause {
	var opaque *trace.Step
	several := false
	for s := range p.met(c.Field) {
		r := n.rule(p.o.node, s.RuleRef)
		switch {
		case r == nil:
		case sets(r, c):
			return byRule(c, s, r)
		case r.Opaque:
			several = opaque != nil
			opaque = s
		}
	}
	if opaque == nil || several {
		return trace.Cause{Kind: trace.CauseInferred}
	}
	return byRule(c, opaque, n.rule(p.o.node, opaque.RuleRef))
}

// byRule makes a rule the cause of a change.
func byRule(c *trace.Change, s *trace.Step, r *rule.Rule) trace.Cause {
	c.Hook = s.Hook
	cause := trace.Cause{Kind: trace.CauseRule, Rule: s.RuleRef}
	cause.Rule.Text = r.Text
	return cause
}

// met yields the steps that can have changed a field between the two observations. The
// kernel reports a chain's headers with its first message, after the first matching rule
// has run (nft_do_chain), so they already contain what that rule sets. TCP options appear
// only in frames; for them, all steps since the last frame count.
func (p *passing) met(f trace.Field) iter.Seq[*trace.Step] {
	return func(yield func(*trace.Step) bool) {
		lists := [][]trace.Step{p.since.steps()}
		if f != trace.FieldMSS {
			lists = nil
			if e := p.before.chain; e != nil && p.before.node == p.o.node && len(e.steps) > 0 {
				lists = append(lists, e.steps[1:])
			}
			if e := p.o.chain; e != nil && len(e.steps) > 0 {
				lists = append(lists, e.steps[:1])
			}
		}
		for _, steps := range lists {
			for i := range steps {
				if !yield(&steps[i]) {
					return
				}
			}
		}
	}
}

// sets reports whether a rule is known to make a change.
func sets(r *rule.Rule, c *trace.Change) bool {
	from, ok := number(c.From)
	to, ok2 := number(c.To)
	return ok && ok2 && slices.ContainsFunc(r.Sets, func(s rule.Set) bool {
		return s.Field != 0 && s.Field == ruleFields[c.Field] && s.Gives(from, to)
	})
}

// number returns the value of a numeric field.
func number(v trace.Value) (uint64, bool) {
	switch v := v.(type) {
	case trace.TTL:
		return uint64(v), true
	case trace.Bits:
		return uint64(v), true
	case trace.Number:
		return uint64(v), true
	}
	return 0, false
}

// lowered explains a changed TTL: a rule set it, or the node forwarded the packet along the
// route to the interface through which it left.
func (n *network) lowered(c *trace.Change, p *passing) trace.Cause {
	cause := n.set(c, p)
	if cause.Kind == trace.CauseRule && sets(n.rule(p.o.node, cause.Rule), c) {
		return cause
	}
	out := n.out(p.o)
	if p.before.node != p.o.node || out == nil || p.o.headers.TTL != p.before.headers.TTL-1 {
		return cause
	}
	r, ok := n.route(p)
	if !ok || len(r.Route.Through(out.Name)) == 0 {
		return cause
	}
	c.Hook = 0
	return trace.Cause{Kind: trace.CauseRouting, Route: r.Route}
}
