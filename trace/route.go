package trace

import (
	"fmt"
	"net/netip"
	"strings"
)

// Route is one IPv4 route of the kernel.
type Route struct {
	Destination netip.Prefix
	Gateway     netip.Addr
	Interface   string
	Source      netip.Addr // preferred source address
	Kernel      bool       // added by the kernel for an interface's address
}

// String returns the route in the syntax of ip-route(8).
func (r Route) String() string {
	var b strings.Builder
	b.WriteString(r.Short())
	if r.Kernel {
		b.WriteString(" proto kernel scope link")
	}
	if r.Source.IsValid() {
		b.WriteString(" src " + r.Source.String())
	}
	return b.String()
}

// Short returns only what decides where a packet goes: destination, gateway and
// interface.
func (r Route) Short() string {
	dst := r.Destination.String()
	if r.Destination.Bits() == 0 {
		dst = "default"
	}
	if r.Gateway.IsValid() {
		dst += " via " + r.Gateway.String()
	}
	return dst + " dev " + r.Interface
}

// MarshalText returns the same as [Route.String].
func (r Route) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is like [ParseRoute].
func (r *Route) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRoute(string(text))
	return err
}

// ParseRoute parses the output of [Route.String].
func ParseRoute(s string) (r Route, err error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return r, fmt.Errorf("route %q: is empty", s)
	}
	r.Destination = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if words[0] != "default" {
		if r.Destination, err = netip.ParsePrefix(words[0]); err != nil {
			return r, fmt.Errorf("route %q: %w", s, err)
		}
	}
	if len(words)%2 == 0 {
		return r, fmt.Errorf("route %q: %q has no value", s, words[len(words)-1])
	}
	for i := 1; i < len(words); i += 2 {
		value := words[i+1]
		switch words[i] {
		case "via":
			r.Gateway, err = netip.ParseAddr(value)
		case "dev":
			r.Interface = value
		case "src":
			r.Source, err = netip.ParseAddr(value)
		case "proto":
			r.Kernel = value == "kernel"
		case "scope":
		default:
			err = fmt.Errorf("%q is not known", words[i])
		}
		if err != nil {
			return r, fmt.Errorf("route %q: %w", s, err)
		}
	}
	return r, nil
}
