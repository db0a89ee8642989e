package sim

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/iptables"
)

// State reads back from the kernel what the lab looks like now: addresses,
// routes, neighbours, and the rules with their counters, those included that
// somebody added since.
func (l *Lab) State() (State, error) {
	s := State{Kernel: kernelRelease(), Nodes: make([]NodeState, len(l.nodes))}
	byName := map[string]*NodeState{}
	for i, n := range l.nodes {
		s.Nodes[i] = NodeState{Name: n.Name, Role: n.Role}
		byName[n.Name] = &s.Nodes[i]
	}
	err := l.each(func(n *labNode) error { return n.read(byName[n.Name]) })
	if err != nil {
		return State{}, err
	}
	for _, link := range l.topology.Links {
		join(byName, link.A, link.B)
		join(byName, link.B, link.A)
	}
	return s, nil
}

// join notes at one end of a link where the other is.
func join(nodes map[string]*NodeState, at, peer Endpoint) {
	if i := nodes[at.Node].Interface(at.Interface); i != nil {
		i.Peer = peer.Node + "/" + peer.Interface
	}
}

func (n *labNode) read(s *NodeState) error {
	names, err := n.readInterfaces(s)
	if err != nil {
		return err
	}
	if err := n.readRoutes(s, names); err != nil {
		return err
	}
	if err := n.readNeighbours(s, names); err != nil {
		return err
	}
	if s.Rules, err = iptables.Read(); err != nil {
		return n.fail("read rules", "", err)
	}
	s.BridgeNetfilter = isOn("net.bridge.bridge-nf-call-iptables")
	s.Forwarding = isOn("net.ipv4.ip_forward")
	return nil
}

// isOn reports whether a kernel parameter is there and 1.
func isOn(key string) bool {
	value, err := os.ReadFile(sysctlPath(key))
	return err == nil && strings.TrimSpace(string(value)) == "1"
}

func (n *labNode) readInterfaces(s *NodeState) (names map[int]string, err error) {
	var links []deviceLink
	err = retryInterrupted(func() (err error) {
		links, err = deviceLinks()
		return err
	})
	if err != nil {
		return nil, n.fail("list links", "", err)
	}
	names = map[int]string{}
	all := isOn("net.ipv4.conf.all.route_localnet")
	for _, l := range links {
		names[l.Attrs().Index] = l.Attrs().Name
	}
	for _, l := range links {
		a := l.Attrs()
		i := InterfaceState{Name: a.Name, Index: a.Index, MTU: a.MTU, Kind: l.Type(), Master: names[a.MasterIndex]}
		if len(a.HardwareAddr) == 6 {
			i.MAC = MAC(a.HardwareAddr)
		}
		if a.Name == loopback {
			i.Kind = "loopback"
		}
		i.RouteLocalnet = all || l.value(confRouteLocalnet) != 0
		i.Forwarding = l.value(confForwarding) != 0
		if i.Addresses, err = n.readAddresses(l); err != nil {
			return nil, err
		}
		s.Interfaces = append(s.Interfaces, i)
	}
	return names, nil
}

func (n *labNode) readAddresses(l netlink.Link) ([]netip.Prefix, error) {
	var list []netlink.Addr
	err := retryInterrupted(func() (err error) {
		list, err = n.route.AddrList(l, netlink.FAMILY_ALL)
		return err
	})
	if err != nil {
		return nil, n.fail("list addresses of", l.Attrs().Name, err)
	}
	var out []netip.Prefix
	for _, a := range list {
		if ip, ok := netip.AddrFromSlice(a.IP); ok {
			bits, _ := a.Mask.Size()
			out = append(out, netip.PrefixFrom(ip.Unmap(), bits))
		}
	}
	return out, nil
}

func (n *labNode) readRoutes(s *NodeState, names map[int]string) error {
	var list []RouteState
	err := retryInterrupted(func() error {
		list = nil
		return n.route.RouteListFilteredIter(netlink.FAMILY_V4, &netlink.Route{}, 0, func(r netlink.Route) bool {
			list = append(list, routeState(r, names))
			return len(list) <= maxRoutes
		})
	})
	switch {
	case err != nil:
		return n.fail("list routes", "", err)
	case len(list) > maxRoutes:
		return n.fail("list routes", "", fmt.Errorf("there are more than %d", maxRoutes))
	}
	s.Routes = list
	return nil
}

// maxRoutes is the number of routes that a node may have. A scenario's program can add
// some without end.
const maxRoutes = 10_000

func routeState(r netlink.Route, names map[int]string) RouteState {
	state := RouteState{Interface: names[r.LinkIndex], Kernel: r.Protocol == unix.RTPROT_KERNEL}
	state.Destination = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if r.Dst != nil {
		ip, _ := netip.AddrFromSlice(r.Dst.IP)
		bits, _ := r.Dst.Mask.Size()
		state.Destination = netip.PrefixFrom(ip.Unmap(), bits)
	}
	if ip, ok := netip.AddrFromSlice(r.Gw); ok {
		state.Gateway = ip.Unmap()
	}
	if ip, ok := netip.AddrFromSlice(r.Src); ok {
		state.Source = ip.Unmap()
	}
	return state
}

func (n *labNode) readNeighbours(s *NodeState, names map[int]string) error {
	var list []netlink.Neigh
	err := retryInterrupted(func() (err error) {
		list, err = n.route.NeighList(0, netlink.FAMILY_V4)
		return err
	})
	if err != nil {
		return n.fail("list neighbours", "", err)
	}
	for _, e := range list {
		ip, ok := netip.AddrFromSlice(e.IP)
		if !ok || len(e.HardwareAddr) != 6 || e.State&(unix.NUD_NOARP|unix.NUD_FAILED|unix.NUD_INCOMPLETE) != 0 {
			continue
		}
		s.Neighbours = append(s.Neighbours, Neighbour{Address: ip.Unmap(), MAC: MAC(e.HardwareAddr), Interface: names[e.LinkIndex]})
	}
	slices.SortFunc(s.Neighbours, func(a, b Neighbour) int { return a.Address.Compare(b.Address) })
	return nil
}

// System names the operating system and its release: "Linux 6.18.0".
func System() string { return "Linux " + kernelRelease() }

// kernelRelease is what uname -r prints.
func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(u.Release[:])
}
