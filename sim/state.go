package sim

import (
	"net/netip"
	"strings"

	"tracer/sim/iptables"
)

// State is what the kernel says a network looks like at one instant. A
// Topology is the wish; a State is the fact, read back.
type State struct {
	Kernel string // release, as uname -r prints it
	Nodes  []NodeState
}

// NodeState is one node of a [State].
type NodeState struct {
	Name       string
	Role       Role
	Interfaces []InterfaceState // by index, loopback included
	Routes     []RouteState     // IPv4 main table, in the kernel's order
	Neighbours []Neighbour      // IPv4 neighbour (ARP) entries
	Rules      iptables.Ruleset // with handles and counters

	// BridgeNetfilter is net.bridge.bridge-nf-call-iptables: bridged IPv4
	// frames pass iptables' hooks as well.
	BridgeNetfilter bool
	// Forwarding is net.ipv4.ip_forward. Setting it sets the value of every interface,
	// and only those decide: see [InterfaceState.Forwarding].
	Forwarding bool
}

// InterfaceState is one network interface.
type InterfaceState struct {
	Name      string
	Index     int
	MAC       MAC
	MTU       int
	Kind      string // "veth", "bridge", "loopback"
	Addresses []netip.Prefix
	Peer      string // the other end of a veth pair, as "node/interface"
	Master    string // the bridge that this interface is a port of

	// RouteLocalnet is net.ipv4.conf.NAME.route_localnet, or that of "all":
	// packets for 127.0.0.0/8 that come in here are not martians.
	RouteLocalnet bool
	// Forwarding is net.ipv4.conf.NAME.forwarding: packets that come in here for other
	// hosts are forwarded (ip_route_input_slow in net/ipv4/route.c).
	Forwarding bool
}

// RouteState is one IPv4 route as the kernel has it.
type RouteState struct {
	Destination netip.Prefix
	Gateway     netip.Addr
	Interface   string
	Source      netip.Addr // preferred source address
	Kernel      bool       // added by the kernel for an interface's address
}

// String returns the route in the syntax of ip-route(8).
func (r RouteState) String() string {
	var b strings.Builder
	b.WriteString(r.Short())
	if r.Kernel {
		b.WriteString(" proto kernel scope link")
	}
	if r.Source.IsValid() {
		b.WriteString(" src " + r.Source.String())
	}
	return b.String()
}

// Short returns only what decides where a packet goes: destination, gateway
// and interface.
func (r RouteState) Short() string {
	dst := r.Destination.String()
	if r.Destination.Bits() == 0 {
		dst = "default"
	}
	if r.Gateway.IsValid() {
		dst += " via " + r.Gateway.String()
	}
	return dst + " dev " + r.Interface
}

// Neighbour is one resolved entry of the neighbour table.
type Neighbour struct {
	Address   netip.Addr
	MAC       MAC
	Interface string
}

// Node returns the named node's state, or nil.
func (s *State) Node(name string) *NodeState {
	for i := range s.Nodes {
		if s.Nodes[i].Name == name {
			return &s.Nodes[i]
		}
	}
	return nil
}

// Interface returns the interface with the given name, or nil.
func (n *NodeState) Interface(name string) *InterfaceState {
	for i := range n.Interfaces {
		if n.Interfaces[i].Name == name {
			return &n.Interfaces[i]
		}
	}
	return nil
}

// ByIndex returns the interface with the given index, or nil.
func (n *NodeState) ByIndex(index int) *InterfaceState {
	for i := range n.Interfaces {
		if n.Interfaces[i].Index == index {
			return &n.Interfaces[i]
		}
	}
	return nil
}

// Route returns the route that the main table selects for an address: the
// longest matching prefix (RFC 1812, 5.2.4.3). ok is false when there is none.
func (n *NodeState) Route(to netip.Addr) (best RouteState, ok bool) {
	for _, r := range n.Routes {
		if r.Destination.Contains(to) && (!ok || r.Destination.Bits() > best.Destination.Bits()) {
			best, ok = r, true
		}
	}
	return best, ok
}

// Owns reports whether an address is one of the node's own.
func (n *NodeState) Owns(a netip.Addr) bool {
	for _, i := range n.Interfaces {
		for _, p := range i.Addresses {
			if p.Addr() == a {
				return true
			}
		}
	}
	return false
}

// InterfaceName returns the name of a node's interface, or "".
func (s *State) InterfaceName(node string, index int) string {
	if n := s.Node(node); n != nil {
		if i := n.ByIndex(index); i != nil {
			return i.Name
		}
	}
	return ""
}
