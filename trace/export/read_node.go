package export

import (
	"fmt"
	"net/netip"
	"tracer/trace"
)

// node reads a node of the network.
func (p *reader) node(path string, d *nodeDoc) trace.Node {
	p.atMost("nodes", len(p.trace.State.Nodes)+1, mostNodes, "nodes")
	p.interfaces += len(d.Interfaces)
	p.atMost(path+".interfaces", p.interfaces, mostInterfaces, "interfaces")
	n := trace.Node{Name: p.name(path+".name", d.Name), Role: d.Role, BridgeNetfilter: d.BridgeNetfilter, Forwarding: d.Forwarding}
	n.Interfaces = list(p, d.Interfaces, path+".interfaces", func(path string, i *interfaceDoc) trace.Interface {
		return p.iface(path, i, d.Forwarding)
	})
	n.Routes = list(p, d.Routes, path+".routes", func(path string, s *string) trace.Route {
		return parsed(p, path, *s, trace.ParseRoute)
	})
	n.Neighbours = list(p, d.Neighbours, path+".neighbours", func(path string, e *neighbourDoc) trace.Neighbour {
		return trace.Neighbour{
			Address: parsed(p, path+".address", e.Address, address), MAC: parsed(p, path+".mac", e.MAC, trace.ParseMAC),
			Interface: p.name(path+".interface", e.Interface),
		}
	})
	n.Rules = p.rules(path, d)
	return n
}

// iface reads an interface. Without a value of its own, it forwards if its node does.
func (p *reader) iface(path string, d *interfaceDoc, forwarding bool) trace.Interface {
	if d.Forwarding != nil {
		forwarding = *d.Forwarding
	}
	return trace.Interface{
		Name: p.name(path+".name", d.Name), Index: d.Index, MAC: parsed(p, path+".mac", d.MAC, trace.ParseMAC), MTU: d.MTU, Kind: d.Kind,
		Addresses: list(p, d.Addresses, path+".addresses", func(path string, s *string) netip.Prefix {
			return parsed(p, path, *s, netip.ParsePrefix)
		}),
		Peer: d.Peer, Master: d.Master, RouteLocalnet: d.RouteLocalnet, Forwarding: forwarding,
	}
}

// chainPlace is a chain's table, and its position there.
type chainPlace struct{ table, chain int }

// rules puts a node's chains into their tables, and its rules into their chains.
func (p *reader) rules(path string, d *nodeDoc) (tables []trace.Table) {
	indexes, chains := map[string]int{}, map[[2]string]chainPlace{}
	for i := range d.Chains {
		c := &d.Chains[i]
		at := fmt.Sprintf("%s.chains[%d]", path, i)
		n, there := indexes[c.Table]
		if !there {
			n = len(tables)
			indexes[c.Table] = n
			tables = append(tables, trace.Table{Name: p.name(at+".table", c.Table)})
		}
		if _, twice := chains[[2]string{c.Table, c.Chain}]; twice {
			p.wrong(at, fmt.Errorf("%s %s occurs twice", c.Table, c.Chain))
		}
		t := &tables[n]
		chains[[2]string{c.Table, c.Chain}] = chainPlace{n, len(t.Chains)}
		t.Chains = append(t.Chains, trace.Chain{Name: p.name(at+".chain", c.Chain), Policy: p.name(at+".policy", c.Policy), Foreign: c.Foreign})
	}
	claim[trace.Chain](p, path, len(d.Chains))
	claim[trace.Rule](p, path, len(d.Rules))
	for i := range d.Rules {
		r := &d.Rules[i]
		c, there := chains[[2]string{r.Table, r.Chain}]
		if !there {
			p.wrong(fmt.Sprintf("%s.rules[%d]", path, i), fmt.Errorf("there is no chain %s %s", r.Table, r.Chain))
		}
		if p.err != nil {
			return tables
		}
		to := &tables[c.table].Chains[c.chain]
		to.Rules = append(to.Rules, trace.Rule{Handle: r.ID, Text: r.Text, Packets: r.Packets, Bytes: r.Bytes})
	}
	return tables
}
