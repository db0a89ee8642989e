package scenarios

import (
	"fmt"
	"net/netip"
	"net/url"

	"tracer/sim"
)

// resolvable checks that every request by name has a name server to ask: its own, or those of
// the node that sends it.
func (p *parser) resolvable(traffic []sim.Request, path string) {
	for i, r := range traffic {
		name := r.Resolve
		if u, err := url.Parse(r.URL); err == nil && r.URL != "" {
			if _, err := netip.ParseAddr(u.Hostname()); err != nil {
				name = u.Hostname()
			}
		}
		n, known := p.scenario.Topology.Node(r.From)
		if name == "" || r.Resolver.IsValid() || !known || n.ResolvConf != nil {
			continue
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		p.note(p.places[at], at, "%q is a name, and %s has no name server; set resolver, or the node's nameservers", name, n.Name)
	}
}
