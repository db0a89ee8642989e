package compare

import (
	"slices"

	"tracer/trace"
)

// Setting is something about a node that only one side has, at the end of the recording: the
// likely reason for the differences, and worth knowing if there are none.
type Setting struct {
	Kind SettingKind
	Side Side // that has it
	Node string
	Rule trace.RuleRef // SettingRule; SettingPolicy: the chain, and the policy as its text; SettingPriority: the chain
	// Hook and Priority are where the chain is attached. SettingPriority
	Hook     trace.Hook
	Priority int
	// Unmatched is why the first packet that reached the rule did not match it; nil: none reached
	// it, or one matched. Journey is that packet's number, or 0. Packets in the background do not
	// count, unless they matched.
	Unmatched *trace.Unmatched
	Journey   int
	// Untraced: no packet was traced through the node's rules, so it is not known whether one reached it.
	Untraced  bool
	Route     trace.Route // SettingRoute
	Interface string      // SettingForwarding, SettingRouteLocalnet: of one interface only
}

// SettingKind is the kind of a setting.
type SettingKind uint8

// The kinds of settings.
const (
	SettingNode SettingKind = iota + 1
	SettingRule
	SettingPolicy
	SettingRoute
	SettingForwarding      // net.ipv4.ip_forward=1
	SettingBridgeNetfilter // net.bridge.bridge-nf-call-iptables=1
	SettingRouteLocalnet   // net.ipv4.conf.INTERFACE.route_localnet=1
	SettingForwarding6     // net.ipv6.conf.all.forwarding=1
	SettingBridgeNetfilter6
	SettingPriority // a chain that the other side attaches elsewhere
)

var settingNames = [...]string{
	SettingNode: "node", SettingRule: "rule", SettingPolicy: "policy", SettingRoute: "route", SettingForwarding: "ip_forward",
	SettingBridgeNetfilter: "bridge-nf-call-iptables", SettingRouteLocalnet: "route_localnet",
	SettingForwarding6: "ipv6_forwarding", SettingBridgeNetfilter6: "bridge-nf-call-ip6tables", SettingPriority: "priority",
}

// String returns the name.
func (k SettingKind) String() string { return settingNames[k] }

// settings lists what only one side's nodes have.
func (w *ways) settings() (list []Setting) {
	for _, s := range Sides {
		t, other := w.traces[s], w.traces[s.Other()]
		for i := range t.State.Nodes {
			n := &t.State.Nodes[i]
			m := other.State.Node(n.Name)
			if m == nil {
				list = append(list, Setting{Kind: SettingNode, Side: s, Node: n.Name})
				continue
			}
			list = append(list, w.parameters(s, n, m)...)
			list = append(list, w.ruleset(s, n, m)...)
			list = append(list, priorities(s, n, m)...)
			list = append(list, w.routes(s, n, m)...)
		}
	}
	return list
}

// parameters lists the kernel parameters that are on in a node, and off in its counterpart.
func (w *ways) parameters(s Side, n, m *trace.Node) (list []Setting) {
	add := func(k SettingKind, iface string, on, other bool) {
		if on && !other {
			list = append(list, Setting{Kind: k, Side: s, Node: n.Name, Interface: iface})
		}
	}
	add(SettingForwarding, "", n.Forwarding, m.Forwarding)
	add(SettingBridgeNetfilter, "", n.BridgeNetfilter, m.BridgeNetfilter)
	add(SettingForwarding6, "", n.Forwarding6, m.Forwarding6)
	add(SettingBridgeNetfilter6, "", n.BridgeNetfilter6, m.BridgeNetfilter6)
	for i := range n.Interfaces {
		f := &n.Interfaces[i]
		for k := range m.Interfaces {
			if g := &m.Interfaces[k]; w.iface(s, n.Name, f.Name) == w.iface(s.Other(), m.Name, g.Name) {
				add(SettingRouteLocalnet, f.Name, f.RouteLocalnet, g.RouteLocalnet)
				add(SettingForwarding, f.Name, f.Forwarding && !n.Forwarding, g.Forwarding)
			}
		}
	}
	return list
}

// ruleset lists the rules and policies that a node has, and its counterpart does not.
func (w *ways) ruleset(s Side, n, m *trace.Node) (list []Setting) {
	if n.Rules == nil || m.Rules == nil {
		return nil
	}
	has := map[string]int{}
	for _, r := range rulesOf(m) {
		has[w.rule(s.Other(), m.Name, &r)]++
	}
	for _, r := range rulesOf(n) {
		key := w.rule(s, n.Name, &r)
		if has[key]--; has[key] >= 0 {
			continue
		}
		if r.Handle == 0 {
			list = append(list, Setting{Kind: SettingPolicy, Side: s, Node: n.Name, Rule: r})
			continue
		}
		x := Setting{Kind: SettingRule, Side: s, Node: n.Name, Rule: r}
		x.Journey, x.Unmatched = met(w.traces[s], n.Name, &r)
		x.Untraced = !traced(w.traces[s], n.Name)
		list = append(list, x)
	}
	return list
}

// priorities lists the chains that two nodes attach at other places.
func priorities(s Side, n, m *trace.Node) (list []Setting) {
	for i := range n.Rules {
		t := m.Table(n.Rules[i].Name)
		for k := 0; t != nil && k < len(n.Rules[i].Chains); k++ {
			c := &n.Rules[i].Chains[k]
			if o := t.Chain(c.Name); o != nil && (o.Hook != c.Hook || o.Priority != c.Priority) {
				list = append(list, Setting{Kind: SettingPriority, Side: s, Node: n.Name, Rule: trace.RuleRef{Table: t.Name, Chain: c.Name}, Hook: c.Hook, Priority: c.Priority})
			}
		}
	}
	return list
}

// rulesOf returns the rules of a node and, without a handle, the policies of its chains.
func rulesOf(n *trace.Node) (list []trace.RuleRef) {
	for i := range n.Rules {
		t := &n.Rules[i]
		for k := range t.Chains {
			c := &t.Chains[k]
			if c.Policy != "" {
				list = append(list, trace.RuleRef{Table: t.Name, Chain: c.Name, Text: c.PolicyText()})
			}
			for _, r := range c.Rules {
				list = append(list, trace.RuleRef{Table: t.Name, Chain: c.Name, Handle: r.Handle, Text: r.Text})
			}
		}
	}
	return list
}

// met returns the first packet that matched a rule of a node, or else the first one that reached
// it, and why that did not match.
func met(t *trace.Trace, node string, r *trace.RuleRef) (journey int, why *trace.Unmatched) {
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for stop := range len(j.Hops) + 1 {
			way := j.Stretch(stop)
			for k := range way.Steps {
				step := &way.Steps[k]
				if way.Node != node || step.Table != r.Table {
					continue
				}
				if step.Handle == r.Handle {
					return j.ID, nil
				}
				at := slices.IndexFunc(step.Unmatched, func(u trace.Unmatched) bool { return u.Handle == r.Handle })
				if at >= 0 && why == nil && !j.Background() {
					journey, why = j.ID, &step.Unmatched[at]
				}
			}
		}
	}
	return journey, why
}

// traced reports whether a packet was traced through a node's rules.
func traced(t *trace.Trace, node string) bool {
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for stop := range len(j.Hops) + 1 {
			if way := j.Stretch(stop); way.Node == node && len(way.Steps) > 0 {
				return true
			}
		}
	}
	return false
}

// routes lists the routes that a node has, and its counterpart does not.
func (w *ways) routes(s Side, n, m *trace.Node) (list []Setting) {
	has := map[string]bool{}
	for i := range m.Routes {
		has[w.text(s.Other(), m.Name, m.Routes[i].Short())] = true
	}
	for _, r := range n.Routes {
		if !has[w.text(s, n.Name, r.Short())] {
			list = append(list, Setting{Kind: SettingRoute, Side: s, Node: n.Name, Route: r})
		}
	}
	return list
}
