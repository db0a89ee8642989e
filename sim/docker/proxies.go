package docker

import (
	"net/netip"

	"tracer/sim"
	"tracer/sim/iptables"
)

// ListensIPv6 reports whether the engine on a host listens for published ports at its IPv6
// addresses, too: it does if there are any.
func (e *Engine) ListensIPv6(t *sim.Topology, host string) bool {
	return e.routesIPv6() || t.SpeaksIPv6(host)
}

// Published returns a container's published ports as docker ps lists them: with the addresses of
// the host at which they are published. Those on internal and routed networks are published at
// none. six is whether the host has IPv6 addresses.
func (e Engine) Published(container string, six bool) (list []Publish) {
	r, _ := findRelease(e.Version) // Install has checked it
	for _, p := range e.plans(r) {
		for _, a := range p.endpoints {
			if a.container != container {
				continue
			}
			for _, port := range a.ports {
				for _, port.Address = range p.binds(a, port, six) {
					if !port.Address.IsValid() {
						port.Address = netip.IPv4Unspecified()
					}
					list = append(list, port)
				}
			}
		}
	}
	return list
}

// proxies returns a docker-proxy for every published port. Without docker-proxy, dockerd holds
// the ports. six is whether the host has IPv6 addresses.
func (p plan) proxies(six bool) (list []sim.Service) {
	for _, a := range p.endpoints {
		for _, port := range a.ports {
			for _, bind := range p.binds(a, port, six) {
				s := sim.Service{Port: port.Host, Bind: bind, UDP: port.UDP, Held: !p.proxy}
				if p.proxy {
					s.Proxy, s.Keep = netip.AddrPortFrom(a.address, port.Container), port.UDP && p.has(keepAddress)
				}
				list = append(list, s)
			}
		}
	}
	return list
}

// binds returns the addresses of the host at which a port of an endpoint is served. The zero
// address is all of IPv4.
func (p plan) binds(a endpoint, port Publish, six bool) (list []netip.Addr) {
	if a.relayed(port) {
		return []netip.Addr{port.Address}
	}
	at := port.host()
	if p.family == iptables.IPv6 && !at.IsValid() {
		at = netip.IPv6Unspecified()
	}
	if a.network.mode != Routed {
		list = append(list, at)
	}
	if six && !port.Address.IsValid() && p.relays(a) {
		list = append(list, netip.IPv6Unspecified())
	}
	return list
}
