package docker

import (
	"net/netip"
	"slices"

	"tracer/sim/iptables"
)

// rules returns the tables of Engine 20.10. The engine inserts a network's rules at the
// top of a chain, so the newest network comes first. It appends a port's rules, so the
// oldest container comes first, with its ports in the order of [Container.ports].
func (e *Engine) rules() iptables.Ruleset {
	newest := slices.Clone(e.Networks)
	slices.Reverse(newest)
	return iptables.Ruleset{Tables: []iptables.Table{e.nat(newest), e.filter(newest)}}
}

func (e *Engine) nat(newest []Network) iptables.Table {
	local := iptables.AddrType{Destination: iptables.Local}
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	prerouting := []iptables.Rule{{
		Matches: []iptables.Match{local}, Target: iptables.Jump{Chain: "DOCKER"},
	}}
	output := []iptables.Rule{{
		Destination: iptables.Address{Prefix: loopback, Not: true},
		Matches:     []iptables.Match{local}, Target: iptables.Jump{Chain: "DOCKER"},
	}}
	var postrouting, docker []iptables.Rule
	for _, n := range newest {
		if n.Internal {
			continue
		}
		postrouting = append(postrouting, iptables.Rule{
			Source: iptables.Address{Prefix: n.Gateway.Masked()}, Out: not(n.Bridge), Target: iptables.Masquerade{},
		})
		docker = append(docker, iptables.Rule{In: is(n.Bridge), Target: iptables.Return})
	}
	e.ports(func(c Container, n *Network, p Publish) {
		self := iptables.Address{Prefix: netip.PrefixFrom(c.Address, 32)}
		hairpin := port(p.protocol(), p.Container, iptables.Masquerade{})
		hairpin.Source, hairpin.Destination = self, self
		postrouting = appendNew(postrouting, hairpin)

		dnat := port(p.protocol(), p.Host, iptables.DNAT{Address: c.Address, Ports: iptables.Port(p.Container)})
		dnat.In = not(n.Bridge)
		if p.Address.IsValid() {
			dnat.Destination = iptables.Address{Prefix: netip.PrefixFrom(p.Address, 32)}
		}
		docker = append(docker, dnat)
	})
	return iptables.Table{Name: "nat", Chains: []iptables.Chain{
		{Name: "PREROUTING", Policy: iptables.Accept, Rules: prerouting},
		{Name: "INPUT", Policy: iptables.Accept},
		{Name: "OUTPUT", Policy: iptables.Accept, Rules: output},
		{Name: "POSTROUTING", Policy: iptables.Accept, Rules: postrouting},
		{Name: "DOCKER", Rules: docker},
	}}
}

func (e *Engine) filter(newest []Network) iptables.Table {
	const user, stage1, stage2 = "DOCKER-USER", "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2"
	back := iptables.Rule{Target: iptables.Return}
	forward := []iptables.Rule{
		{Target: iptables.Jump{Chain: user}},
		{Target: iptables.Jump{Chain: stage1}},
	}
	var docker, leave, enter []iptables.Rule
	for _, n := range newest {
		among := iptables.Rule{In: is(n.Bridge), Out: is(n.Bridge), Target: iptables.Accept}
		if n.Internal {
			subnet := iptables.Address{Prefix: n.Gateway.Masked(), Not: true}
			leave = append(leave,
				iptables.Rule{Source: subnet, Out: is(n.Bridge), Target: iptables.Drop},
				iptables.Rule{Destination: subnet, In: is(n.Bridge), Target: iptables.Drop},
			)
			forward = append(forward, among)
			continue
		}
		known := iptables.ConnState{States: iptables.Related | iptables.Established}
		forward = append(forward,
			iptables.Rule{Out: is(n.Bridge), Matches: []iptables.Match{known}, Target: iptables.Accept},
			iptables.Rule{Out: is(n.Bridge), Target: iptables.Jump{Chain: "DOCKER"}},
			iptables.Rule{In: is(n.Bridge), Out: not(n.Bridge), Target: iptables.Accept},
			among,
		)
		leave = append(leave, iptables.Rule{In: is(n.Bridge), Out: not(n.Bridge), Target: iptables.Jump{Chain: stage2}})
		enter = append(enter, iptables.Rule{Out: is(n.Bridge), Target: iptables.Drop})
	}
	e.ports(func(c Container, n *Network, p Publish) {
		accept := port(p.protocol(), p.Container, iptables.Accept)
		accept.Destination = iptables.Address{Prefix: netip.PrefixFrom(c.Address, 32)}
		accept.In, accept.Out = not(n.Bridge), is(n.Bridge)
		docker = appendNew(docker, accept)
	})
	return iptables.Table{Name: "filter", Chains: []iptables.Chain{
		{Name: "INPUT", Policy: iptables.Accept},
		{Name: "FORWARD", Policy: iptables.Drop, Rules: forward},
		{Name: "OUTPUT", Policy: iptables.Accept},
		{Name: "DOCKER", Rules: docker},
		{Name: stage1, Rules: append(leave, back)},
		{Name: stage2, Rules: append(enter, back)},
		{Name: user, Rules: []iptables.Rule{back}},
	}}
}

// ports calls f for every published port, in the order in which the engine sets them up.
func (e *Engine) ports(f func(Container, *Network, Publish)) {
	for _, c := range e.Containers {
		for _, p := range c.ports() {
			f(c, e.network(c.Network), p)
		}
	}
}

// appendNew appends a rule unless it is there: the engine installs a rule only if iptables -C
// does not find it. So the rules for one port of a container exist once, even if several
// ports of the host lead to it. Such ports follow one another.
func appendNew(rules []iptables.Rule, r iptables.Rule) []iptables.Rule {
	if n := len(rules); n > 0 && rules[n-1].String() == r.String() {
		return rules
	}
	return append(rules, r)
}

func is(iface string) iptables.Interface  { return iptables.Interface{Name: iface} }
func not(iface string) iptables.Interface { return iptables.Interface{Name: iface, Not: true} }

// port returns a rule for one destination port.
func port(of iptables.ProtocolNumber, number uint16, target iptables.Target) iptables.Rule {
	return iptables.Rule{
		Protocol: iptables.Protocol{Number: of},
		Matches:  []iptables.Match{iptables.Ports{Protocol: of, Destination: iptables.Port(number)}},
		Target:   target,
	}
}
