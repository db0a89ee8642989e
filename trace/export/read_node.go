package export

import (
	"fmt"
	"net/netip"

	"tracer/sim"
	"tracer/sim/iptables"
)

// node reads a node of the network.
func (p *reader) node(path string, d *nodeDoc) sim.NodeState {
	role, ok := sim.ParseRole(d.Role)
	if !ok && d.Role != unknownRole {
		p.wrong(path+".role", fmt.Errorf("%q is not known", d.Role))
	}
	n := sim.NodeState{Name: d.Name, Role: role, BridgeNetfilter: d.BridgeNetfilter, Forwarding: d.Forwarding}
	n.Interfaces = list(d.Interfaces, path+".interfaces", func(path string, i *interfaceDoc) sim.InterfaceState {
		return p.iface(path, i, d.Forwarding)
	})
	n.Routes = list(d.Routes, path+".routes", func(path string, s *string) sim.RouteState {
		return parsed(p, path, *s, sim.ParseRouteState)
	})
	n.Neighbours = list(d.Neighbours, path+".neighbours", func(path string, e *neighbourDoc) sim.Neighbour {
		return sim.Neighbour{
			Address: parsed(p, path+".address", e.Address, netip.ParseAddr), MAC: parsed(p, path+".mac", e.MAC, sim.ParseMAC), Interface: e.Interface,
		}
	})
	for i := range d.Chains {
		p.chain(fmt.Sprintf("%s.chains[%d]", path, i), &d.Chains[i], &n.Rules)
	}
	for i := range d.Rules {
		p.rule(fmt.Sprintf("%s.rules[%d]", path, i), &d.Rules[i], &n.Rules)
	}
	return n
}

// iface reads an interface, which forwards if its node does unless it says otherwise.
func (p *reader) iface(path string, d *interfaceDoc, forwarding bool) sim.InterfaceState {
	if d.Forwarding != nil {
		forwarding = *d.Forwarding
	}
	return sim.InterfaceState{
		Name: d.Name, Index: d.Index, MAC: parsed(p, path+".mac", d.MAC, sim.ParseMAC), MTU: d.MTU, Kind: d.Kind,
		Addresses: list(d.Addresses, path+".addresses", func(path string, s *string) netip.Prefix {
			return parsed(p, path, *s, netip.ParsePrefix)
		}),
		Peer: d.Peer, Master: d.Master, RouteLocalnet: d.RouteLocalnet, Forwarding: forwarding,
	}
}

// chain adds an empty chain to its table.
func (p *reader) chain(path string, d *chainDoc, rs *iptables.Ruleset) {
	c := iptables.Chain{Name: d.Chain, Foreign: d.Foreign}
	if d.Policy != "" {
		c.Policy = named(p, path+".policy", d.Policy, iptables.Return)
	}
	t := rs.Table(d.Table)
	if t == nil {
		rs.Tables = append(rs.Tables, iptables.Table{Name: d.Table})
		t = &rs.Tables[len(rs.Tables)-1]
	}
	if t.Chain(d.Chain) != nil {
		p.wrong(path, fmt.Errorf("%s %s is there twice", d.Table, d.Chain))
		return
	}
	t.Chains = append(t.Chains, c)
}

// rule adds a rule to its chain.
func (p *reader) rule(path string, d *ruleDoc, rs *iptables.Ruleset) {
	t := rs.Table(d.Table)
	if t == nil || t.Chain(d.Chain) == nil {
		p.wrong(path, fmt.Errorf("there is no chain %s %s", d.Table, d.Chain))
		return
	}
	r := parsed(p, path+".text", d.Text, iptables.ParseRule)
	r.Handle, r.Packets, r.Bytes = d.ID, d.Packets, d.Bytes
	c := t.Chain(d.Chain)
	c.Rules = append(c.Rules, r)
}
