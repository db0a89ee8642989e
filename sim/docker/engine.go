package docker

import (
	"fmt"
	"net/netip"
	"slices"

	"tracer/sim"
)

// Engine is a Docker Engine on a node: its networks and containers.
type Engine struct {
	Version    string      // one of [Versions]
	Networks   []Network   // in creation order, starting with the default bridge
	Containers []Container // in creation order
}

// Versions lists the supported releases.
func Versions() []string { return []string{"20.10"} }

// Network is one bridge network.
type Network struct {
	Name    string       // as docker network ls prints it
	Bridge  string       // the Linux bridge
	Gateway netip.Prefix // the bridge's address, with the prefix length of the subnet
	MTU     int          // 0: 1500

	// Internal networks have no way out, and none in: --internal. Nothing can be published.
	Internal bool
}

// DefaultBridge is the network that every engine creates.
var DefaultBridge = Network{Name: "bridge", Bridge: "docker0", Gateway: netip.MustParsePrefix("172.17.0.1/16")}

// Container is one running container.
type Container struct {
	Name     string
	Network  string     // the name of a Network, or "host", "none", "container:NAME"
	Address  netip.Addr // zero: the network's next free address
	Publish  []Publish
	Expose   []Expose // ports that the image names; they need not be published
	Services []sim.Service
	Image    string // for listings only

	Veth  string // the host's end of the veth pair; empty: derived from the container's name
	Index int    // of its eth0; the host's end gets the next one; 0: the next free pair
}

// Install adds the engine's networks and containers to a topology. The host node and its
// links must already exist.
func (e Engine) Install(t *sim.Topology, host string) error {
	if !slices.Contains(Versions(), e.Version) {
		return fmt.Errorf("engine %q is not supported; the releases are %q", e.Version, Versions())
	}
	i := slices.IndexFunc(t.Nodes, func(n sim.Node) bool { return n.Name == host })
	if i < 0 {
		return fmt.Errorf("there is no node %q to run containers on", host)
	}
	if err := e.assign(); err != nil {
		return err
	}
	// Interface 1 is lo. The node's links come next, then its own bridges, then the
	// engine's, then a pair for each container.
	node := t.Nodes[i]
	node.Bridges = slices.Clone(node.Bridges)
	index := 2 + len(t.Endpoints(host)) + len(node.Bridges)
	for _, n := range e.Networks {
		node.Bridges = append(node.Bridges, sim.Bridge{
			Name: n.Bridge, Index: index, MAC: bridgeMAC(n.Bridge), MTU: n.MTU,
			Addresses: []netip.Prefix{n.Gateway},
		})
		index++
	}
	// dockerd turns forwarding on and therefore sets the policy of FORWARD to DROP. The
	// node's own parameters are applied afterwards.
	written := []sim.Sysctl{{Key: "net.ipv4.ip_forward", Value: "1"}}
	for _, n := range e.Networks {
		written = append(written, sim.Sysctl{Key: "net.ipv6.conf." + n.Bridge + ".accept_ra", Value: "0"})
	}
	node.Sysctls = append(written, node.Sysctls...)
	node.Rules = e.rules()
	e.ports(func(c Container, _ *Network, p Publish) {
		node.Services = append(node.Services, sim.Service{
			Port: p.Host, Bind: p.Address, UDP: p.UDP, Proxy: netip.AddrPortFrom(c.Address, p.Container),
		})
	})
	t.Nodes[i] = node
	e.run(t, host, index)
	return nil
}

// run adds the containers. The first one that is attached to a bridge gets the index, unless
// it has one.
func (e *Engine) run(t *sim.Topology, host string, index int) {
	for _, c := range e.Containers {
		if at := c.Joins(host); at != "" {
			i := slices.IndexFunc(t.Nodes, func(n sim.Node) bool { return n.Name == at })
			t.Nodes[i].Services = append(slices.Clip(t.Nodes[i].Services), c.Services...)
			continue
		}
		n := e.network(c.Network)
		t.Nodes = append(t.Nodes, containerNode(c, n))
		if n == nil {
			continue // it has no interface but lo
		}
		if c.Index != 0 {
			index = c.Index
		}
		t.Links = append(t.Links, containerLink(host, c, n, index))
		index += 2
	}
}

// Addressed returns the engine with the addresses that Install gives to containers without
// one.
func (e Engine) Addressed() (Engine, error) {
	err := e.assign()
	return e, err
}

// MAC returns the hardware address of the container's interface. Its address must be set.
func (c Container) MAC() sim.MAC { return containerMAC(c.Address) }

// assign gives each container without an address the network's next one, as a fresh
// engine does: 172.17.0.2, 172.17.0.3, …
func (e *Engine) assign() error {
	e.Containers = slices.Clone(e.Containers)
	next := map[string]netip.Addr{}
	for i := range e.Containers {
		c := &e.Containers[i]
		n := e.network(c.Network)
		if n == nil {
			if err := e.special(c, e.Containers[:i]); err != nil {
				return err
			}
			continue
		}
		if n.Internal && len(c.Publish) > 0 {
			return fmt.Errorf("container %s publishes ports, but network %s is internal", c.Name, n.Name)
		}
		if c.Address.IsValid() {
			continue
		}
		free := next[n.Name]
		if !free.IsValid() {
			free = n.Gateway.Addr()
		}
		for free = free.Next(); e.taken(free); free = free.Next() {
		}
		if !n.Gateway.Contains(free) {
			return fmt.Errorf("container %s: network %s has no free address", c.Name, n.Name)
		}
		c.Address, next[n.Name] = free, free
	}
	return nil
}

func (e *Engine) taken(a netip.Addr) bool {
	return slices.ContainsFunc(e.Containers, func(c Container) bool { return c.Address == a })
}

func (e *Engine) network(name string) *Network {
	for i := range e.Networks {
		if e.Networks[i].Name == name {
			return &e.Networks[i]
		}
	}
	return nil
}

// containerNode returns a container's namespace, configured as runc and libnetwork do. n is
// nil if it is not attached to a bridge.
func containerNode(c Container, n *Network) sim.Node {
	sysctls := []sim.Sysctl{{Key: "net.ipv4.ip_unprivileged_port_start", Value: "0"}}
	conf := []string{"all", "default", "lo"}
	var routes []sim.Route
	if n != nil {
		conf = append(conf, containerInterface)
		routes = []sim.Route{{Destination: netip.PrefixFrom(netip.IPv4Unspecified(), 0), Gateway: n.Gateway.Addr()}}
	}
	for _, conf := range conf {
		sysctls = append(sysctls, sim.Sysctl{Key: "net.ipv6.conf." + conf + ".disable_ipv6", Value: "1"})
	}
	return sim.Node{Name: c.Name, Role: sim.RoleContainer, Sysctls: sysctls, Services: c.Services, Routes: routes}
}

// containerLink returns the veth pair between bridge and container. Docker creates both
// ends in the host, the container's end first, so their indexes are consecutive. The
// container's end keeps its index when it moves.
func containerLink(host string, c Container, n *Network, index int) sim.Link {
	veth := c.Veth
	if veth == "" {
		veth = vethName(c.Name)
	}
	return sim.Link{
		A: sim.Endpoint{
			Node: host, Interface: veth, Index: index + 1, MTU: n.MTU,
			MAC: sim.DeriveMAC(veth), Bridge: n.Bridge,
		},
		B: sim.Endpoint{
			Node: c.Name, Interface: containerInterface, Index: index, MTU: n.MTU,
			MAC: containerMAC(c.Address), Addresses: []netip.Prefix{netip.PrefixFrom(c.Address, n.Gateway.Bits())},
		},
	}
}
