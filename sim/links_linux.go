package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// addBridges creates a node's bridges, down and without addresses. They have the
// kernel's defaults, as Docker's do: multicast snooping, and no spanning tree, so that a
// port forwards at once.
func (n *labNode) addBridges() error {
	for _, b := range n.Bridges {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.Index, attrs.MTU = b.Name, b.Index, b.MTU
		if !b.MAC.IsZero() {
			attrs.HardwareAddr = net.HardwareAddr(b.MAC[:])
		}
		link := &netlink.Bridge{LinkAttrs: attrs}
		if err := retryInterrupted(func() error { return n.route.LinkAdd(link) }); err != nil {
			return n.fail("add bridge", b.Name, err)
		}
	}
	return nil
}

// addLinks creates all veth pairs in the topology's order, so that the kernel chooses
// the same interface indexes in every run.
func (l *Lab) addLinks() error {
	for _, link := range l.topology.Links {
		a, b := l.node(link.A.Node), l.node(link.B.Node) // Validate has checked that they exist
		err := a.Do(func() error { return addVeth(link.A, link.B, b.ns.Fd()) })
		if err != nil {
			return a.fail("add link", link.A.Interface, err)
		}
	}
	return nil
}

// bringUp assigns addresses to a node's devices and sets them up, unless they are to stay
// down: first the loopback,
// then the bridges, then the link ends, which join their bridge before they carry a
// frame.
func (n *labNode) bringUp(ends []Endpoint) error {
	devices := []Endpoint{{Interface: loopback}}
	for _, b := range n.Bridges {
		devices = append(devices, Endpoint{Interface: b.Name, Addresses: b.Addresses})
	}
	for _, e := range append(devices, ends...) {
		if err := n.bringUpOne(&e); err != nil {
			return err
		}
	}
	return nil
}

func (n *labNode) bringUpOne(e *Endpoint) error {
	link, err := n.route.LinkByName(e.Interface)
	if err != nil {
		return n.fail("find link", e.Interface, err)
	}
	if e.Interface != loopback {
		if err := plainFrames(e.Interface); err != nil {
			return n.fail("turn off offloads of", e.Interface, err)
		}
	}
	if e.Bridge != "" {
		m, err := n.route.LinkByName(e.Bridge)
		if err != nil {
			return n.fail("find bridge", e.Bridge, err)
		}
		if err := n.route.LinkSetMaster(link, m); err != nil {
			return n.fail("add bridge port", e.Interface, err)
		}
		if e.Hairpin {
			if err := n.route.LinkSetHairpin(link, true); err != nil {
				return n.fail("set hairpin mode of", e.Interface, err)
			}
		}
	}
	for _, p := range e.Addresses {
		addr := &netlink.Addr{IPNet: ipNet(p), Label: e.Labels[p]}
		if p.Addr().Is6() {
			addr.Flags = unix.IFA_F_NODAD
		}
		if e.Metric != 0 {
			addr.Flags |= unix.IFA_F_NOPREFIXROUTE
		}
		if err := n.route.AddrAdd(link, addr); err != nil {
			return n.fail("add address "+p.String()+" to", e.Interface, err)
		}
	}
	if e.Down {
		return nil
	}
	if err := n.route.LinkSetUp(link); err != nil {
		return n.fail("set up", e.Interface, err)
	}
	if e.Metric != 0 {
		return n.addSubnets(link, e)
	}
	return nil
}

// addSubnets adds the routes to an interface's subnets, with a metric. It does what
// NetworkManager does: the kernel's own routes, which have none, are turned off by a flag of
// the addresses.
func (n *labNode) addSubnets(link netlink.Link, e *Endpoint) error {
	done := map[netip.Prefix]bool{}
	for _, p := range e.Addresses {
		subnet := p.Masked()
		if done[subnet] || p.IsSingleIP() {
			continue
		}
		source := net.IP(p.Addr().AsSlice())
		if p.Addr().Is6() { // the kernel chooses by RFC 6724
			source = nil
		}
		done[subnet] = true
		route := &netlink.Route{
			LinkIndex: link.Attrs().Index, Dst: ipNet(subnet), Src: source, Scope: netlink.SCOPE_LINK,
			Protocol: unix.RTPROT_KERNEL, Priority: int(e.Metric),
		}
		if err := n.route.RouteAdd(route); err != nil {
			return n.fail("add route to", subnet.String(), err)
		}
	}
	return nil
}

// awaitLinks waits until all of a node's devices that can carry frames do so. Setting a
// device up is not enough: the kernel enables its queue in the background
// (net/core/link_watch.c) and drops frames sent before that. If a bridge lost its first ARP
// request, it would retry only after a second.
func (n *labNode) awaitLinks(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, linksUp)
	defer cancel()
	poll := time.NewTicker(200 * time.Microsecond)
	defer poll.Stop()
	for _, name := range n.carry {
		for {
			link, err := n.route.LinkByName(name)
			if err != nil {
				return n.fail("find link", name, err)
			}
			if link.Attrs().OperState == netlink.OperUp {
				break
			}
			select {
			case <-poll.C:
			case <-ctx.Done():
				return n.fail("wait for link", name, fmt.Errorf("it is %s: %w", link.Attrs().OperState, ctx.Err()))
			}
		}
	}
	return nil
}

const loopback = "lo"

// ipNet converts a prefix, including its host bits, for the netlink library.
func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
