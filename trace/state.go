package trace

import (
	"net/netip"
)

// State is what a network looked like at one instant, as read from the kernel.
type State struct {
	Kernel string // release, as uname -r prints it
	Nodes  []Node
}

// Node is one node of a [State].
type Node struct {
	Name       string
	Role       Role
	Interfaces []Interface // by index, loopback included
	Routes     []Route     // IPv4 main table, in the kernel's order
	Neighbours []Neighbour // IPv4 neighbour (ARP) entries
	Rules      []Table     // with handles and counters

	// BridgeNetfilter is net.bridge.bridge-nf-call-iptables: bridged IPv4 frames also
	// pass iptables' hooks.
	BridgeNetfilter bool
	// Forwarding is net.ipv4.ip_forward. Setting it sets every interface's own parameter,
	// and only that one decides: see [Interface.Forwarding].
	Forwarding bool
}

// Interface is one network interface.
type Interface struct {
	Name      string         `json:"name"`
	Index     int            `json:"index"`
	MAC       MAC            `json:"mac"`
	MTU       int            `json:"mtu"`
	Kind      string         `json:"kind"` // "veth", "bridge", "loopback"
	Addresses []netip.Prefix `json:"addresses"`
	Peer      string         `json:"peer,omitempty"`   // the other end of a veth pair, as "node/interface"
	Master    string         `json:"master,omitempty"` // the bridge that this interface is a port of

	// RouteLocalnet is net.ipv4.conf.NAME.route_localnet, or that of "all": packets for
	// 127.0.0.0/8 that arrive here are not martians.
	RouteLocalnet bool `json:"route_localnet,omitempty"`
	// Forwarding is net.ipv4.conf.NAME.forwarding: packets for other hosts that arrive
	// here are forwarded (ip_route_input_slow in net/ipv4/route.c).
	Forwarding bool `json:"-"`
}

// Neighbour is one resolved entry of the neighbour table.
type Neighbour struct {
	Address   netip.Addr `json:"address"`
	MAC       MAC        `json:"mac"`
	Interface string     `json:"interface"`
}

// Node returns the node with the given name, or nil.
func (s *State) Node(name string) *Node {
	for i := range s.Nodes {
		if s.Nodes[i].Name == name {
			return &s.Nodes[i]
		}
	}
	return nil
}

// Interface returns the interface with the given name, or nil.
func (n *Node) Interface(name string) *Interface {
	for i := range n.Interfaces {
		if n.Interfaces[i].Name == name {
			return &n.Interfaces[i]
		}
	}
	return nil
}

// ByIndex returns the interface with the given index, or nil.
func (n *Node) ByIndex(index int) *Interface {
	for i := range n.Interfaces {
		if n.Interfaces[i].Index == index {
			return &n.Interfaces[i]
		}
	}
	return nil
}

// Route returns the route that the main table selects for an address: the longest
// matching prefix (RFC 1812, 5.2.4.3). ok is false if there is none.
func (n *Node) Route(to netip.Addr) (best Route, ok bool) {
	for _, r := range n.Routes {
		if r.Destination.Contains(to) && (!ok || r.Destination.Bits() > best.Destination.Bits()) {
			best, ok = r, true
		}
	}
	return best, ok
}

// Owns reports whether an address is one of the node's own.
func (n *Node) Owns(a netip.Addr) bool {
	for i := range n.Interfaces {
		if n.Interfaces[i].Owns(a) {
			return true
		}
	}
	return false
}

// IsLocal reports whether packets to an address stay in the node.
func (n *Node) IsLocal(a netip.Addr) bool { return a.IsLoopback() || n.Owns(a) }

// Owns reports whether an address is one of the interface's own.
func (i *Interface) Owns(a netip.Addr) bool {
	for _, p := range i.Addresses {
		if p.Addr() == a {
			return true
		}
	}
	return false
}

// Primary returns the interface's first IPv4 address, or the zero Addr.
func (i *Interface) Primary() netip.Addr {
	for _, p := range i.Addresses {
		if p.Addr().Is4() {
			return p.Addr()
		}
	}
	return netip.Addr{}
}
