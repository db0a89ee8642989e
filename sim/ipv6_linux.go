package sim

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// configureIPv6 adds a node's IPv6 routes and routing rules, once its interfaces carry frames:
// before that, the kernel has no routes to their subnets (addrconf_link_ready in
// net/ipv6/addrconf.c), and no route can have a gateway there.
func (l *Lab) configureIPv6(ctx context.Context, n *labNode) error {
	if n.six {
		if err := n.awaitAddresses(ctx, l.carried(n.Name)); err != nil {
			return err
		}
	}
	return n.addRoutes(netip.Addr.Is6)
}

// carried returns the IPv6 addresses of a node's interfaces that can carry frames.
func (l *Lab) carried(node string) (list []netip.Addr) {
	add := func(addresses []netip.Prefix) {
		for _, p := range addresses {
			if p.Addr().Is6() {
				list = append(list, p.Addr())
			}
		}
	}
	n, _ := l.topology.Node(node)
	for _, b := range n.Bridges {
		if l.topology.BridgeCarrier(node, b.Name) {
			add(b.Addresses)
		}
	}
	for _, e := range l.topology.Endpoints(node) {
		if l.topology.Carrier(e) {
			add(e.Addresses)
		}
	}
	return list
}

// awaitAddresses waits until packets to the addresses are delivered. The kernel adds the local
// route of an address in the background (addrconf_dad_work).
func (n *labNode) awaitAddresses(ctx context.Context, list []netip.Addr) error {
	ctx, cancel := context.WithTimeout(ctx, linksUp)
	defer cancel()
	poll := time.NewTicker(200 * time.Microsecond)
	defer poll.Stop()
	for {
		local, err := n.localRoutes()
		if err != nil {
			return n.fail("list routes of table", "local", err)
		}
		missing := slices.IndexFunc(list, func(a netip.Addr) bool { return !slices.Contains(local, a) })
		if missing < 0 {
			return nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return n.fail("wait for address", list[missing].String(), fmt.Errorf("it is not in use yet: %w", ctx.Err()))
		}
	}
}

// localRoutes returns the addresses that the node delivers to itself.
func (n *labNode) localRoutes() (list []netip.Addr, err error) {
	err = retryInterrupted(func() error {
		routes, err := n.route.RouteListFiltered(netlink.FAMILY_V6, &netlink.Route{Table: unix.RT_TABLE_LOCAL, Type: unix.RTN_LOCAL}, netlink.RT_FILTER_TABLE|netlink.RT_FILTER_TYPE)
		list = nil
		for _, r := range routes {
			if r.Dst == nil {
				continue
			}
			if a, ok := netip.AddrFromSlice(r.Dst.IP); ok {
				list = append(list, a)
			}
		}
		return err
	})
	return list, err
}
