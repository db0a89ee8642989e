package live

import (
	"cmp"
	"maps"
	"net/netip"
	"strconv"

	"tracer/sim/docker"
	"tracer/trace"
)

// engine describes a lab's Docker Engine on a host as a real one would describe itself.
func engine(e *docker.Engine, host string) *trace.Engine {
	out := &trace.Engine{Version: e.Version}
	for _, n := range e.Networks {
		out.Networks = append(out.Networks, trace.EngineNetwork{
			Name: n.Name, Driver: "bridge", Subnet: n.Gateway.Masked(), Gateway: n.Gateway.Addr(), Internal: n.Internal, Options: networkOptions(&n),
		})
	}
	// Every engine has these two.
	out.Networks = append(out.Networks, trace.EngineNetwork{Name: "host", Driver: "host"}, trace.EngineNetwork{Name: "none", Driver: "null"})
	for _, c := range e.Containers {
		one := trace.EngineContainer{Name: c.Name, Node: cmp.Or(c.Joins(host), c.Name), Image: c.Image, Ports: enginePorts(&c)}
		if c.Unattached() {
			one.Endpoints = []trace.EngineEndpoint{{Network: c.Network}}
		}
		for _, n := range e.Networks {
			if n.Name == c.Network {
				one.Endpoints = []trace.EngineEndpoint{{
					Network: n.Name, Address: netip.PrefixFrom(c.Address, n.Gateway.Bits()), Gateway: n.Gateway.Addr(), MAC: trace.MAC(c.MAC()),
				}}
			}
		}
		out.Containers = append(out.Containers, one)
	}
	return out
}

// networkOptions returns a network's options as Docker reports them: for its own network all,
// for others those that were set.
func networkOptions(n *docker.Network) map[string]string {
	const bridge, mtu = "com.docker.network.bridge.", "com.docker.network.driver.mtu"
	options := map[string]string{bridge + "name": n.Bridge}
	if n.Name == trace.DefaultNetwork {
		maps.Copy(options, map[string]string{
			bridge + "default_bridge": "true", bridge + "enable_icc": "true", bridge + "enable_ip_masquerade": "true",
			bridge + "host_binding_ipv4": "0.0.0.0", mtu: "1500",
		})
	}
	if n.MTU != 0 {
		options[mtu] = strconv.Itoa(n.MTU)
	}
	return options
}

// enginePorts returns a container's published ports, and then those that are only exposed.
func enginePorts(c *docker.Container) (list []trace.EnginePort) {
	seen := map[docker.Expose]bool{}
	add := func(port docker.Expose, host netip.AddrPort) {
		protocol := "tcp"
		if port.UDP {
			protocol = "udp"
		}
		seen[port] = true
		list = append(list, trace.EnginePort{Port: port.Port, Protocol: protocol, Host: host})
	}
	for _, p := range c.Publish {
		address := p.Address
		if !address.IsValid() {
			address = netip.IPv4Unspecified()
		}
		add(docker.Expose{Port: p.Container, UDP: p.UDP}, netip.AddrPortFrom(address, p.Host))
	}
	for _, port := range c.Expose {
		if !seen[port] {
			add(port, netip.AddrPort{})
		}
	}
	return list
}
