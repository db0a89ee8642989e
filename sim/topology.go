package sim

import (
	"net/netip"

	"tracer/sim/rule"
)

// Topology is everything that [Build] needs to know about a network. It is a
// plain value: making, copying and comparing one has no effect on any machine.
type Topology struct {
	Name  string // the scenario's name, used in messages only
	Nodes []Node
	Links []Link
}

// Node is one machine or container: a network namespace of its own.
type Node struct {
	Name     string
	Role     Role
	Bridges  []Bridge
	Routes   []Route
	Sysctls  []Sysctl
	Rules    rule.Rules // nil: none
	Services []Service
}

// Link is a veth pair: two interfaces joined by a virtual cable.
type Link struct {
	A, B Endpoint
}

// Endpoint is one end of a [Link].
type Endpoint struct {
	Node      string
	Interface string // at most 15 bytes (IFNAMSIZ - 1)
	Index     int    // interface index; both ends of a link give one, or neither
	MAC       MAC    // zero: the kernel chooses
	MTU       int    // in bytes, without the Ethernet header; zero: 1500
	Addresses []netip.Prefix
	Bridge    string // the bridge on the same node that this end is a port of
}

// Bridge is an Ethernet switch inside a node, and at the same time the node's
// own interface on that switch.
type Bridge struct {
	Name      string
	Index     int
	MAC       MAC
	MTU       int
	Addresses []netip.Prefix
}

// Route is one entry of a node's main routing table. Routes that the kernel
// adds by itself for an interface's own subnet are not given here.
type Route struct {
	Destination netip.Prefix // 0.0.0.0/0 is the default route
	Gateway     netip.Addr   // zero: directly connected
	Interface   string       // zero: the interface that has the gateway's subnet
}

// Sysctl is one kernel parameter of a node's namespace, with the dotted key
// that sysctl(8) uses, such as net.ipv4.ip_forward.
type Sysctl struct {
	Key   string
	Value string
}

// Node returns the node with the given name, and whether there is one.
func (t *Topology) Node(name string) (Node, bool) {
	for _, n := range t.Nodes {
		if n.Name == name {
			return n, true
		}
	}
	return Node{}, false
}

// Endpoints returns the link ends that are on the given node, in link order.
func (t *Topology) Endpoints(node string) []Endpoint {
	var ends []Endpoint
	for _, l := range t.Links {
		for _, e := range []Endpoint{l.A, l.B} {
			if e.Node == node {
				ends = append(ends, e)
			}
		}
	}
	return ends
}
