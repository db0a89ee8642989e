package sim

import "net/netip"

// route checks a route of a node. names are those of the node's interfaces.
func (v *validator) route(path string, n Node, r Route, names map[string]bool) {
	if !r.Destination.IsValid() {
		v.add(path, "has no destination")
	} else if r.Destination != r.Destination.Masked() {
		v.add(path, "destination %s has bits set after its prefix; write %s", r.Destination, r.Destination.Masked())
	}
	for _, a := range append([]netip.Addr{r.Gateway, r.Source}, gateways(r.NextHops)...) {
		if a.IsValid() && a.Is6() != r.Destination.Addr().Is6() {
			v.add(path, "%s is of another family than %s", a, r.Destination)
		}
	}
	if r.Source.IsValid() && !v.owns(n, r.Source) {
		v.add(path, "source %s is not an address of node %s", r.Source, n.Name)
	}
	single := r.Gateway.IsValid() || r.Interface != ""
	switch {
	case r.Kind != Unicast && (single || len(r.NextHops) > 0):
		v.add(path, "a %s route leads nowhere; leave out the gateway and the interface", r.Kind)
	case r.Kind != Unicast:
	case single && len(r.NextHops) > 0:
		v.add(path, "has a next hop of its own beside a list of next hops")
	case len(r.NextHops) > 0:
		for _, h := range r.NextHops {
			v.nextHop(path, n, h, names)
		}
	default:
		v.nextHop(path, n, NextHop{Gateway: r.Gateway, Interface: r.Interface}, names)
	}
}

func gateways(hops []NextHop) (list []netip.Addr) {
	for _, h := range hops {
		list = append(list, h.Gateway)
	}
	return list
}

func (v *validator) nextHop(path string, n Node, h NextHop, names map[string]bool) {
	if h.Interface != "" && !names[h.Interface] {
		v.add(path, "node %s has no interface %q", n.Name, h.Interface)
	} else if v.down(n, h.Interface) {
		v.add(path, "interface %s is down, and the kernel accepts no route through it", h.Interface)
	}
	if !h.Gateway.IsValid() {
		if h.Interface == "" {
			v.add(path, "has neither a gateway nor an interface")
		}
		return
	}
	for _, p := range v.subnets(n) {
		if p.prefix.Contains(h.Gateway) && (h.Interface == "" || h.Interface == p.iface) {
			if h.Interface == "" && v.down(n, p.iface) {
				v.add(path, "gateway %s is in the subnet of %s, which is down", h.Gateway, p.iface)
			}
			return
		}
	}
	if h.Interface != "" {
		v.add(path, "gateway %s is in no subnet of %s/%s", h.Gateway, n.Name, h.Interface)
		return
	}
	v.add(path, "gateway %s is in no subnet of node %s", h.Gateway, n.Name)
}

// down reports whether an interface is to stay down.
func (v *validator) down(n Node, name string) bool {
	for _, e := range v.topology.Endpoints(n.Name) {
		if e.Interface == name {
			return e.Down
		}
	}
	return false
}

func (v *validator) owns(n Node, a netip.Addr) bool {
	for _, s := range v.subnets(n) {
		if s.prefix.Addr() == a {
			return true
		}
	}
	return a.IsLoopback()
}

// MaxPriority is the greatest priority of a routing rule. The kernel's own rules for the
// tables main and default have 32766 and 32767.
const MaxPriority = 32765

func (v *validator) routingRule(path string, n Node, r RoutingRule, names map[string]bool) {
	if r.Priority < 1 || r.Priority > MaxPriority {
		v.add(path, "priority %d is not between 1 and %d", r.Priority, MaxPriority)
	}
	for _, p := range []netip.Prefix{r.From, r.To} {
		if p.IsValid() && p.Addr().Is6() != r.IPv6 {
			v.add(path, "%s is of another family; rules for IPv6 begin with -6", p)
		}
		if p.IsValid() && p != p.Masked() {
			v.add(path, "%s has bits set after its prefix; write %s", p, p.Masked())
		}
	}
	if r.In != "" && r.In != "lo" && !names[r.In] {
		v.add(path, "node %s has no interface %q", n.Name, r.In)
	}
	if r.Mark&^r.Mask != 0 {
		v.add(path, "mark %#x has bits outside of its mask %#x", r.Mark, r.Mask)
	}
}
