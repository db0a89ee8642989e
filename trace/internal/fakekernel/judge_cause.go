package fakekernel

import (
	"fmt"

	"tracer/trace"
)

// changes checks the changes that a journey reports before a hop in a node, or after the
// last hop.
func (v *verdict) changes(j *trace.Journey, f *Truth, node string, list []trace.Change) {
	for i := range list {
		if wrong := v.change(f, node, &list[i]); wrong != "" {
			v.complain("#%d %s in %s (packet %d): %+v: %s", j.ID, j.Summary, node, f.Number, list[i], wrong)
		}
	}
}

// change returns what is wrong with a change, or "".
func (v *verdict) change(f *Truth, node string, c *trace.Change) string {
	admitted := c.Cause.Kind == trace.CauseInferred && !v.whole
	switch c.Field {
	case trace.FieldTTL:
		if c.Hook != 0 || !f.routed(c, admitted) || c.Cause.Kind != trace.CauseRouting && !admitted {
			return "wrong ttl"
		}
		return ""
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		if c.Cause.Kind != trace.CauseNeighbour && !admitted {
			return "wrong hardware address"
		}
		return ""
	}
	truth := f.find(c)
	switch {
	case truth == nil && admitted && f.adds(c):
		return ""
	case truth == nil:
		return fmt.Sprintf("it did not happen: %+v", f.Changes)
	case v.whole && node != truth.Node:
		return "it was in " + truth.Node
	case c.Hook != truth.Hook && (c.Hook != 0 || v.whole):
		return "the hook is " + truth.Hook.String()
	}
	return v.cause(f, truth, &c.Cause)
}

// routed reports whether the routers on the packet's path explain a change of the TTL. It
// may span several routers only if the journey admits that frames are missing.
func (f *Truth) routed(c *trace.Change, admitted bool) bool {
	from, ok := c.From.(trace.TTL)
	to, ok2 := c.To.(trace.TTL)
	least := int(f.Sent.TTL) - f.Routers
	return ok && ok2 && int(from) <= int(f.Sent.TTL) && int(to) >= least && (from == to+1 || from > to && admitted)
}

// cause returns what is wrong with the cause of a translation, or "".
func (v *verdict) cause(f *Truth, truth *Change, k *trace.Cause) string {
	m := f.On(truth.Node) // where frames are missing, the change is reported at a later node
	switch k.Kind {
	case trace.CauseRule:
		return v.rule(truth, m, k)
	case trace.CauseConntrack:
		if wrong := v.entry(truth, m, k); wrong != "" {
			return wrong
		}
		return v.origin(m.Of, m.Of.decided(truth, m.Reply), k.Origin)
	case trace.CauseInferred:
		if v.whole && !f.quotes() {
			return "it is inferred"
		}
	}
	return ""
}

// find returns the truth about a change, or nil.
func (f *Truth) find(c *trace.Change) (found *Change) {
	for i := range f.Changes {
		if t := &f.Changes[i]; t.Field == c.Field && t.From == c.From && t.To == c.To {
			found = t
		}
	}
	return found
}

// adds reports whether a change is the sum of changes made by successive nodes.
func (f *Truth) adds(c *trace.Change) bool {
	begun := false
	for _, t := range f.Changes {
		begun = begun || t.Field == c.Field && t.From == c.From
		if begun && t.Field == c.Field && t.To == c.To {
			return true
		}
	}
	return false
}

// rule checks that a rule made a change.
func (v *verdict) rule(truth *Change, m *Membership, k *trace.Cause) string {
	if truth.Rule == 0 || k.Rule.Handle != truth.Rule {
		return fmt.Sprintf("the truth is %+v", *truth)
	}
	if r := v.text(m.Node, k.Rule); k.Rule.Text != r {
		return "the rule is " + r
	}
	if k.Entry != 0 && !m.Of.is(k.Entry) {
		return "another entry"
	}
	return ""
}

// entry checks that a connection's entry made a change. This may be said of the first
// packet, too: the rule only chose the translation. Without the rule trace, masquerading
// cannot be distinguished from other source NAT.
func (v *verdict) entry(truth *Change, m *Membership, k *trace.Cause) string {
	by := m.Of.decided(truth, m.Reply)
	kind := k.Translation == by.translation() || k.Translation == trace.SNAT && by != m.Of.destination
	if !m.Of.is(k.Entry) || k.Reverse != m.Reply || !kind || v.whole && truth.Rule != 0 {
		return fmt.Sprintf("the truth is %+v of entry %d, by %+v", *truth, m.Of.ID, by)
	}
	return ""
}

// decided returns the rule that decided on a change, or nil. The reverse of a translated
// destination is a translated source.
func (c *Connection) decided(truth *Change, reply bool) *Rule {
	if (truth.Field == trace.FieldDestination) != reply && truth.Field != trace.FieldICMPID {
		return c.destination
	}
	return c.source
}

// origin checks the packet that opened a connection and the rule that decided its
// translation. Either may be unknown if evidence is missing.
func (v *verdict) origin(c *Connection, by *Rule, o trace.Origin) string {
	var rule uint64
	if by != nil {
		rule = by.Handle
	}
	switch first := v.owner[o.Journey]; {
	case o.Journey == 0 && v.whole:
		return "nobody established it"
	case o.Journey == 0:
	case first != c.First && (first == nil || !first.equals(c.First)):
		return fmt.Sprintf("established by #%d, which is not packet %d", o.Journey, c.First.Number)
	case o.Rule.Handle != rule && (o.Rule.Handle != 0 || v.whole):
		return fmt.Sprintf("decided by rule %d", rule)
	}
	return ""
}

// is reports whether the connection's entry can have the id. An entry whose first packet
// was dropped was never reported, so it cannot be distinguished from the next one with the
// same ends.
func (c *Connection) is(id uint32) bool { return c.ID == id || !c.confirmed }

// text returns a rule as iptables prints it.
func (k *Kernel) text(node string, r trace.RuleRef) string {
	if c := find(k.nodes[node].tables, r.Table, r.Chain); c != nil {
		for i := range c.Rules {
			if c.Rules[i].Handle == r.Handle {
				return c.Rules[i].text()
			}
		}
	}
	return ""
}
