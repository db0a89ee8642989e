package correlate

import (
	"tracer/trace"
	"tracer/trace/nftrace"
)

// droppedBy names the rule or the policy that dropped a packet.
func (n *network) droppedBy(s *stay, o *trace.Outcome) {
	o.Kind, o.Hook, o.Reason = trace.OutcomeDropped, s.chain.place.Hook, trace.ReasonPolicy
	k := len(s.chain.steps)
	if k == 0 {
		return
	}
	o.Rule = s.chain.steps[k-1].RuleRef
	if o.Rule.Handle == 0 {
		return
	}
	o.Reason = trace.ReasonRule
	r := n.rule(s.node.Name, o.Rule)
	if r == nil {
		return
	}
	o.Rule.Text = r.Text
	if a := r.Rejects; a != nil {
		o.Reason, o.Answer = trace.ReasonReject, trace.Reject{Reset: a.Reset}
		if !a.Reset {
			o.Answer.Type, o.Answer.Code = a.Unreachable(s.headers.Src.Addr().Is6())
		}
	}
}

// mayDrop reports whether a node has rules that can drop a packet of a family on its way to a
// local socket. nat rules cannot.
func (n *network) mayDrop(node *trace.Node, six bool) bool {
	if len(node.LegacyTables) > 0 {
		return true
	}
	for _, t := range n.Rules[node.Name] {
		if !trace.Meets(t.Name, six) {
			continue
		}
		for i := range t.Chains {
			c := &t.Chains[i]
			place, known := n.place(node.Name, t.Name, c.Name)
			base := known && (place.Hook == trace.Prerouting || place.Hook == trace.Input || place.Hook == trace.Ingress)
			if base && !node.IsNAT(t.Name, c.Name) && (c.Policy == "DROP" || len(c.Rules) > 0) {
				return true
			}
		}
	}
	return false
}

// place returns where a base chain of a node is attached. known is false for any other
// chain.
func (n *network) place(node, table, chain string) (p nftrace.Place, known bool) {
	if p, known = nftrace.PlaceOf(table, chain); known {
		return p, true
	}
	at := n.graph.nodes[node]
	if at == nil {
		return p, false
	}
	t := at.Table(table)
	if t == nil {
		return p, false
	}
	c := t.Chain(chain)
	if c == nil || c.Hook == 0 {
		return p, false
	}
	return nftrace.Place{Hook: c.Hook, Priority: c.Priority}, true
}
