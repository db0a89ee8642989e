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
	p.atMost("nodes", len(p.trace.State.Nodes)+1, mostNodes, "nodes")
	p.interfaces += len(d.Interfaces)
	p.atMost(path+".interfaces", p.interfaces, mostInterfaces, "interfaces")
	n := sim.NodeState{Name: p.name(path+".name", d.Name), Role: role, BridgeNetfilter: d.BridgeNetfilter, Forwarding: d.Forwarding}
	n.Interfaces = list(p, d.Interfaces, path+".interfaces", func(path string, i *interfaceDoc) sim.InterfaceState {
		return p.iface(path, i, d.Forwarding)
	})
	n.Routes = list(p, d.Routes, path+".routes", func(path string, s *string) sim.RouteState {
		return parsed(p, path, *s, sim.ParseRouteState)
	})
	n.Neighbours = list(p, d.Neighbours, path+".neighbours", func(path string, e *neighbourDoc) sim.Neighbour {
		return sim.Neighbour{
			Address: parsed(p, path+".address", e.Address, address), MAC: parsed(p, path+".mac", e.MAC, sim.ParseMAC),
			Interface: p.name(path+".interface", e.Interface),
		}
	})
	n.Rules = p.ruleset(path, d)
	return n
}

// iface reads an interface. Without a value of its own, it forwards if its node does.
func (p *reader) iface(path string, d *interfaceDoc, forwarding bool) sim.InterfaceState {
	if d.Forwarding != nil {
		forwarding = *d.Forwarding
	}
	return sim.InterfaceState{
		Name: p.name(path+".name", d.Name), Index: d.Index, MAC: parsed(p, path+".mac", d.MAC, sim.ParseMAC), MTU: d.MTU, Kind: d.Kind,
		Addresses: list(p, d.Addresses, path+".addresses", func(path string, s *string) netip.Prefix {
			return parsed(p, path, *s, netip.ParsePrefix)
		}),
		Peer: d.Peer, Master: d.Master, RouteLocalnet: d.RouteLocalnet, Forwarding: forwarding,
	}
}

// chainPlace is a chain's table, and its position there.
type chainPlace struct{ table, chain int }

// ruleset puts a node's chains into their tables, and its rules into their chains.
func (p *reader) ruleset(path string, d *nodeDoc) (rs iptables.Ruleset) {
	tables, chains := map[string]int{}, map[[2]string]chainPlace{}
	for i := range d.Chains {
		c := &d.Chains[i]
		at := fmt.Sprintf("%s.chains[%d]", path, i)
		n, there := tables[c.Table]
		if !there {
			n = len(rs.Tables)
			tables[c.Table] = n
			rs.Tables = append(rs.Tables, iptables.Table{Name: p.name(at+".table", c.Table)})
		}
		if _, twice := chains[[2]string{c.Table, c.Chain}]; twice {
			p.wrong(at, fmt.Errorf("%s %s occurs twice", c.Table, c.Chain))
		}
		t := &rs.Tables[n]
		chains[[2]string{c.Table, c.Chain}] = chainPlace{n, len(t.Chains)}
		t.Chains = append(t.Chains, p.chain(at, c))
	}
	claim[iptables.Chain](p, path, len(d.Chains))
	claim[iptables.Rule](p, path, 2*len(d.Rules)) // with matches and target
	for i := range d.Rules {
		r := &d.Rules[i]
		at := fmt.Sprintf("%s.rules[%d]", path, i)
		c, there := chains[[2]string{r.Table, r.Chain}]
		if !there {
			p.wrong(at, fmt.Errorf("there is no chain %s %s", r.Table, r.Chain))
		}
		if p.err != nil {
			return rs
		}
		to := &rs.Tables[c.table].Chains[c.chain]
		to.Rules = append(to.Rules, p.rule(at, r))
	}
	return rs
}

func (p *reader) chain(path string, d *chainDoc) iptables.Chain {
	c := iptables.Chain{Name: p.name(path+".chain", d.Chain), Foreign: d.Foreign}
	if d.Policy != "" {
		c.Policy = named(p, path+".policy", d.Policy, iptables.Return)
	}
	return c
}

func (p *reader) rule(path string, d *ruleDoc) iptables.Rule {
	r := parsed(p, path+".text", d.Text, iptables.ParseRule)
	r.Handle, r.Packets, r.Bytes = d.ID, d.Packets, d.Bytes
	return r
}
