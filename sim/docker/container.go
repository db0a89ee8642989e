package docker

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"tracer/sim"
)

// Container is one running container.
type Container struct {
	Name     string
	Network  string     // the name of a Network, or "host", "none", "container:NAME"
	Address  netip.Addr // zero: the network's next free address
	Address6 netip.Addr // the same for IPv6, if the network has it
	MAC      sim.MAC    // zero: as the engine chooses it
	Aliases  []string   // on that network
	Also     []Attachment
	Publish  []Publish
	Expose   []Expose // ports that the image names; they need not be published
	Services []sim.Service
	Image    string // for listings only

	Veth string // the host's end of the first veth pair; empty: derived from the container's name
	// Index is that of its eth0, before Engine 28; the host's end gets the next one. 0: the
	// next free pair.
	Index int
}

// Attachment is a container's interface to a network: eth0 for the first, eth1 for the next.
type Attachment struct {
	Network  string
	Address  netip.Addr
	Address6 netip.Addr // invalid: the network has no IPv6
	MAC      sim.MAC
	Aliases  []string // further names on a user-defined network: --network-alias
}

// Attachments returns the container's networks, in the order of its interfaces.
func (c Container) Attachments() []Attachment {
	return append([]Attachment{{c.Network, c.Address, c.Address6, c.MAC, c.Aliases}}, c.Also...)
}

// On reports whether the container has an interface to a network.
func (c Container) On(network string) bool {
	return slices.ContainsFunc(c.Attachments(), func(a Attachment) bool { return a.Network == network })
}

// node returns a container's namespace, configured as runc and libnetwork do.
func (e *Engine) node(r release, c Container, host sim.Node) sim.Node {
	out := sim.Node{
		Name: c.Name, Role: sim.RoleContainer, Services: c.Services,
		Sysctls: []sim.Sysctl{{Key: "net.ipv4.ip_unprivileged_port_start", Value: "0"}},
	}
	out.Sysctls = append(out.Sysctls, e.disabledIPv6(r, c)...)
	if n := e.first(r, c); n != nil && gateway(r, n).IsValid() {
		out.Routes = []sim.Route{{Destination: netip.PrefixFrom(netip.IPv4Unspecified(), 0), Gateway: gateway(r, n)}}
		if n.Gateway6.IsValid() {
			out.Routes = append(out.Routes, sim.Route{Destination: netip.PrefixFrom(netip.IPv6Unspecified(), 0), Gateway: n.Gateway6.Addr()})
		}
	}
	dns, own := e.dnsServer(r, c, host)
	if own {
		out.Services = slices.Concat(c.Services, dns.services())
		r.resolver(&out, dns)
	}
	out.ResolvConf = resolvConf(r, host, own)
	return out
}

// disabledIPv6 returns the parameters that turn IPv6 off where a container does not have it.
func (e *Engine) disabledIPv6(r release, c Container) (list []sim.Sysctl) {
	add := func(conf string, disabled bool) {
		value := "0"
		if disabled {
			value = "1"
		}
		list = append(list, sim.Sysctl{Key: "net.ipv6.conf." + conf + ".disable_ipv6", Value: value})
	}
	six := slices.ContainsFunc(c.Attachments(), func(a Attachment) bool { return a.Address6.IsValid() })
	if r.has(withoutIPv6) { // "all" writes those of all interfaces
		add("all", true)
		add("default", true)
		add("lo", !six)
	}
	for k, a := range c.Attachments() {
		if n := e.network(a.Network); n != nil && (!n.Gateway6.IsValid() || r.has(withoutIPv6)) {
			add(containerInterface(k), !n.Gateway6.IsValid())
		}
	}
	return list
}

// GatewayOf returns the gateway of a network's containers. Since Engine 28, those of internal
// networks have none.
func (e Engine) GatewayOf(n *Network) netip.Addr {
	r, _ := findRelease(e.Version) // Install has checked it
	return gateway(r, n)
}

func gateway(r release, n *Network) netip.Addr {
	if n.Internal && !r.has(internalGateway) {
		return netip.Addr{}
	}
	return n.Gateway.Addr()
}

// first returns the network through which a container has its default routes and publishes its
// ports.
func (e *Engine) first(r release, c Container) *Network {
	if list := e.joined(r, c); len(list) > 0 {
		return list[0]
	}
	return nil
}

// joined returns the bridge networks of a container in the order in which the engine prefers
// them: internal ones last, those with IPv6 before others, and by name.
func (e *Engine) joined(r release, c Container) (list []*Network) {
	for _, a := range c.Attachments() {
		if n := e.network(a.Network); n != nil {
			list = append(list, n)
		}
	}
	rank := func(n *Network) int {
		switch {
		case n.Internal && !(r.has(internalGateway) && n.Gateway6.IsValid()):
			return 3
		case n.Internal:
			return 2
		case !n.Gateway6.IsValid():
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b *Network) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// containerLink returns the veth pair between a bridge and a container's kth interface.
func containerLink(host string, c Container, k int, n *Network) sim.Link {
	a := c.Attachments()[k]
	veth := c.Veth
	switch {
	case k > 0:
		veth = vethName(c.Name + " " + n.Name)
	case veth == "":
		veth = vethName(c.Name)
	}
	addresses := []netip.Prefix{netip.PrefixFrom(a.Address, n.Gateway.Bits())}
	if a.Address6.IsValid() {
		addresses = append(addresses, netip.PrefixFrom(a.Address6, n.Gateway6.Bits()))
	}
	return sim.Link{
		A: sim.Endpoint{Node: host, Interface: veth, MTU: n.MTU, MAC: sim.DeriveMAC(veth), Bridge: n.Bridge},
		B: sim.Endpoint{
			Node: c.Name, Interface: containerInterface(k), MTU: n.MTU,
			MAC: a.MAC, Addresses: addresses,
		},
	}
}

// assign gives containers without an address the network's next one, as a fresh engine does
// (172.17.0.2, 172.17.0.3, …), a MAC, and the ports of the host that it leaves open.
func (e *Engine) assign(r release) error {
	e.Containers = slices.Clone(e.Containers)
	next := map[string]netip.Addr{}
	for i := range e.Containers {
		c := &e.Containers[i]
		if e.network(c.Network) == nil {
			if err := e.special(c, e.Containers[:i]); err != nil {
				return err
			}
			continue
		}
		if c.Index != 0 && !r.has(movedPeer) {
			return fmt.Errorf("container %s: the index of eth0 is always 2 with engine %s", c.Name, r.version)
		}
		c.Also = slices.Clone(c.Also)
		if err := e.address(r, c.Name, c.Attachments()[0], next, func(a Attachment) { c.Address, c.Address6, c.MAC = a.Address, a.Address6, a.MAC }); err != nil {
			return err
		}
		for k := range c.Also {
			if err := e.address(r, c.Name, c.Also[k], next, func(a Attachment) { c.Also[k] = a }); err != nil {
				return err
			}
		}
	}
	return e.choose(r)
}

// address completes an attachment and passes it to set. next has the last address given in
// each network.
func (e *Engine) address(r release, container string, a Attachment, next map[string]netip.Addr, set func(Attachment)) error {
	n := e.network(a.Network)
	if n == nil {
		return fmt.Errorf("container %s: there is no network %q", container, a.Network)
	}
	if len(a.Aliases) > 0 && n.Name == DefaultBridge().Name {
		return errAliases(container)
	}
	for _, one := range []struct {
		address *netip.Addr
		gateway netip.Prefix
		family  string
	}{{&a.Address, n.Gateway, ""}, {&a.Address6, n.Gateway6, " of IPv6"}} {
		if one.address.IsValid() || !one.gateway.IsValid() {
			continue
		}
		free := next[n.Name+one.family]
		if !free.IsValid() {
			free = one.gateway.Masked().Addr()
		}
		for free = free.Next(); free == one.gateway.Addr() || e.taken(free); free = free.Next() {
		}
		if !one.gateway.Contains(free) || free.Is4() && !one.gateway.Contains(free.Next()) { // the last one is the broadcast address
			return fmt.Errorf("container %s: network %s has no free address%s", container, n.Name, one.family)
		}
		*one.address, next[n.Name+one.family] = free, free
	}
	if a.MAC.IsZero() {
		a.MAC = containerMAC(r, container, a)
	}
	set(a)
	return nil
}

func (e *Engine) taken(a netip.Addr) bool {
	return slices.ContainsFunc(e.Containers, func(c Container) bool {
		return slices.ContainsFunc(c.Attachments(), func(at Attachment) bool { return at.Address == a || at.Address6 == a })
	})
}
