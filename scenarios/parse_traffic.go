package scenarios

import (
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
)

// request reads one request: a page to fetch, a ping, a UDP datagram, a name to resolve
// or a table to flush.
func (p *parser) request(n *yaml.Node, path string) (r sim.Request) {
	kinds := 0
	p.mapping(n, path,
		field{"flush", false, func(n *yaml.Node, path string) {
			kinds++
			r.Flush = p.word(n, path, tables)
		}},
		field{"from", true, func(n *yaml.Node, path string) { r.From = p.text(n, path) }},
		field{"get", false, func(n *yaml.Node, path string) {
			kinds++
			r.URL, _ = parsed(&p.reader, n, path, parseURL)
		}},
		field{"ping", false, func(n *yaml.Node, path string) {
			kinds++
			r.Ping, _ = parsed(&p.reader, n, path, parseAddress)
		}},
		field{"udp", false, func(n *yaml.Node, path string) {
			kinds++
			r.Datagram, _ = parsed(&p.reader, n, path, parseEndpoint)
			if r.Text == "" {
				r.Text = "hello"
			}
		}},
		field{"resolve", false, func(n *yaml.Node, path string) {
			kinds++
			r.Resolve = p.text(n, path)
		}},
		field{"text", false, func(n *yaml.Node, path string) { r.Text = p.text(n, path) }},
		field{"count", false, func(n *yaml.Node, path string) { r.Count = p.number(n, path, 1, 100) }},
		field{"id", false, func(n *yaml.Node, path string) { r.ID = uint16(p.number(n, path, 1, 65535)) }},
		field{"source_port", false, func(n *yaml.Node, path string) { r.SourcePort = uint16(p.number(n, path, 1, 65535)) }},
		field{"resolver", false, func(n *yaml.Node, path string) { r.Resolver, _ = parsed(&p.reader, n, path, parseAddress) }},
		field{"timeout", false, func(n *yaml.Node, path string) { r.Timeout, _ = parsed(&p.reader, n, path, parseTimeout) }},
	)
	if n.Kind == yaml.MappingNode && kinds != 1 {
		p.note(n, path, "must have exactly one of get, ping, udp, resolve, flush")
	}
	if u, err := url.Parse(r.URL); err == nil && r.URL != "" && !r.Resolver.IsValid() {
		if _, err := netip.ParseAddr(u.Hostname()); err != nil {
			p.note(n, path, "host %q of the URL is a name; set resolver to the address of a DNS server", u.Hostname())
		}
	}
	if r.Resolve != "" && !r.Resolver.IsValid() {
		p.note(n, path, "has no resolver; set it to the address of a DNS server")
	}
	return r
}

// parseURL accepts http:// URLs only.
func parseURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return "", fmt.Errorf("%q is not an http:// URL", s)
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !a.Is4() {
		return "", fmt.Errorf("host %q of %q is not an IPv4 address", u.Hostname(), s)
	}
	return s, nil
}

func parseAddress(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return a, fmt.Errorf("%q is not an IPv4 address", s)
	}
	return a, nil
}

func parseEndpoint(s string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(s)
	if err != nil || !a.Addr().Is4() || a.Port() == 0 {
		return a, fmt.Errorf("%q is not an IPv4 address with a port, such as 10.0.0.1:53", s)
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
