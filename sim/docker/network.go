package docker

import "net/netip"

// Network is one bridge network. Its options have the names of Docker's; the zero value of
// each is Docker's default.
type Network struct {
	Name    string       // as docker network ls prints it
	Bridge  string       // the Linux bridge
	Gateway netip.Prefix // the bridge's address, with the prefix length of the subnet
	MTU     int          // 0: 1500

	// Gateway6 is the bridge's IPv6 address (--ipv6); zero: the network is of IPv4 alone.
	Gateway6 netip.Prefix

	// Internal networks have no way out, and none in: --internal. Ports that containers
	// publish have no effect.
	Internal bool

	NoICC        bool     // enable_icc=false: containers cannot reach each other
	NoMasquerade bool     // enable_ip_masquerade=false: packets leave with the container's address
	Mode         Mode     // gateway_mode_ipv4
	Mode6        Mode     // gateway_mode_ipv6
	Trusted      []string // trusted_host_interfaces: interfaces of the host, behind which every machine has direct access
}

// DefaultBridge returns the network that every engine creates.
func DefaultBridge() Network {
	return Network{Name: "bridge", Bridge: "docker0", Gateway: netip.MustParsePrefix("172.17.0.1/16")}
}

// Mode is a network's gateway mode: how other machines reach its containers.
type Mode uint8

// The modes. The last two exist since Engine 28.
const (
	NAT            Mode = iota // at published ports of the host
	NATUnprotected             // also at the container's own address, at all ports
	Routed                     // at the container's own address, at published ports
)

// Modes lists the names of the modes.
func Modes() []string { return []string{"nat", "nat-unprotected", "routed"} }

// String returns the mode as Docker names it.
func (m Mode) String() string { return Modes()[m] }

// gateways returns the bridge's addresses.
func (n *Network) gateways(r release) []netip.Prefix {
	list := []netip.Prefix{n.Gateway}
	if n.Gateway6.IsValid() {
		list = append(list, n.Gateway6)
		if r.has(linkLocal) {
			list = append(list, netip.MustParsePrefix("fe80::1/64"))
		}
	}
	return list
}

func (e *Engine) network(name string) *Network {
	for i := range e.Networks {
		if e.Networks[i].Name == name {
			return &e.Networks[i]
		}
	}
	return nil
}
