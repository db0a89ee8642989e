package expect

import (
	"fmt"
	"slices"
	"strings"

	"tracer/scenarios"
	"tracer/trace"
)

// hops returns where a packet was seen.
func hops(j *trace.Journey) (all []string) {
	for _, h := range j.Hops {
		all = append(all, fmt.Sprintf("%s %s", h.Place(), h.Direction))
	}
	return all
}

// allSteps returns the rules and policies that a packet met.
func allSteps(j *trace.Journey) (all []trace.Step) {
	for i := range j.Hops {
		all = append(all, j.Hops[i].Steps...)
	}
	return append(all, j.Outcome.Steps...)
}

// steps returns the rules that a packet matched, and the chains whose policy applied.
func steps(j *trace.Journey) (all []string) {
	for _, s := range allSteps(j) {
		all = append(all, s.RuleRef.String())
	}
	return all
}

// missed returns the rules that were evaluated without a match.
func missed(j *trace.Journey) (all []string) {
	for _, s := range allSteps(j) {
		for _, u := range s.Unmatched {
			all = append(all, trace.RuleRef{Table: s.Table, Chain: s.Chain, Handle: u.Handle, Text: u.Text}.String())
		}
	}
	return all
}

// touched returns the first step of a packet in a table, or nil.
func (c *checker) touched(j *trace.Journey, table string) *trace.Step {
	for i := range j.Hops {
		if s := stepIn(c.trace.State.Node(j.Hops[i].Node), j.Hops[i].Steps, table); s != nil {
			return s
		}
	}
	return stepIn(c.trace.State.Node(j.Outcome.Node), j.Outcome.Steps, table)
}

// stepIn returns the first of a node's steps in a table of iptables or ip6tables, or, for nat,
// in a chain of type nat of nftables or a chain called from it; nil if there is none.
func stepIn(n *trace.Node, steps []trace.Step, table string) *trace.Step {
	for i := range steps {
		s := &steps[i]
		base := trace.Beginning(steps, i)
		if trace.TableOf(s.Table) == table || table == "nat" && n != nil && n.IsNAT(base.Table, base.Chain) {
			return s
		}
	}
	return nil
}

// ended returns what ended a packet's path: a rule, the chain whose policy applied, a
// route, a routing rule, or another reason.
func ended(o *trace.Outcome) string {
	switch {
	case o.Rule.Chain != "":
		return o.Rule.String()
	case o.Route.Destination.IsValid():
		return o.Route.Short()
	case o.RoutingRule != (trace.RoutingRule{}):
		return o.RoutingRule.String()
	}
	return reason(o)
}

// reason returns why a packet's path ended, or "".
func reason(o *trace.Outcome) string {
	if o.Reason == 0 {
		return ""
	}
	return o.Reason.String()
}

// report returns the summary of the packet that reports an outcome, or Nothing.
func (c *checker) report(o *trace.Outcome) string {
	if j := c.trace.Journey(o.ReportedBy); j != nil {
		return j.Summary
	}
	return scenarios.Nothing
}

// nat returns the translations of a packet's flow.
func (c *checker) nat(j *trace.Journey) (all []string) {
	if f := c.trace.Flow(j.Flow); f != nil {
		for _, t := range f.NAT {
			all = append(all, t.String())
		}
	}
	return all
}

// tcpState returns the TCP state of the entry of a packet's flow, or "".
func (c *checker) tcpState(j *trace.Journey) string {
	if f := c.trace.Flow(j.Flow); f != nil && f.Entry.State != 0 {
		return f.Entry.State.String()
	}
	return ""
}

// direction returns a packet's direction within its flow, or "".
func direction(j *trace.Journey) string {
	if j.Direction == 0 {
		return ""
	}
	return j.Direction.String()
}

// entry returns whether a packet's conntrack entry was created for it, and whether it was
// discarded with it.
func entry(j *trace.Journey) string {
	all := []*trace.Association{j.Outcome.Conntrack}
	for i := range j.Hops {
		all = append(all, j.Hops[i].Conntrack)
	}
	is := func(what func(*trace.Association) bool) bool {
		return slices.ContainsFunc(all, func(a *trace.Association) bool { return a != nil && what(a) })
	}
	switch {
	case is(func(a *trace.Association) bool { return a.Unconfirmed }):
		return "unconfirmed"
	case is(func(a *trace.Association) bool { return a.Created }):
		return "created"
	}
	return ""
}

// identity checks the evidence that each sighting is of the packet.
func (c *checker) identity(want []string, name string, j *trace.Journey) {
	for i := range j.Hops {
		h := &j.Hops[i]
		if i == 0 {
			continue
		}
		got := "unknown"
		if h.Identity != 0 {
			got = h.Identity.String()
		}
		if !slices.Contains(want, got) {
			c.fail("%s at %s: its identity is by %s, not by %s", name, h.Place(), got, strings.Join(want, " or "))
		}
		if len(h.Ambiguous) > 0 {
			c.fail("%s at %s may be another packet", name, h.Place())
		}
	}
}

// list formats values for people.
func list(values []string) string {
	if len(values) == 0 {
		return "none"
	}
	return strings.Join(values, ", ")
}
