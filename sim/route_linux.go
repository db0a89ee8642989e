package sim

import (
	"cmp"
	"net/netip"
	"strconv"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// routeTypes are the kernel's numbers of the kinds of routes. Those of rules are the same
// (FR_ACT_… in include/uapi/linux/fib_rules.h).
var routeTypes = map[RouteKind]int{
	Unicast: unix.RTN_UNICAST, Blackhole: unix.RTN_BLACKHOLE, Unreachable: unix.RTN_UNREACHABLE, Prohibit: unix.RTN_PROHIBIT,
}

// addRoutes adds a node's routes of a family in order, because later ones may need earlier
// ones, and then the rules that select their tables.
func (n *labNode) addRoutes(of func(netip.Addr) bool) error {
	for _, r := range n.Routes {
		if !of(r.Destination.Addr()) {
			continue
		}
		route := &netlink.Route{
			Dst: ipNet(r.Destination), Type: routeTypes[r.Kind], Table: int(r.Table), Priority: int(r.Metric),
		}
		if r.Source.IsValid() {
			route.Src = r.Source.AsSlice()
		}
		hop, err := n.nextHop(NextHop{Gateway: r.Gateway, Interface: r.Interface})
		if err != nil {
			return err
		}
		route.Gw, route.LinkIndex = hop.Gw, hop.LinkIndex
		for _, h := range r.NextHops {
			hop, err := n.nextHop(h)
			if err != nil {
				return err
			}
			route.MultiPath = append(route.MultiPath, hop)
		}
		if err := n.route.RouteAdd(route); err != nil {
			return n.fail("add route to", r.Destination.String(), err)
		}
	}
	for _, r := range n.RoutingRules {
		if r.IPv6 != of(netip.IPv6Unspecified()) {
			continue
		}
		if err := n.addRoutingRule(r); err != nil {
			return n.fail("add routing rule", strconv.FormatUint(uint64(r.Priority), 10), err)
		}
	}
	return nil
}

func (n *labNode) nextHop(h NextHop) (*netlink.NexthopInfo, error) {
	hop := &netlink.NexthopInfo{Hops: max(0, h.Weight-1)} // the kernel counts from 0
	if h.Gateway.IsValid() {
		hop.Gw = h.Gateway.AsSlice()
	}
	if h.Interface != "" {
		link, err := n.route.LinkByName(h.Interface)
		if err != nil {
			return nil, n.fail("find link", h.Interface, err)
		}
		hop.LinkIndex = link.Attrs().Index
	}
	return hop, nil
}

func (n *labNode) addRoutingRule(r RoutingRule) error {
	rule := netlink.NewRule()
	rule.Priority, rule.IifName, rule.Type = int(r.Priority), r.In, uint8(routeTypes[r.Kind])
	if r.Kind == Unicast {
		rule.Table = int(cmp.Or(r.Table, TableMain))
	}
	if r.IPv6 {
		rule.Family = unix.AF_INET6
	}
	if r.From.IsValid() {
		rule.Src = ipNet(r.From)
	}
	if r.To.IsValid() {
		rule.Dst = ipNet(r.To)
	}
	if r.Mask != 0 {
		rule.Mark, rule.Mask = r.Mark, &r.Mask
	}
	return n.route.RuleAdd(rule)
}
