package docker

import (
	"fmt"
	"net/netip"
	"slices"

	"tracer/sim"
	"tracer/sim/iptables"
)

// plan is what an engine needs its host's firewall to do, for the addresses of one family: a
// plain value, which a [backend] turns into rules.
//
//	20.10, 28, 29 ──▶ plan ──▶ writeIPTables ──▶ iptables.Ruleset
//	  29-nftables ──▶ plan ──▶ writeNFT ───────▶ nft.Ruleset
type plan struct {
	traits
	family      iptables.Family
	proxy       bool       // docker-proxy runs
	direct      bool       // packets from outside may be addressed to containers
	dropForward bool       // what no rule accepts is not forwarded
	mark        *Mark      // packets with this mark may be forwarded to any container; nil: none
	networks    []planned  // in the order of their creation
	endpoints   []endpoint // in the order in which the containers were started
}

// planned is a bridge network in a plan, with what it has for the plan's family.
type planned struct {
	*Network
	subnet netip.Prefix
	mode   Mode
}

// endpoint is the interface of a container to a network. The ports are published there, in
// the order in which the engine sets them up. Those at IPv6 addresses of the host can be
// published at a container's IPv4 address: see [endpoint.relayed].
type endpoint struct {
	container string
	network   planned
	address   netip.Addr
	ports     []Publish
	first     bool // see [Engine.first]
}

// backend turns plans into rules.
type backend struct {
	host     func(to *sim.Node, plans []plan)  // the rules of the host
	resolver func(to *sim.Node, dns dnsServer) // those of a container, which lead to its DNS server
}

// Mark is a packet mark, as --bridge-accept-fwmark takes it.
type Mark struct{ Value, Mask uint32 }

// text returns the mark as nft compares it. It has no mask: see [wholeMarks].
func (m *Mark) text() string { return fmt.Sprintf("0x%08x", m.Value) }

// plans returns the engine's plans for IPv4 and for IPv6.
func (e *Engine) plans(r release) []plan {
	return []plan{e.plan(r, iptables.IPv4), e.plan(r, iptables.IPv6)}
}

// filtered returns the plans for which the engine writes rules.
func (e *Engine) filtered(r release, plans []plan) []plan {
	return slices.DeleteFunc(slices.Clone(plans), func(p plan) bool {
		if p.family == iptables.IPv6 { // its option is --ip6tables, which was off at first
			return r.has(withoutIPv6)
		}
		return e.Options.NoIPTables
	})
}

// routesIPv6 reports whether the engine has a network with IPv6.
func (e *Engine) routesIPv6() bool {
	return slices.ContainsFunc(e.Networks, func(n Network) bool { return n.Gateway6.IsValid() })
}

func (e *Engine) plan(r release, f iptables.Family) plan {
	p := plan{traits: r.traits, family: f, proxy: !e.Options.NoProxy, direct: e.Options.DirectRouting, mark: e.Options.AcceptMark}
	// The policy is DROP for each family that the engine makes the host forward.
	p.dropForward = !e.Options.NoForwardDrop && (f == iptables.IPv4 || e.routesIPv6())
	for i := range e.Networks {
		n := &e.Networks[i]
		one := planned{n, n.Gateway, n.Mode}
		if f == iptables.IPv6 {
			one.subnet, one.mode = n.Gateway6, n.Mode6
		}
		if one.subnet.IsValid() {
			one.subnet = one.subnet.Masked()
			p.networks = append(p.networks, one)
		}
	}
	for _, c := range e.Containers {
		first := e.first(r, c)
		for _, at := range c.Attachments() {
			for _, n := range p.networks {
				if n.Name != at.Network {
					continue
				}
				a := endpoint{container: c.Name, network: n, address: at.Address, first: n.Network == first}
				if f == iptables.IPv6 {
					a.address = at.Address6
				}
				if !n.Internal && (a.first || r.has(routedAll) && n.mode == Routed) {
					a.ports = slices.DeleteFunc(c.ports(r.traits), func(one Publish) bool { return !p.publishes(a, one) })
				}
				p.endpoints = append(p.endpoints, a)
			}
		}
	}
	return p
}

// check reports what makes the engine refuse to start a container.
func (p plan) check() error {
	if p.proxy || !p.has(masqueradeOnce) {
		return nil
	}
	for _, a := range p.endpoints {
		seen := map[string]bool{}
		for _, port := range a.ports {
			if seen[port.key()] && a.network.mode != Routed {
				return fmt.Errorf("without docker-proxy, port %s of %s cannot be published twice", port.key(), a.container)
			}
			seen[port.key()] = true
		}
	}
	return nil
}

// publishes reports whether a port is published at an endpoint. A container without an IPv6
// address is reached at IPv6 addresses of the host through docker-proxy.
func (p plan) publishes(a endpoint, one Publish) bool {
	return !one.Address.IsValid() || one.Address.Is6() == a.address.Is6() || a.relayed(one) && p.relays(a)
}

// relayed reports whether docker-proxy alone connects a port of the host to the endpoint,
// because they differ in their family.
func (a endpoint) relayed(p Publish) bool { return p.Address.Is6() && a.address.Is4() }

// relays reports whether docker-proxy connects ports at IPv6 addresses to the endpoint.
func (p plan) relays(a endpoint) bool {
	return a.first && p.proxy && a.address.Is4() && !a.network.Gateway6.IsValid() && a.network.Mode6 != Routed
}
