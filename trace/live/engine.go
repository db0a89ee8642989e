package live

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tracer/sim/docker"
	"tracer/trace"
)

// engine describes a lab's Docker Engine on a host as a real one would describe itself. six is
// whether it listens at the host's IPv6 addresses, too.
func engine(e *docker.Engine, host string, six bool) *trace.Engine {
	out := &trace.Engine{Version: e.Version}
	for _, n := range e.Networks {
		out.Networks = append(out.Networks, trace.EngineNetwork{
			Name: n.Name, Driver: "bridge", Subnet: n.Gateway.Masked(), Gateway: n.Gateway.Addr(), Subnet6: n.Gateway6.Masked(), Gateway6: n.Gateway6.Addr(), Internal: n.Internal, Options: networkOptions(&n),
		})
	}
	// Every engine has these two.
	out.Networks = append(out.Networks, trace.EngineNetwork{Name: "host", Driver: "host"}, trace.EngineNetwork{Name: "none", Driver: "null"})
	for _, c := range e.Containers {
		one := trace.EngineContainer{Name: c.Name, Node: cmp.Or(c.Joins(host), c.Name), Image: c.Image, Ports: enginePorts(e, &c, six)}
		if c.Unattached() {
			one.Endpoints = []trace.EngineEndpoint{{Network: c.Network}}
		}
		for _, a := range c.Attachments() {
			i := slices.IndexFunc(e.Networks, func(n docker.Network) bool { return n.Name == a.Network })
			if i < 0 {
				continue
			}
			n := &e.Networks[i]
			at := trace.EngineEndpoint{
				Network: n.Name, Address: netip.PrefixFrom(a.Address, n.Gateway.Bits()), Gateway: e.GatewayOf(n),
				MAC: trace.MAC(a.MAC), DNSNames: a.DNSNames(c.Name),
			}
			if a.Address6.IsValid() {
				at.Address6 = netip.PrefixFrom(a.Address6, n.Gateway6.Bits())
				if at.Gateway.IsValid() {
					at.Gateway6 = n.Gateway6.Addr()
				}
			}
			one.Endpoints = append(one.Endpoints, at)
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
	if n.NoICC {
		options[bridge+"enable_icc"] = "false"
	}
	if n.NoMasquerade {
		options[bridge+"enable_ip_masquerade"] = "false"
	}
	if n.Mode != docker.NAT {
		options[bridge+"gateway_mode_ipv4"] = n.Mode.String()
	}
	if n.Mode6 != docker.NAT {
		options[bridge+"gateway_mode_ipv6"] = n.Mode6.String()
	}
	if n.Trusted != nil {
		options[bridge+"trusted_host_interfaces"] = strings.Join(n.Trusted, ":")
	}
	if n.MTU != 0 {
		options[mtu] = strconv.Itoa(n.MTU)
	}
	return options
}

// enginePorts returns a container's published ports, and then those that are only exposed. Those
// that an internal network does not let it publish count among these.
func enginePorts(e *docker.Engine, c *docker.Container, six bool) (list []trace.EnginePort) {
	seen := map[docker.Expose]bool{}
	add := func(port docker.Expose, host netip.AddrPort) {
		protocol := "tcp"
		if port.UDP {
			protocol = "udp"
		}
		seen[port] = true
		list = append(list, trace.EnginePort{Port: port.Port, Protocol: protocol, Host: host})
	}
	for _, p := range e.Published(c.Name, six) {
		add(docker.Expose{Port: p.Container, UDP: p.UDP}, netip.AddrPortFrom(p.Address, p.Host))
	}
	exposed := slices.Clone(c.Expose)
	if !slices.ContainsFunc(e.Networks, func(n docker.Network) bool { return !n.Internal && c.On(n.Name) }) {
		for _, p := range c.Publish {
			exposed = append(exposed, docker.Expose{Port: p.Container, UDP: p.UDP})
		}
	}
	for _, port := range exposed {
		if !seen[port] {
			add(port, netip.AddrPort{})
		}
	}
	return list
}
