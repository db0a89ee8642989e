package trace

import (
	"net/netip"
	"strconv"
)

// RouteType is what the kernel does with packets that a route matches (RTN_… in
// include/uapi/linux/rtnetlink.h). The zero value is an ordinary route.
type RouteType uint8

// The types of route.
const (
	RouteUnicast     RouteType = iota // on to the next hop
	RouteLocal                        // to the node itself
	RouteBroadcast                    // to all nodes of a link
	RouteAnycast                      // of IPv6: to the node itself, too; never matched by IPv4
	RouteMulticast                    // of IPv6: to the interface's groups; never matched by IPv4
	RouteBlackhole                    // dropped silently
	RouteUnreachable                  // dropped: "host unreachable"
	RouteProhibit                     // dropped: "communication administratively prohibited"
	RouteThrow                        // back to the rules, as if the table had no route
)

var routeTypeNames = [...]string{
	RouteUnicast: "unicast", RouteLocal: "local", RouteBroadcast: "broadcast", RouteAnycast: "anycast", RouteMulticast: "multicast",
	RouteBlackhole: "blackhole", RouteUnreachable: "unreachable", RouteProhibit: "prohibit", RouteThrow: "throw",
}

// String returns the type as ip-route(8) spells it.
func (t RouteType) String() string { return nameOf(routeTypeNames[:], t, "route type") }

// MarshalText returns the name.
func (t RouteType) MarshalText() ([]byte, error) { return marshalName(routeTypeNames[:], t) }

// UnmarshalText accepts a name.
func (t *RouteType) UnmarshalText(text []byte) error {
	return unmarshalName(routeTypeNames[:], t, text)
}

// matched reports whether the lookup for a destination considers routes of the type.
func (t RouteType) matched(to netip.Addr) bool {
	return to.Is6() || t != RouteAnycast && t != RouteMulticast
}

// Drops reports whether packets are dropped.
func (t RouteType) Drops() bool {
	return t == RouteBlackhole || t == RouteUnreachable || t == RouteProhibit
}

// Scope is how far away a route's destination is (enum rt_scope_t). The zero value is
// anywhere.
type Scope uint8

// The scopes, with the kernel's numbers.
const (
	ScopeGlobal  Scope = 0
	ScopeSite    Scope = 200
	ScopeLink    Scope = 253 // on an attached link
	ScopeHost    Scope = 254 // the node itself
	ScopeNowhere Scope = 255
)

var scopeNames = [...]string{ScopeGlobal: "global", ScopeSite: "site", ScopeLink: "link", ScopeHost: "host", ScopeNowhere: "nowhere"}

// String returns the scope as ip-route(8) spells it.
func (s Scope) String() string { return nameOf(scopeNames[:], s, "scope") }

// MarshalText returns the name, or the number of a scope without one.
func (s Scope) MarshalText() ([]byte, error) {
	if name, err := marshalName(scopeNames[:], s); err == nil {
		return name, nil
	}
	return strconv.AppendUint(nil, uint64(s), 10), nil
}

// UnmarshalText accepts a name or a number.
func (s *Scope) UnmarshalText(text []byte) error {
	if n, err := strconv.ParseUint(string(text), 10, 8); err == nil {
		*s = Scope(n)
		return nil
	}
	return unmarshalName(scopeNames[:], s, text)
}
