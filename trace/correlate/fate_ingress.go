package correlate

import (
	"slices"

	"tracer/trace"
)

// ingress determines whether an IP packet was dropped before its first hook in a traced
// node. Only a chain at ingress runs that early, apart from the checks of the IP header,
// which any packet sent by Linux passes. The rule trace does not show these chains.
func (s *stay) ingress(n *network, o *trace.Outcome) bool {
	in := s.in
	if in == nil || !n.traced[s.node.Name] && !n.Marked[s.node.Name] || n.sampled[s.node.Name] || len(n.marks.lossy) > 0 || s.headers.DstMAC != in.MAC {
		return false
	}
	var chains []trace.RuleRef
	for _, t := range s.node.Rules {
		for i := range t.Chains {
			c := &t.Chains[i]
			if c.Hook == trace.Ingress && slices.Contains(c.Devices, in.Name) && (c.Policy == "DROP" || len(c.Rules) > 0) {
				chains = append(chains, dropperOf(t.Name, c))
			}
		}
	}
	if len(chains) == 0 {
		return false
	}
	o.Kind, o.Hook, o.Reason, o.Interface = trace.OutcomeDropped, trace.Ingress, trace.ReasonIngress, in.Name
	if len(chains) == 1 {
		o.Rule = chains[0]
	}
	return true
}

// dropperOf returns the rule that must have dropped a packet in a chain: its only rule. If it
// has several, or its policy may have dropped the packet, only the chain is known.
func dropperOf(table string, c *trace.Chain) trace.RuleRef {
	ref := trace.RuleRef{Table: table, Chain: c.Name}
	if len(c.Rules) == 1 && c.Policy != "DROP" {
		ref.Handle, ref.Text = c.Rules[0].Handle, c.Rules[0].Text
	}
	return ref
}
