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
	k := c.Cause
	admitted := k.Kind == trace.CauseInferred && !v.whole
	switch c.Field {
	case trace.FieldTTL:
		from, _ := c.From.(trace.TTL)
		to, _ := c.To.(trace.TTL)
		hops := from - to // more than one, if routers' frames are missing
		if hops < 1 || hops > 1 && !admitted || c.Hook != 0 || k.Kind != trace.CauseRouting && !admitted {
			return "wrong ttl"
		}
		return ""
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		if k.Kind != trace.CauseNeighbour && !admitted {
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
	case c.Hook != 0 && c.Hook != truth.Hook:
		return "the hook is " + truth.Hook.String()
	case c.Hook == 0 && v.whole:
		return "the hook is not known"
	}
	m := f.On(truth.Node) // if frames are missing, a later node is named
	switch k.Kind {
	case trace.CauseRule:
		return v.rule(truth, m, &k)
	case trace.CauseConntrack:
		return v.entry(f, truth, m, &k)
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

// adds reports whether a change is what several nodes did, one after the other.
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
	if k.Entry != 0 && k.Entry != m.Of.ID {
		return "another entry"
	}
	return ""
}

// entry checks that a connection's entry made a change. For the first packet this is true
// as well: the rule only chose.
func (v *verdict) entry(f *Truth, truth *Change, m *Membership, k *trace.Cause) string {
	c := m.Of
	by := c.source
	if (truth.Field == trace.FieldDestination) != m.Reply && truth.Field != trace.FieldICMPID {
		by = c.destination
	}
	// Without the rule trace, masquerading cannot be distinguished from any other
	// translation of the source.
	kind := k.Translation == by.translation() || k.Translation == trace.SNAT && by != c.destination
	if k.Entry != c.ID || k.Reverse != m.Reply || !kind || v.whole && truth.Rule != 0 {
		return fmt.Sprintf("the truth is %+v of entry %d, by %+v", *truth, c.ID, by)
	}
	first := v.owner[k.Origin.Journey]
	switch {
	case k.Origin.Journey == 0 && v.whole:
		return "nobody established it"
	case k.Origin.Journey == 0:
	case first != c.First && (first == nil || !first.equals(c.First)):
		return fmt.Sprintf("established by #%d, which is not packet %d", k.Origin.Journey, c.First.Number)
	case k.Origin.Rule.Handle != 0 && (by == nil || k.Origin.Rule.Handle != by.Handle), v.whole && by != nil && k.Origin.Rule.Handle == 0:
		return fmt.Sprintf("decided by %+v", by)
	}
	return ""
}

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
