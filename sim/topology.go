package sim

import (
	"net/netip"
	"slices"

	"tracer/sim/rule"
)

// Topology describes a network for [Build]. It is a plain value.
type Topology struct {
	Name  string // of the scenario, for messages
	Nodes []Node
	Links []Link
}

// Node is one machine or container: a network namespace.
type Node struct {
	Name         string
	Role         Role
	Bridges      []Bridge
	Routes       []Route
	RoutingRules []RoutingRule
	Sysctls      []Sysctl
	Rules        rule.Rules // iptables' tables; nil: none
	Nftables     rule.Rules // nftables tables beside those; nil: none
	Services     []Service
	ResolvConf   *ResolvConf // nil: no name servers
}

// Link is a veth pair: two interfaces connected by a virtual cable.
type Link struct {
	A, B Endpoint
}

// Endpoint is one end of a [Link].
type Endpoint struct {
	Node      string
	Interface string // at most 15 bytes (IFNAMSIZ - 1)
	Index     int    // interface index, set for both ends of a link or neither
	MAC       MAC    // zero: chosen by the kernel
	MTU       int    // in bytes, without the Ethernet header; zero: 1500
	Addresses []netip.Prefix
	Labels    map[netip.Prefix]string // of addresses: "eth0:0", as ifconfig gave to second ones
	Metric    uint32                  // of the routes to the subnets of the addresses, as NetworkManager gives them
	Bridge    string                  // the bridge on the same node that this end is a port of
	Hairpin   bool                    // the bridge may send frames back out of this port
	Down      bool                    // stays down, as after "ip link set down"; the other end then has no carrier
}

// Bridge is an Ethernet switch in a node, and the node's own interface on that switch.
type Bridge struct {
	Name      string
	Index     int
	MAC       MAC
	MTU       int
	Addresses []netip.Prefix
}

// Sysctl is a kernel parameter of a node's namespace. The key is in the notation of
// sysctl(8), for example net.ipv4.ip_forward.
type Sysctl struct {
	Key   string
	Value string
}

// AllRules returns the rules of both backends.
func (n *Node) AllRules() (list []rule.Rules) {
	for _, r := range []rule.Rules{n.Rules, n.Nftables} {
		if r != nil {
			list = append(list, r)
		}
	}
	return list
}

// Node returns the node of that name. ok is false if there is none.
func (t *Topology) Node(name string) (n Node, ok bool) {
	for _, n := range t.Nodes {
		if n.Name == name {
			return n, true
		}
	}
	return Node{}, false
}

// Peer returns the other end of the link that an interface belongs to. ok is false if there
// is none.
func (t *Topology) Peer(e Endpoint) (peer Endpoint, ok bool) {
	for _, l := range t.Links {
		for _, ends := range [][2]Endpoint{{l.A, l.B}, {l.B, l.A}} {
			if ends[0].Node == e.Node && ends[0].Interface == e.Interface {
				return ends[1], true
			}
		}
	}
	return Endpoint{}, false
}

// Carrier reports whether a link end can carry frames: whether both ends are up.
func (t *Topology) Carrier(e Endpoint) bool {
	peer, ok := t.Peer(e)
	return ok && !e.Down && !peer.Down
}

// BridgeCarrier reports whether a node's bridge can carry frames. Like a real host's, a
// bridge has a carrier only while one of its ports has one.
func (t *Topology) BridgeCarrier(node, bridge string) bool {
	return slices.ContainsFunc(t.Endpoints(node), func(e Endpoint) bool { return e.Bridge == bridge && t.Carrier(e) })
}

// SpeaksIPv6 reports whether a node has IPv6 addresses of its own, besides those that the kernel
// gives its interfaces.
func (t *Topology) SpeaksIPv6(node string) bool {
	six := func(p netip.Prefix) bool { return p.Addr().Is6() }
	n, _ := t.Node(node)
	return slices.ContainsFunc(n.Bridges, func(b Bridge) bool { return slices.ContainsFunc(b.Addresses, six) }) ||
		slices.ContainsFunc(t.Endpoints(node), func(e Endpoint) bool { return slices.ContainsFunc(e.Addresses, six) })
}

// Endpoints returns a node's link ends, in the order of the links.
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
