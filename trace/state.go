package trace

import (
	"net/netip"
	"slices"
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
	Routes     []Route     // main tables of IPv4 and IPv6, in the kernel's order
	Neighbours []Neighbour // neighbour entries, of ARP and of IPv6 neighbor discovery
	FDB        []FDBEntry  // forwarding databases, in the kernel's order; nil: they were not read
	Rules      []Table     // with handles and counters

	// Policy is the rules that choose a routing table, in the kernel's order, IPv4's first; if
	// it has none of a family, they are unknown, and [Node.Lookup] uses [DefaultPolicy]. Tables
	// are the routing tables other than the main one, each with the routes of both families.
	Policy []RoutingRule
	Tables []RouteTable
	// LegacyTables names the tables of the older iptables, whose rules are not among Rules
	// and do not occur in the kernel's rule trace.
	LegacyTables []string

	// ResolvConf is the lines of /etc/resolv.conf, which names the DNS servers that programs
	// ask; nil: it was not read.
	ResolvConf []string

	// Engine is the Docker Engine on the node; nil: none, or it was not asked.
	Engine *Engine

	// BridgeNetfilter is net.bridge.bridge-nf-call-iptables: bridged IPv4 frames also
	// pass iptables' hooks.
	BridgeNetfilter bool
	// Forwarding is net.ipv4.ip_forward. Setting it sets every interface's own parameter,
	// and only that one decides: see [Interface.Forwarding].
	Forwarding bool
	// BridgeNetfilter6 is net.bridge.bridge-nf-call-ip6tables, and Forwarding6
	// net.ipv6.conf.all.forwarding, which decides for all interfaces (ip6_forward in
	// net/ipv6/ip6_output.c).
	BridgeNetfilter6 bool
	Forwarding6      bool

	// Counts are the node's counters of IP packets. A trace that is saved does not contain them.
	Counts Counts
	// Unexplained are the losses that the node counted during the recording and that no
	// packet's outcome explains.
	Unexplained []Counted
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

	Reception

	// Link is what ip prints about the interface in addition; nil: it was not read.
	Link *Link `json:"link,omitempty"`
}

// Reception is the other state that decides whether an interface accepts a packet.
// Parameters are the effective ones: those of "all" interfaces are taken into account.
type Reception struct {
	Down      bool `json:"down,omitempty"`       // by configuration
	NoCarrier bool `json:"no_carrier,omitempty"` // nothing is connected to it

	// ReversePath is rp_filter: 1 drops packets whose source is not routed back through
	// the interface, 2 those whose source is not routed at all (RFC 3704).
	ReversePath    uint8 `json:"rp_filter,omitempty"`
	ReverseByMark  bool  `json:"src_valid_mark,omitempty"` // that lookup uses the packet's mark
	AcceptLocal    bool  `json:"accept_local,omitempty"`   // the source may be an address of the node
	IgnoreLinkDown bool  `json:"ignore_link_down,omitempty"`

	Groups []netip.Addr `json:"groups,omitempty"` // multicast groups that the interface has joined

	Hairpin         bool `json:"hairpin,omitempty"`          // of a bridge's port: frames may leave where they came in
	BridgeNetfilter bool `json:"bridge_netfilter,omitempty"` // of a bridge: like [Node.BridgeNetfilter], for this bridge alone
	Promiscuous     bool `json:"promiscuous,omitempty"`      // takes frames for other stations, too
	NoIPv6          bool `json:"no_ipv6,omitempty"`          // disable_ipv6: IPv6 packets are dropped
}

// Filters reports whether bridged packets of a family pass netfilter's hooks in a node.
func (n *Node) Filters(a netip.Addr) bool {
	if a.Is6() {
		return n.BridgeNetfilter6
	}
	return n.BridgeNetfilter
}

// Joined reports whether the interface takes packets to a multicast group.
func (r *Reception) Joined(group netip.Addr) bool { return slices.Contains(r.Groups, group) }

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

// Redirects reports whether REDIRECT can give packets that come in through the interface an
// address: the first one of IPv4; of IPv6, any of its own (nf_nat_redirect_ipv6 chooses by the
// scope of the destination).
func (i *Interface) Redirects(a netip.Addr) bool {
	if a.Is6() {
		return i.Owns(a)
	}
	return i.Primary() == a
}
