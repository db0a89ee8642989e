package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ParseRoute parses the output of [Route.String] and [Route.Short].
func ParseRoute(s string) (Route, error) {
	// Only spaces separate words: the kernel allows other characters in names. A name may
	// be missing, as in routes without an interface written by the first versions.
	p := routeParser{words: strings.Split(s, " ")}
	if err := p.parse(); err != nil {
		return p.route, fmt.Errorf("route %q: %w", s, err)
	}
	return p.route, nil
}

// routeParser reads a route word by word.
type routeParser struct {
	words []string // the rest
	route Route
	six   bool // a gateway has an IPv6 address, without "inet6" before it
}

func (p *routeParser) parse() (err error) {
	if len(p.words) == 1 && p.words[0] == "" {
		return errors.New("is empty")
	}
	if p.route.Type.UnmarshalText([]byte(p.words[0])) == nil {
		p.words = p.words[1:]
	}
	if p.route.Destination, err = p.prefix(); err != nil {
		return err
	}
	for len(p.words) > 0 {
		if err := p.option(); err != nil {
			return err
		}
	}
	if r := &p.route; p.six && r.Destination == netip.PrefixFrom(netip.IPv4Unspecified(), 0) && r.leadsToIPv6() {
		r.Destination = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	return nil
}

// next removes the first word.
func (p *routeParser) next() string {
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *routeParser) prefix() (netip.Prefix, error) {
	if len(p.words) == 0 {
		return netip.Prefix{}, errors.New("has no destination")
	}
	text := p.next()
	if text == "default" {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0), nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return a.WithZone("").Prefix(a.BitLen())
	}
	return netip.ParsePrefix(text)
}

// value removes the value of an option.
func (p *routeParser) value(option string) (string, error) {
	if len(p.words) == 0 {
		return "", fmt.Errorf("%q has no value", option)
	}
	return p.next(), nil
}

// option reads an option of the route, or of the last "nexthop".
func (p *routeParser) option() error {
	r := &p.route
	name := p.next()
	if name == "" {
		return nil
	}
	gateway, iface, state := &r.Gateway, &r.Interface, &r.LinkState
	if k := len(r.Hops); k > 0 {
		h := &r.Hops[k-1]
		gateway, iface, state = &h.Gateway, &h.Interface, &h.LinkState
	}
	for _, f := range state.flags() {
		if f.name == name {
			*f.set = true
			return nil
		}
	}
	if name == "nexthop" {
		r.Hops = append(r.Hops, NextHop{Weight: 1})
		return nil
	}
	value, err := p.value(name)
	if err != nil {
		return err
	}
	switch name {
	case "via":
		plain := value != "inet6"
		if value == "inet6" || value == "inet" {
			if value, err = p.value(value); err != nil {
				return err
			}
		}
		*gateway, err = netip.ParseAddr(value)
		p.six = p.six || plain && gateway.Is6()
	case "dev":
		*iface = value
	case "weight":
		return p.weight(value)
	default:
		return r.set(name, value)
	}
	return err
}

func (p *routeParser) weight(value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err == nil && (n == 0 || len(p.route.Hops) == 0) {
		err = errors.New(`"weight" is only for next hops, and must not be 0`)
	}
	if err == nil {
		p.route.Hops[len(p.route.Hops)-1].Weight = int(n)
	}
	return err
}

// set sets an attribute that only the route as a whole can have.
func (r *Route) set(option, value string) (err error) {
	var n uint64
	switch option {
	case "src":
		r.Source, err = netip.ParseAddr(value)
	case "proto":
		if r.Kernel = value == "kernel"; !r.Kernel {
			r.Protocol = value
		}
	case "scope":
		err = r.Scope.UnmarshalText([]byte(value))
	case "metric":
		n, err = strconv.ParseUint(value, 10, 32)
		r.Metric = uint32(n)
	case "tos":
		n, err = strconv.ParseUint(value, 0, 8)
		r.TOS = uint8(n)
	default:
		err = fmt.Errorf("unknown option %q", option)
	}
	return err
}
