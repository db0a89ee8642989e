package trace

import (
	"net/netip"
	"strconv"
	"strings"
)

// Route is one route of the kernel.
type Route struct {
	Type        RouteType
	Destination netip.Prefix
	Gateway     netip.Addr // invalid: the destination is on the link. May be an IPv6 address (RFC 8950) even if the destination is not
	Interface   string     // empty for routes that lead nowhere
	Source      netip.Addr // preferred source address
	Kernel      bool       // added by the kernel for an interface's address
	Protocol    string     // who added it otherwise: "static", "dhcp"; empty: a command ("boot")
	Scope       Scope
	Metric      uint32    // the lowest is used among routes to the same destination
	TOS         uint8     // the only type of service it is for; 0: any
	LinkState             // of a multipath route: of all its next hops together
	Hops        []NextHop // of a multipath route, which has no gateway and interface of its own
}

// NextHop is one of the next hops of a multipath route. The kernel picks one by a hash of
// the packet's addresses, so that all packets of a connection take the same path.
type NextHop struct {
	Gateway   netip.Addr
	Interface string
	Weight    int // from 1: its share of the connections
	LinkState
}

// LinkState is the kernel's state of the path to a next hop (RTNH_F_…).
type LinkState struct {
	OnLink   bool // the gateway counts as a neighbour, whatever the interface's addresses say
	Dead     bool // the interface is down; the kernel does not use the next hop
	LinkDown bool // the interface has no carrier
}

// NextHops returns a route's next hops: one, several, or none if it leads nowhere.
func (r *Route) NextHops() []NextHop {
	switch {
	case len(r.Hops) > 0:
		return r.Hops
	case r.Interface == "":
		return nil
	}
	return []NextHop{{Gateway: r.Gateway, Interface: r.Interface, Weight: 1, LinkState: r.LinkState}}
}

// Through returns the next hops of a route that are reached through an interface. Which of
// several was used depends on a hash; the frame's destination address shows it.
func (r *Route) Through(iface string) (list []NextHop) {
	for _, h := range r.NextHops() {
		if h.Interface == iface {
			list = append(list, h)
		}
	}
	return list
}

// Text returns the next hop of a route in the syntax of ip-route(8).
func (h NextHop) Text(of *Route) string {
	var b strings.Builder
	h.write(&b, of)
	return b.String()[1:]
}

func (h *NextHop) write(b *strings.Builder, of *Route) {
	b.WriteString(" nexthop")
	of.writeWay(b, h.Gateway, h.Interface)
	b.WriteString(" weight " + strconv.Itoa(h.Weight))
	h.LinkState.write(b)
}

// String returns the route in the syntax of ip-route(8).
func (r Route) String() string {
	var b strings.Builder
	r.writeDestination(&b)
	if len(r.Hops) == 0 {
		r.writeWay(&b, r.Gateway, r.Interface)
	}
	r.writeOptions(&b)
	r.writeHops(&b)
	return b.String()
}

// Short returns only what decides where a packet goes: destination, gateways and
// interfaces.
func (r Route) Short() string {
	var b strings.Builder
	r.writeDestination(&b)
	if len(r.Hops) == 0 {
		r.writeWay(&b, r.Gateway, r.Interface)
	}
	r.writeHops(&b)
	return b.String()
}

// Way returns the part of the route that [Route.Short] writes.
func (r Route) Way() Route {
	return Route{Type: r.Type, Destination: r.Destination, TOS: r.TOS, Gateway: r.Gateway, Interface: r.Interface, Hops: r.Hops}
}

func (r *Route) writeDestination(b *strings.Builder) {
	if r.Type != RouteUnicast {
		b.WriteString(r.Type.String() + " ")
	}
	all := "default"
	if r.Destination.Addr().Is6() && !r.leadsToIPv6() {
		all = r.Destination.String() // otherwise, it would look like IPv4's
	}
	b.WriteString(prefixText(r.Destination, all))
	if r.TOS != 0 {
		b.WriteString(" tos 0x" + strconv.FormatUint(uint64(r.TOS), 16))
	}
}

// prefixText returns a prefix as ip prints it: a host without its length, and a word for
// 0.0.0.0/0.
func prefixText(p netip.Prefix, all string) string {
	switch {
	case p.Bits() <= 0:
		return all
	case p.IsSingleIP():
		return p.Addr().String()
	}
	return p.String()
}

func (r *Route) writeOptions(b *strings.Builder) {
	if r.Kernel {
		b.WriteString(" proto kernel")
	}
	if r.Protocol != "" {
		b.WriteString(" proto " + r.Protocol)
	}
	if r.Scope != ScopeGlobal {
		b.WriteString(" scope " + r.Scope.String())
	}
	if r.Source.IsValid() {
		b.WriteString(" src " + r.Source.String())
	}
	if r.Metric != 0 {
		b.WriteString(" metric " + strconv.FormatUint(uint64(r.Metric), 10))
	}
	r.LinkState.write(b)
}

func (r *Route) writeHops(b *strings.Builder) {
	for _, h := range r.Hops {
		h.write(b, r)
	}
}

// leadsToIPv6 reports whether the route's gateway, or that of its first next hop, is an IPv6
// address.
func (r *Route) leadsToIPv6() bool {
	return r.Gateway.Is6() || len(r.Hops) > 0 && r.Hops[0].Gateway.Is6()
}

// writeWay writes a gateway and an interface. A gateway of another family than the
// destination's has its family before it.
func (r *Route) writeWay(b *strings.Builder, gateway netip.Addr, iface string) {
	if gateway.IsValid() {
		b.WriteString(" via ")
		if gateway.Is6() && r.Destination.Addr().Is4() {
			b.WriteString("inet6 ")
		}
		b.WriteString(gateway.String())
	}
	if iface != "" {
		b.WriteString(" dev " + iface)
	}
}

func (l *LinkState) write(b *strings.Builder) {
	for _, f := range l.flags() {
		if *f.set {
			b.WriteString(" " + f.name)
		}
	}
}

// linkFlag is a flag of a [LinkState], and ip's word for it.
type linkFlag struct {
	name string
	set  *bool
}

func (l *LinkState) flags() []linkFlag {
	return []linkFlag{{"dead", &l.Dead}, {"onlink", &l.OnLink}, {"linkdown", &l.LinkDown}}
}

// MarshalText returns the same as [Route.String].
func (r Route) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is like [ParseRoute].
func (r *Route) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRoute(string(text))
	return err
}
