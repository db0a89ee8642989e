package docker

import (
	"net/netip"

	"tracer/sim"
	"tracer/sim/iptables"
)

// writer composes the iptables rules of a plan. It runs the commands of dockerd in dockerd's
// order: for the engine itself, then for each network, then for each container and its
// ports.
type writer struct {
	plan
	tables
}

func writeIPTables(to *sim.Node, plans []plan) {
	var all iptables.Ruleset
	for _, p := range plans {
		all.Tables = append(all.Tables, p.write().Tables...)
	}
	to.Rules = all
}

// write returns the rules of one family.
func (p plan) write() iptables.Ruleset {
	w := writer{p, tables{family: p.family, chains: map[chain]*rules{}}}
	w.start()
	for _, n := range p.networks {
		w.network(n)
	}
	for _, a := range p.endpoints {
		if a.network.Internal {
			continue // it has no ports, and nothing outside reaches it
		}
		w.attach(a)
		for _, port := range a.ports {
			w.publish(a, port)
		}
	}
	return w.ruleset()
}

// start writes what does not depend on networks.
func (w *writer) start() {
	local := iptables.Rule{
		Matches: []iptables.Match{iptables.AddrType{Destination: iptables.Local}}, Target: natDocker.jump().Target,
	}
	w.create(natDocker, filterDocker)
	w.add(natPrerouting, local)
	if w.proxy { // docker-proxy serves the loopback addresses
		local.Destination = iptables.Address{Prefix: loopback(w.plan.family), Not: true}
	}
	w.add(natOutput, local)

	w.keep(filterForward, dockerUser.jump())
	if w.has(forwardChains) {
		w.keep(filterForward, dockerForward.jump())
		for _, c := range []chain{dockerCT, w.isolation(), dockerBridge} {
			w.add(dockerForward, c.jump())
			w.create(c)
		}
	} else {
		w.keep(filterForward, w.isolation().jump())
	}
	if w.has(stages) {
		w.create(stage1, stage2)
	}
	w.create(dockerUser)
	if w.has(returns) {
		for _, c := range []chain{stage1, stage2, dockerUser} {
			w.add(c, iptables.Rule{Target: iptables.Return})
		}
	}
	if w.dropForward {
		w.find(filterForward).policy = iptables.Drop
	}
}

// loopback returns the loopback addresses of a family.
func loopback(f iptables.Family) netip.Prefix {
	if f == iptables.IPv6 {
		return netip.MustParsePrefix("::1/128")
	}
	return netip.MustParsePrefix("127.0.0.0/8")
}

// network writes what a new network needs.
func (w *writer) network(n planned) {
	if n.Internal {
		w.internal(n)
	} else {
		w.natNetwork(n)
		w.filterNetwork(n)
	}
}

// internal lets an internal network talk to itself only.
func (w *writer) internal(n planned) {
	outside := iptables.Address{Prefix: n.subnet, Not: true}
	leave := iptables.Rule{Destination: outside, In: is(n.Bridge), Target: iptables.Drop}
	enter := iptables.Rule{Source: outside, Out: is(n.Bridge), Target: iptables.Drop}
	if w.plan.family == iptables.IPv6 { // link-local addresses and groups are outside of every subnet
		leave.Out, enter.In = not(n.Bridge), not(n.Bridge)
	}
	w.insert(w.isolation(), leave)
	w.insert(w.isolation(), enter)
	w.among(n)
}

// isolation returns the chain that keeps internal networks apart from everything else.
func (w *writer) isolation() chain {
	if w.has(stages) {
		return stage1
	}
	return dockerInternal
}

// natNetwork writes a network's rules in nat.
func (w *writer) natNetwork(n planned) {
	if !n.NoMasquerade {
		if n.mode != Routed {
			w.insert(natPostrouting, iptables.Rule{
				Source: iptables.Address{Prefix: n.subnet}, Out: not(n.Bridge), Target: iptables.Masquerade{},
			})
		}
		if w.proxy && w.has(skipOwn) {
			w.insert(natDocker, iptables.Rule{In: is(n.Bridge), Target: iptables.Return})
		}
	}
	if !w.proxy { // otherwise the host's own connections could have the source 127.0.0.1
		w.insert(natPostrouting, iptables.Rule{
			Out: is(n.Bridge), Matches: []iptables.Match{iptables.AddrType{Source: iptables.Local}}, Target: iptables.Masquerade{},
		})
	}
}
