package fakekernel

import (
	"net/netip"

	"tracer/trace"
)

// Topology is a network as data.
type Topology struct {
	Nodes  []Node
	Cables [][2]string // the ends of each, as "node/port"
}

// Node is one node of a network. Only a node with tables has netfilter and connection
// tracking, which leave evidence.
type Node struct {
	Name            string
	Role            trace.Role // decides whether the node forwards
	Ports           []Port
	Gateway         string // address of the next hop of the default route; empty: none
	Tables          []Table
	BridgeNetfilter bool // bridged IPv4 packets pass the node's tables as well
}

// Port is an interface of a node. It is a bridge if other ports name it as theirs.
type Port struct {
	Name    string
	Address string // "172.17.0.2/16"; empty: none
	Bridge  string // the bridge it belongs to; empty: none
}

// state returns the network as read back from its nodes: with hardware addresses,
// connected routes, and every neighbor resolved.
func (t *Topology) state() trace.State {
	var s trace.State
	for i, n := range t.Nodes {
		made := trace.Node{Name: n.Name, Role: n.Role, Forwarding: n.Role.Forwards(), BridgeNetfilter: n.BridgeNetfilter}
		for k, p := range n.Ports {
			iface := trace.Interface{
				Name: p.Name, Index: k + 2, MAC: trace.MAC{2, 0, 0, 0, byte(i + 1), byte(k + 1)}, MTU: 1500, Kind: "veth",
				Master: p.Bridge, Peer: t.peer(n.Name + "/" + p.Name), Forwarding: made.Forwarding,
			}
			if iface.Peer == "" {
				iface.Kind = "bridge"
			}
			if p.Address != "" {
				a := netip.MustParsePrefix(p.Address)
				iface.Addresses = []netip.Prefix{a}
				made.Routes = append(made.Routes, trace.Route{Destination: a.Masked(), Interface: p.Name, Source: a.Addr(), Kernel: true, Scope: trace.ScopeLink})
			}
			made.Interfaces = append(made.Interfaces, iface)
		}
		if n.Gateway != "" {
			next := netip.MustParseAddr(n.Gateway)
			made.Routes = append(made.Routes, trace.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Gateway: next, Interface: connected(&made, next)})
		}
		s.Nodes = append(s.Nodes, made)
	}
	for i := range s.Nodes {
		s.Nodes[i].Neighbours = neighbours(&s, &s.Nodes[i])
	}
	return s
}

// peer returns the other end of the cable that ends at a port, or "".
func (t *Topology) peer(end string) string {
	for _, c := range t.Cables {
		switch end {
		case c[0]:
			return c[1]
		case c[1]:
			return c[0]
		}
	}
	return ""
}

// connected returns the interface whose network contains an address.
func connected(n *trace.Node, a netip.Addr) string {
	for _, i := range n.Interfaces {
		for _, p := range i.Addresses {
			if p.Contains(a) {
				return i.Name
			}
		}
	}
	return ""
}

// neighbours returns the addresses of all other nodes in a node's networks.
func neighbours(s *trace.State, n *trace.Node) (list []trace.Neighbour) {
	for i := range s.Nodes {
		if &s.Nodes[i] == n {
			continue
		}
		for _, other := range s.Nodes[i].Interfaces {
			for _, a := range other.Addresses {
				if iface := connected(n, a.Addr()); iface != "" {
					list = append(list, trace.Neighbour{Address: a.Addr(), MAC: other.MAC, Interface: iface})
				}
			}
		}
	}
	return list
}
