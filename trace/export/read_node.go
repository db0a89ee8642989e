package export

import (
	"fmt"

	"tracer/trace"
)

// node reads a node of the network.
func (p *reader) node(d *nodeDoc) trace.Node {
	p.names(d.Name)
	p.atMost("position", len(p.trace.State.Nodes)+1, mostNodes)
	p.interfaces += len(d.Interfaces)
	p.atMost("interfaces", p.interfaces, mostInterfaces)
	for i := range d.Neighbours {
		p.names(d.Neighbours[i].Interface)
	}
	p.names(d.LegacyTables...)
	return trace.Node{
		Name: d.Name, Role: d.Role, BridgeNetfilter: d.BridgeNetfilter, Forwarding: d.Forwarding,
		BridgeNetfilter6: d.BridgeNetfilter6, Forwarding6: d.Forwarding6,
		Interfaces: list(p, "interfaces", d.Interfaces, func(i *interfaceDoc) trace.Interface {
			p.names(i.Name)
			i.Addresses, i.Groups = kept(p, i.Addresses), kept(p, i.Groups)
			if i.Link != nil {
				claim[trace.Link](p, 1)
				i.Link.Flags, i.Link.Addresses = kept(p, i.Link.Flags), kept(p, i.Link.Addresses)
			}
			if i.Interface.Forwarding = d.Forwarding; i.Forwarding != nil {
				i.Interface.Forwarding = *i.Forwarding
			}
			return i.Interface
		}),
		Routes: p.routes(d.Routes), Neighbours: kept(p, d.Neighbours), FDB: p.fdb(d.FDB), Rules: p.rules(&d.rulesetDoc), LegacyTables: kept(p, d.LegacyTables), ResolvConf: kept(p, d.ResolvConf), Engine: p.engine(d.Engine), Unexplained: kept(p, d.Unexplained),
		Policy: list(p, "routing_rules", d.Policy, func(r *trace.RoutingRule) trace.RoutingRule {
			p.names(r.In, r.Out)
			return *r
		}),
		Tables: list(p, "routing_tables", d.Tables, func(t *trace.RouteTable) trace.RouteTable {
			return trace.RouteTable{ID: t.ID, Routes: p.routes(t.Routes)}
		}),
	}
}

// fdb reads the forwarding databases of a node. An empty list is not the same as none.
func (p *reader) fdb(list []trace.FDBEntry) []trace.FDBEntry {
	if list == nil {
		return nil
	}
	out := append([]trace.FDBEntry{}, kept(p, list)...)
	for i := range out {
		p.names(out[i].Interface, out[i].Bridge)
		out[i].Flags = kept(p, out[i].Flags)
	}
	return out
}

// engine reads the Docker Engine of a node.
func (p *reader) engine(e *trace.Engine) *trace.Engine {
	if e == nil {
		return nil
	}
	claim[trace.Engine](p, 1)
	e.Networks, e.Containers = kept(p, e.Networks), kept(p, e.Containers)
	for i := range e.Containers {
		c := &e.Containers[i]
		p.names(c.Name, c.Node)
		c.Endpoints, c.Ports = kept(p, c.Endpoints), kept(p, c.Ports)
		for k := range c.Endpoints {
			c.Endpoints[k].DNSNames = kept(p, c.Endpoints[k].DNSNames)
		}
	}
	return e
}

// routes checks the names in routes.
func (p *reader) routes(routes []trace.Route) []trace.Route {
	for i := range routes {
		r := &routes[i]
		p.names(r.Interface)
		for _, h := range r.Hops {
			p.names(h.Interface)
		}
		r.Hops = kept(p, r.Hops)
	}
	return kept(p, routes)
}

// rules puts a node's chains into their tables, and its rules into their chains.
func (p *reader) rules(d *rulesetDoc) (tables []trace.Table) {
	claim[trace.Chain](p, len(d.Chains))
	claim[trace.Rule](p, len(d.Rules))
	chains, places := map[[2]string]*trace.Chain{}, map[string]int{}
	for i := range d.Chains {
		c := &d.Chains[i]
		p.names(c.Name, c.Policy, c.Type)
		p.atMost("length of a name", len(c.Table), mostName+len("netdev ")) // the family comes first
		p.names(c.Devices...)
		key := [2]string{c.Table, c.Name}
		if chains[key] != nil {
			p.wrong(fmt.Sprintf("chains[%d]", i), fmt.Errorf("%s %s occurs twice", c.Table, c.Name))
		}
		chains[key] = &c.Chain
		if _, there := places[c.Table]; !there {
			places[c.Table] = len(tables)
			tables = append(tables, trace.Table{Name: c.Table})
		}
	}
	for i, r := range d.Rules {
		c := chains[[2]string{r.Table, r.Chain}]
		if c == nil {
			p.wrong(fmt.Sprintf("rules[%d]", i), fmt.Errorf("there is no chain %s %s", r.Table, r.Chain))
			return nil
		}
		c.Rules = append(c.Rules, trace.Rule{Handle: r.ID, Text: r.Text, Packets: r.Packets, Bytes: r.Bytes, Counter: r.Counter, Columns: r.Columns.columns()})
	}
	for _, c := range d.Chains {
		t := &tables[places[c.Table]]
		t.Chains = append(t.Chains, c.Chain)
	}
	p.sets(d, tables)
	return tables
}

// sets adds the sets of tables. A table without chains has none.
func (p *reader) sets(d *rulesetDoc, tables []trace.Table) {
	claim[trace.NamedSet](p, len(d.Sets))
	named := make(map[string]*trace.Table, len(tables))
	for i := range tables {
		named[tables[i].Name] = &tables[i]
	}
	for _, name := range d.Partial {
		if t := named[name]; t != nil {
			t.Partial = true
		}
	}
	for _, s := range d.Sets {
		if t := named[s.Table]; t != nil {
			p.names(s.Name, s.Kind)
			s.Elements, s.Flags = kept(p, s.Elements), kept(p, s.Flags)
			t.Sets = append(t.Sets, s.NamedSet)
		}
	}
}
