package sim

import (
	"fmt"
	"net/netip"
	"strings"
)

// ParseRouteState reads what [RouteState.String] writes.
func ParseRouteState(s string) (r RouteState, err error) {
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
