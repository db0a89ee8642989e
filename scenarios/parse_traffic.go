package scenarios

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
)

// kinds are the keys that say what a request is.
var kinds = []string{"get", "ping", "udp", "resolve", "flush"}

// choices are the other keys of a request, each with the kinds to which it applies.
var choices = map[string][]string{
	"text": {"udp"}, "size": {"ping", "udp"}, "count": {"ping", "udp"}, "interval": {"udp"}, "id": {"ping"},
	"source": {"get", "ping", "udp"}, "source_port": {"get", "udp"}, "ttl": {"get", "ping", "udp"},
	"resolver": {"get", "resolve"}, "pause": kinds, "timeout": {"get", "ping", "udp", "resolve"},
}

// request reads one request: a page to fetch, a ping, UDP datagrams, a name to resolve
// or a table to flush.
func (p *parser) request(n *yaml.Node, path string) (r sim.Request) {
	fields := append(p.requestKinds(&r), p.requestChoices(&r)...)
	p.mapping(n, path, fields...)
	if n.Kind != yaml.MappingNode {
		return r
	}
	given := func(key string) bool { return p.places[join(path, key)] != nil }
	of := slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return !given(kind) })
	if len(of) != 1 {
		p.note(n, path, "must have exactly one of %s", strings.Join(kinds, ", "))
		return r
	}
	for _, f := range fields {
		if allowed, choice := choices[f.key]; choice && given(f.key) && !slices.Contains(allowed, of[0]) {
			at := join(path, f.key)
			p.note(p.places[at], at, "does not apply to %s, only to %s", of[0], strings.Join(allowed, ", "))
		}
	}
	if given("text") && given("size") {
		p.note(n, path, "has both text and size")
	}
	if r.Datagram.IsValid() && r.Text == "" {
		r.Text = "hello"
	}
	return r
}

// requestKinds returns the keys that say what a request is.
func (p *parser) requestKinds(r *sim.Request) []field {
	return []field{
		{"flush", false, func(n *yaml.Node, path string) { r.Flush, _ = parsed(&p.reader, n, path, parseTable) }},
		{"from", true, func(n *yaml.Node, path string) { r.From = p.text(n, path) }},
		{"get", false, func(n *yaml.Node, path string) { r.URL, _ = parsed(&p.reader, n, path, parseURL) }},
		{"ping", false, func(n *yaml.Node, path string) { r.Ping, _ = parsed(&p.reader, n, path, parseAddress) }},
		{"udp", false, func(n *yaml.Node, path string) { r.Datagram, _ = parsed(&p.reader, n, path, parseEndpoint) }},
		{"resolve", false, func(n *yaml.Node, path string) { r.Resolve = p.text(n, path) }},
	}
}

// requestChoices returns the keys for what an author may choose about a request.
func (p *parser) requestChoices(r *sim.Request) []field {
	// The longest datagram that an IPv4 header can describe, without the headers of IP and
	// UDP, or ICMP.
	const maxSize = 65535 - 20 - 8
	return []field{
		{"text", false, func(n *yaml.Node, path string) { r.Text = p.text(n, path) }},
		{"size", false, func(n *yaml.Node, path string) { r.Size = p.number(n, path, 1, maxSize) }},
		{"count", false, func(n *yaml.Node, path string) { r.Count = p.number(n, path, 1, 100) }},
		{"interval", false, func(n *yaml.Node, path string) { r.Interval, _ = parsed(&p.reader, n, path, parsePause) }},
		{"id", false, func(n *yaml.Node, path string) { r.ID = uint16(p.number(n, path, 1, 65535)) }},
		{"source", false, func(n *yaml.Node, path string) { r.Source, _ = parsed(&p.reader, n, path, parseAddress) }},
		{"source_port", false, func(n *yaml.Node, path string) { r.SourcePort = uint16(p.number(n, path, 1, 65535)) }},
		{"ttl", false, func(n *yaml.Node, path string) { r.TTL = uint8(p.number(n, path, 1, 255)) }},
		{"resolver", false, func(n *yaml.Node, path string) { r.Resolver, _ = parsed(&p.reader, n, path, parseAddress) }},
		{"pause", false, func(n *yaml.Node, path string) { r.Pause, _ = parsed(&p.reader, n, path, parsePause) }},
		{"timeout", false, func(n *yaml.Node, path string) { r.Timeout, _ = parsed(&p.reader, n, path, parseTimeout) }},
	}
}

// tableName is the name of a table of nftables, after its family.
var tableName = regexp.MustCompile(`^(ip|ip6|inet) [A-Za-z_][A-Za-z0-9_./\\-]*$`)

// parseTable reads the name of a table: of iptables, as "nat", of ip6tables, as "ip6 nat", or of
// nftables, as "ip docker-bridges".
func parseTable(s string) (string, error) {
	if slices.Contains(tables, s) || tableName.MatchString(s) {
		return s, nil
	}
	return "", fmt.Errorf("%q is not a table: %s, or FAMILY TABLE, such as ip6 nat or ip docker-bridges", s, strings.Join(tables, ", "))
}

// parseURL accepts http:// URLs only.
func parseURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return "", fmt.Errorf("%q is not an http:// URL", s)
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !plain(a) {
		return "", fmt.Errorf("host %q of %q is not a plain IPv4 or IPv6 address", u.Hostname(), s)
	}
	return s, nil
}

func parseAddress(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || !plain(a) {
		return a, fmt.Errorf("%q is not an IPv4 or IPv6 address", s)
	}
	return a, nil
}

func parseAddress4(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return a, fmt.Errorf("%q is not an IPv4 address", s)
	}
	return a, nil
}

func parseAddress6(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is6() || !plain(a) {
		return a, fmt.Errorf("%q is not an IPv6 address", s)
	}
	return a, nil
}

func parseEndpoint(s string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(s)
	if err != nil || !plain(a.Addr()) || a.Port() == 0 {
		return a, fmt.Errorf("%q is not an address with a port, such as 10.0.0.1:53 or [fd00::1]:53", s)
	}
	return a, nil
}

func parseTimeout(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 10*time.Millisecond || d > time.Minute {
		return d, fmt.Errorf("%q is not a time from 10ms to 1m, such as 500ms or 2s", s)
	}
	return d, nil
}

func parsePause(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Millisecond || d > time.Minute {
		return d, fmt.Errorf("%q is not a time from 1ms to 1m, such as 500ms or 2s", s)
	}
	return d, nil
}
