package sim

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// RouteKind is what a route, or a [RoutingRule], does with the packets that it selects. All
// kinds but the first drop them (rtnetlink(7)).
type RouteKind uint8

const (
	Unicast     RouteKind = iota
	Blackhole             // without notice
	Unreachable           // the sender gets ICMP "host unreachable"
	Prohibit              // the sender gets ICMP "communication administratively filtered"
)

var routeKinds = [...]string{Unicast: "unicast", Blackhole: "blackhole", Unreachable: "unreachable", Prohibit: "prohibit"}

// ParseRouteKind returns the kind with the name that ip(8) gives it.
func ParseRouteKind(name string) (k RouteKind, ok bool) {
	for i, n := range routeKinds {
		if n == name {
			return RouteKind(i), true
		}
	}
	return 0, false
}

// String returns the name that ip(8) gives the kind.
func (k RouteKind) String() string {
	if int(k) < len(routeKinds) {
		return routeKinds[k]
	}
	return fmt.Sprintf("route kind %d", uint8(k))
}

// Table is the number of a routing table. Zero is the main table.
type Table uint32

// The tables that every namespace has (rtnetlink(7)).
const (
	TableDefault Table = 253
	TableMain    Table = 254
	TableLocal   Table = 255
)

// String returns the table's name, or its number.
func (t Table) String() string {
	switch t {
	case TableDefault:
		return "default"
	case TableMain, 0:
		return "main"
	case TableLocal:
		return "local"
	}
	return strconv.FormatUint(uint64(t), 10)
}

// Route is one entry of a node's routing tables. The kernel itself adds routes for the
// subnets of a node's interfaces.
type Route struct {
	Kind        RouteKind
	Destination netip.Prefix // 0.0.0.0/0 and ::/0 are the default routes
	Gateway     netip.Addr   // zero: directly connected
	Interface   string       // empty: the interface in the gateway's subnet
	NextHops    []NextHop    // of a multipath route, instead of Gateway and Interface
	Source      netip.Addr   // of packets that the node itself sends; zero: chosen by the kernel
	Metric      uint32       // the lowest wins among routes with the same destination
	Table       Table
}

// NextHop is one of the next hops of a multipath route. The kernel chooses by the addresses
// of a packet, so all packets of a connection take the same one.
type NextHop struct {
	Gateway   netip.Addr
	Interface string
	Weight    int // in relation to the others; 0: 1
}

// String returns the route as ip(8) accepts it.
func (r Route) String() string {
	var words []string
	add := func(word ...string) { words = append(words, word...) }
	if r.Kind != Unicast {
		add(r.Kind.String())
	}
	if r.Destination.Bits() == 0 && (r.Destination.Addr().Is4() || r.Gateway.Is6()) {
		add("default")
	} else {
		add(r.Destination.String())
	}
	add(NextHop{Gateway: r.Gateway, Interface: r.Interface}.words()...)
	if r.Source.IsValid() {
		add("src", r.Source.String())
	}
	if r.Metric != 0 {
		add("metric", strconv.FormatUint(uint64(r.Metric), 10))
	}
	if r.Table != 0 {
		add("table", r.Table.String())
	}
	for _, h := range r.NextHops {
		add("nexthop")
		add(h.words()...)
	}
	return strings.Join(words, " ")
}

func (h NextHop) words() (words []string) {
	if h.Gateway.IsValid() {
		words = append(words, "via", h.Gateway.String())
	}
	if h.Interface != "" {
		words = append(words, "dev", h.Interface)
	}
	if h.Weight != 0 {
		words = append(words, "weight", strconv.Itoa(h.Weight))
	}
	return words
}

// RoutingRule selects the table that routes a packet (ip-rule(8)). A packet must match all
// of its conditions.
type RoutingRule struct {
	IPv6     bool         // the rule is for IPv6 packets, the others for IPv4
	Priority uint32       // rules are tried from the lowest
	From, To netip.Prefix // zero: any
	In       string       // the interface that the packet came in by; "lo" for the node's own; empty: any
	Mark     uint32       // the firewall mark; compared only under Mask
	Mask     uint32       // 0: any mark
	Kind     RouteKind    // not Unicast: the packet is dropped
	Table    Table        // for Unicast
}

// String returns the rule as ip(8) accepts it.
func (r RoutingRule) String() string {
	words := []string{"from", "all"}
	if r.From.IsValid() {
		words[1] = r.From.String()
	}
	if r.IPv6 {
		words = append([]string{"-6"}, words...)
	}
	if r.To.IsValid() {
		words = append(words, "to", r.To.String())
	}
	if r.In != "" {
		words = append(words, "iif", r.In)
	}
	switch r.Mask {
	case 0:
	case 1<<32 - 1:
		words = append(words, "fwmark", fmt.Sprintf("%#x", r.Mark))
	default:
		words = append(words, "fwmark", fmt.Sprintf("%#x/%#x", r.Mark, r.Mask))
	}
	if r.Kind != Unicast {
		words = append(words, r.Kind.String())
	} else {
		words = append(words, "lookup", r.Table.String())
	}
	return strings.Join(append(words, "priority", strconv.FormatUint(uint64(r.Priority), 10)), " ")
}
