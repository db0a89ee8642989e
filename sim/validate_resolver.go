package sim

// resolver checks that servers are asked from nodes that exist.
func (v *validator) resolver(path string, r *Resolver) {
	if r == nil {
		return
	}
	for _, s := range r.Servers {
		if _, ok := v.topology.Node(s.From); !ok && s.From != "" {
			v.add(path, "asks %s from node %q, which does not exist", s.Address, s.From)
		}
	}
}
