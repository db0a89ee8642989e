package docker

import (
	"net/netip"

	"tracer/sim/iptables"
)

// attach writes what a container needs on a network, whether it publishes ports or not.
func (w *writer) attach(a endpoint) {
	if !w.has(closed) || w.direct || a.network.mode != NAT {
		return
	}
	for _, iface := range a.network.Trusted {
		w.add(rawPrerouting, iptables.Rule{Destination: only(a.address), In: is(iface), Target: iptables.Accept})
	}
	w.add(rawPrerouting, iptables.Rule{Destination: only(a.address), In: not(a.network.Bridge), Target: iptables.Drop})
}

// publish writes the rules of one published port.
func (w *writer) publish(a endpoint, p Publish) {
	if a.relayed(p) {
		return
	}
	if a.network.mode != Routed {
		w.natPort(a, p)
	}
	if a.network.mode == NATUnprotected {
		return // everything is accepted
	}
	accept := port(p.protocol(), p.Container, iptables.Accept)
	accept.Destination = only(a.address)
	accept.In, accept.Out = not(a.network.Bridge), is(a.network.Bridge)
	if w.has(closed) {
		w.insert(filterDocker, accept) // before the rule that drops the rest
	} else {
		w.add(filterDocker, accept)
	}
}

func (w *writer) natPort(a endpoint, p Publish) {
	if w.has(closed) && p.Address.Is4() && p.Address.IsLoopback() { // ::1 is not routed
		drop := port(p.protocol(), p.Host, iptables.Drop)
		drop.Destination, drop.In = only(p.Address), not("lo")
		w.add(rawPrerouting, drop)
	}
	dnat := port(p.protocol(), p.Host, iptables.DNAT{Address: a.address, Ports: iptables.Port(p.Container)})
	if w.proxy {
		dnat.In = not(a.network.Bridge) // docker-proxy serves the containers
	}
	if at := p.host(); at.IsValid() {
		dnat.Destination = only(at)
	}
	if w.plan.family == iptables.IPv6 { // such sources are not forwarded (RFC 4291, 2.5.6)
		dnat.Source = iptables.Address{Prefix: netip.MustParsePrefix("fe80::/10"), Not: true}
	}
	w.add(natDocker, dnat)
	if w.has(masqueradeOwn) || !w.proxy {
		own := port(p.protocol(), p.Container, iptables.Masquerade{})
		own.Source, own.Destination = only(a.address), only(a.address)
		w.add(natPostrouting, own)
	}
}

func is(iface string) iptables.Interface  { return iptables.Interface{Name: iface} }
func not(iface string) iptables.Interface { return iptables.Interface{Name: iface, Not: true} }

func only(a netip.Addr) iptables.Address {
	return iptables.Address{Prefix: netip.PrefixFrom(a, a.BitLen())}
}

// port returns a rule for one destination port.
func port(of iptables.ProtocolNumber, number uint16, target iptables.Target) iptables.Rule {
	return iptables.Rule{
		Protocol: iptables.Protocol{Number: of},
		Matches:  []iptables.Match{iptables.Ports{Protocol: of, Destination: iptables.Port(number)}},
		Target:   target,
	}
}
