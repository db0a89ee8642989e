package docker

import (
	"fmt"
	"math"
	"slices"

	"tracer/sim"
)

// Engine is a Docker Engine on a node: its networks and containers.
type Engine struct {
	Version    string // one of [Versions]
	Options    Options
	Networks   []Network   // in creation order, starting with the default bridge
	Containers []Container // in creation order
}

// Options are those of dockerd that change the network. The zero value is the default.
type Options struct {
	NoProxy       bool  // --userland-proxy=false
	NoIPTables    bool  // --iptables=false, which IPv6 does not depend on
	NoForwardDrop bool  // --ip-forward-no-drop, since Engine 28
	DirectRouting bool  // --allow-direct-routing, since Engine 28
	AcceptMark    *Mark // --bridge-accept-fwmark, since Engine 29; nil: none
}

// Install adds the engine's networks and containers to a topology. The host node and its
// links must already exist.
func (e Engine) Install(t *sim.Topology, host string) error {
	r, err := findRelease(e.Version)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.Nodes, func(n sim.Node) bool { return n.Name == host })
	if i < 0 {
		return fmt.Errorf("there is no node %q to run containers on", host)
	}
	if err := e.check(r); err != nil {
		return err
	}
	if err := e.assign(r); err != nil {
		return err
	}
	// Interface 1 is lo. The node's links come next, then its own bridges, then the
	// engine's, then the containers' veth pairs.
	node := t.Nodes[i]
	node.Bridges = slices.Clone(node.Bridges)
	index := 2 + len(t.Endpoints(host)) + len(node.Bridges)
	for _, n := range e.Networks {
		b := sim.Bridge{Name: n.Bridge, Index: index, MAC: bridgeMAC(r, n.Bridge), Addresses: n.gateways(r)}
		if r.has(bridgeMTU) {
			b.MTU = n.MTU
		}
		node.Bridges = append(node.Bridges, b)
		index++
	}
	// The node's own parameters are applied afterwards.
	node.Sysctls = append(e.sysctls(r), node.Sysctls...)
	plans := e.plans(r)
	for _, p := range plans {
		if err := p.check(); err != nil {
			return fmt.Errorf("engine %s: %w", e.Version, err)
		}
	}
	if wanted := e.filtered(r, plans); len(wanted) > 0 {
		r.host(&node, wanted)
	}
	node.Services = slices.Clip(node.Services)
	for _, p := range plans {
		node.Services = append(node.Services, p.proxies(e.ListensIPv6(t, host))...)
	}
	t.Nodes[i] = node
	e.run(r, t, node, index)
	return nil
}

// check reports options that the release does not have.
func (e *Engine) check(r release) error {
	if e.Options.AcceptMark != nil && !r.has(marks) {
		return fmt.Errorf("engine %s has no --bridge-accept-fwmark", e.Version)
	}
	if m := e.Options.AcceptMark; m != nil && m.Mask != math.MaxUint32 && r.has(wholeMarks) {
		return fmt.Errorf("labs of engine %s support no mask in --bridge-accept-fwmark", e.Version)
	}
	if e.Options.NoForwardDrop && !r.has(closed) {
		return fmt.Errorf("engine %s has no --ip-forward-no-drop", e.Version)
	}
	if e.Options.DirectRouting && !r.has(closed) {
		return fmt.Errorf("engine %s has no --allow-direct-routing", e.Version)
	}
	for _, n := range e.Networks {
		if !r.has(closed) && (n.Mode != NAT || n.Mode6 != NAT || n.Trusted != nil) {
			return fmt.Errorf("network %s: engine %s has neither gateway modes nor trusted interfaces", n.Name, e.Version)
		}
	}
	return nil
}

// sysctls returns the parameters of a host that runs the engine. dockerd turns forwarding on, and
// therefore sets the policy of FORWARD to DROP. With nftables, it does neither, but demands that the
// administrator has turned it on.
func (e *Engine) sysctls(r release) []sim.Sysctl {
	written := []sim.Sysctl{{Key: "net.ipv4.ip_forward", Value: "1"}}
	if e.routesIPv6() {
		written = append(written, sim.Sysctl{Key: "net.ipv6.conf.default.forwarding", Value: "1"}, sim.Sysctl{Key: "net.ipv6.conf.all.forwarding", Value: "1"})
	}
	bridged := e.Options.NoProxy && r.has(filterBridged)
	for _, n := range e.Networks {
		written = append(written, sim.Sysctl{Key: "net.ipv6.conf." + n.Bridge + ".accept_ra", Value: "0"})
		if e.Options.NoProxy {
			written = append(written, sim.Sysctl{Key: "net.ipv4.conf." + n.Bridge + ".route_localnet", Value: "1"})
		}
		bridged = bridged || n.NoICC
	}
	if bridged && !e.Options.NoIPTables {
		written = append(written, sim.Sysctl{Key: "net.bridge.bridge-nf-call-iptables", Value: "1"})
	}
	return written
}

// run adds the containers. The first one that is attached to a bridge gets the index, unless
// it has one.
func (e *Engine) run(r release, t *sim.Topology, host sim.Node, index int) {
	for _, c := range e.Containers {
		if at := c.Joins(host.Name); at != "" {
			i := slices.IndexFunc(t.Nodes, func(n sim.Node) bool { return n.Name == at })
			t.Nodes[i].Services = append(slices.Clip(t.Nodes[i].Services), c.Services...)
			continue
		}
		t.Nodes = append(t.Nodes, e.node(r, c, host))
		for k, a := range c.Attachments() {
			n := e.network(a.Network)
			if n == nil {
				continue // it has no interface but lo
			}
			if k == 0 && c.Index != 0 {
				index = c.Index
			}
			l := containerLink(host.Name, c, k, n)
			l.A.Hairpin = e.Options.NoProxy
			if r.has(movedPeer) {
				l.B.Index, l.A.Index = index, index+1
				index += 2
			} else {
				l.B.Index, l.A.Index = 2+k, index
				index++
			}
			t.Links = append(t.Links, l)
		}
	}
}

// Addressed returns the engine with the addresses that Install gives to containers without
// one.
func (e Engine) Addressed() (Engine, error) {
	r, err := findRelease(e.Version)
	if err == nil {
		err = e.assign(r)
	}
	return e, err
}
