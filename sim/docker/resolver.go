package docker

import (
	"net/netip"
	"slices"

	"tracer/sim"
	"tracer/sim/resolver"
)

// ResolverAddress is where programs in containers reach Docker's DNS server.
var ResolverAddress = netip.AddrFrom4([4]byte{127, 0, 0, 11})

// dnsServer is the DNS server in one container.
type dnsServer struct {
	udp, tcp uint16 // the ports that it listens on
	resolver *sim.Resolver
}

// dnsServer returns a container's DNS server. ok is false if it has none, because none of its
// networks is user-defined. host has the engine.
func (e *Engine) dnsServer(r release, c Container, host sim.Node) (s dnsServer, ok bool) {
	networks := e.searched(r, c)
	if len(networks) == 0 {
		return s, false
	}
	s.resolver = &sim.Resolver{Fails: r.has(hostAsks)}
	outside := false
	for _, n := range networks {
		outside = outside || !n.Internal
		s.resolver.Networks = append(s.resolver.Networks, e.directory(n))
	}
	if outside || !r.has(hostAsks) {
		s.resolver.Servers = upstream(r, host)
	}
	s.udp, s.tcp = freePort("udp "+c.Name, c.Services), freePort("tcp "+c.Name, c.Services)
	return s, true
}

// searched returns the user-defined networks of a container, in the order in which names are
// looked up there.
func (e *Engine) searched(r release, c Container) []*Network {
	return slices.DeleteFunc(e.joined(r, c), func(n *Network) bool { return n.Name == DefaultBridge().Name })
}

// directory returns the names on a network.
func (e *Engine) directory(n *Network) resolver.Network {
	out := resolver.Network{Name: n.Name}
	for _, c := range e.Containers {
		for _, a := range c.Attachments() {
			if a.Network == n.Name {
				names := a.DNSNames(c.Name)
				addresses := []netip.Addr{a.Address}
				if a.Address6.IsValid() {
					addresses = append(addresses, a.Address6)
				}
				out.Hosts = append(out.Hosts, resolver.Host{Name: names[0], Aliases: names[1:], Addresses: addresses})
			}
		}
	}
	return out
}

// DNSNames returns the names of a container on a network, its own first; none on the default
// bridge, where names are not resolved.
func (a Attachment) DNSNames(container string) []string {
	if a.Network == DefaultBridge().Name {
		return nil
	}
	return append(append([]string{container}, a.Aliases...), shortID(container))
}

// upstream returns the DNS servers that a container's server asks. If the host has none,
// releases that ask from the container use Google's.
func upstream(r release, host sim.Node) (list []sim.Nameserver) {
	for _, a := range nameservers(host) {
		s := sim.Nameserver{Address: a}
		if r.has(hostAsks) || a.IsLoopback() {
			s.From = host.Name
		}
		list = append(list, s)
	}
	if list == nil && !r.has(hostAsks) {
		for _, a := range defaultNameservers() {
			list = append(list, sim.Nameserver{Address: a})
		}
	}
	return list
}

func nameservers(n sim.Node) []netip.Addr {
	if n.ResolvConf == nil {
		return nil
	}
	return n.ResolvConf.Nameservers
}

// defaultNameservers returns what containers use on a host without a name server for them.
func defaultNameservers() []netip.Addr {
	return []netip.Addr{netip.AddrFrom4([4]byte{8, 8, 8, 8}), netip.AddrFrom4([4]byte{8, 8, 4, 4})}
}

// freePort returns a port that no service of a container uses.
func freePort(purpose string, services []sim.Service) uint16 {
	port := ephemeral(purpose)
	for slices.ContainsFunc(services, func(s sim.Service) bool { return s.Port == port }) {
		port--
	}
	return port
}

// services returns the server's sockets.
func (s dnsServer) services() []sim.Service {
	return []sim.Service{
		{Port: s.udp, Bind: ResolverAddress, UDP: true, Resolver: s.resolver},
		{Port: s.tcp, Bind: ResolverAddress, Resolver: s.resolver},
	}
}
