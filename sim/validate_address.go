package sim

import "net/netip"

// addresses reports addresses that two interfaces in one broadcast domain share, and
// overlapping subnets on one node, which would make routing ambiguous. Apart from that,
// addresses may repeat: every Docker host has a docker0 with 172.17.0.1, and private
// networks behind NAT use the same ranges. Link-local addresses of IPv6 have the same subnet on
// every interface.
func (v *validator) addresses() {
	segments := v.topology.segments()
	type heard struct {
		address netip.Addr
		segment string
	}
	owner := map[heard]subnet{}
	for _, n := range v.topology.Nodes {
		subnets := v.subnets(n)
		for i, s := range subnets {
			path := s.node + "/" + s.iface
			at := heard{s.prefix.Addr(), segments.of(path)}
			if o, taken := owner[at]; taken {
				v.add(path, "address %s belongs to %s/%s already", s.prefix.Addr(), o.node, o.iface)
			}
			owner[at] = s
			for _, o := range subnets[:i] {
				linkLocal := s.prefix.Addr().Is6() && s.prefix.Addr().IsLinkLocalUnicast()
				if o.iface != s.iface && o.prefix.Overlaps(s.prefix) && !linkLocal {
					v.add(path, "subnet %s overlaps %s of %s", s.prefix.Masked(), o.prefix.Masked(), o.iface)
				}
			}
		}
	}
}

// segments maps interfaces ("node/interface") to others in the same broadcast domain, one
// step closer to the representative of all.
type segments map[string]string

// segments joins the two ends of each link, and each bridge with its ports.
func (t *Topology) segments() segments {
	s := segments{}
	for _, l := range t.Links {
		s.join(l.A.Node+"/"+l.A.Interface, l.B.Node+"/"+l.B.Interface)
		for _, e := range []Endpoint{l.A, l.B} {
			if e.Bridge != "" {
				s.join(e.Node+"/"+e.Interface, e.Node+"/"+e.Bridge)
			}
		}
	}
	return s
}

// of returns the interface that represents a segment.
func (s segments) of(at string) string {
	for next, ok := s[at]; ok; next, ok = s[at] {
		at = next
	}
	return at
}

func (s segments) join(a, b string) {
	if a, b = s.of(a), s.of(b); a != b {
		s[a] = b
	}
}
