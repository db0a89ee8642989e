package trace

// charted is the way of packets through a network that a [Chart] is known of.
// Connection tracking may know what becomes of their addresses.
type charted struct {
	chart       *Chart
	connections *connections
}

// place is by time, and where the chart says that one point comes directly after
// another, in that order.
func (c *charted) place(w *walk, s *sighting) int {
	at := len(w.sightings)
	for at > 0 {
		before := &w.sightings[at-1]
		if !s.before(before) && c.chart.between(s.point, before.point) == 0 {
			break
		}
		if c.chart.between(before.point, s.point) != 0 {
			break
		}
		at--
	}
	return at
}

// fit is the best over all strides between the walk and the sighting. Sightings
// normally come in order of time, so the walk leads to the sighting; one that comes
// late may also lead to the walk.
func (c *charted) fit(w *walk, s *sighting) (best fit) {
	if w.sightingAt(s.point) != nil {
		return 0
	}
	for i := range w.sightings {
		o := &w.sightings[i]
		if kind := c.chart.between(o.point, s.point); kind != 0 && timely(kind, o, s) {
			best = max(best, c.stride(kind, s.point, &o.packet, &s.packet))
		}
		if kind := c.chart.between(s.point, o.point); kind != 0 && !s.time.After(o.time) && timely(kind, s, o) {
			best = max(best, c.stride(kind, o.point, &s.packet, &o.packet))
		}
	}
	return best
}

// timely reports whether a stride can have taken as long as it did. Only a node's
// IP layer holds packets back, until it has the answer to an ARP request.
func timely(kind strideKind, from, to *sighting) bool {
	return kind == stack || to.time.Sub(from.time) <= reorderWindow
}

// stride judges whether packet b, at a point, can be packet a one stride later.
func (c *charted) stride(kind strideKind, to int, a, b *Packet) fit {
	if a.hash != b.hash {
		return 0
	}
	if kind != stack {
		if a.Src == b.Src && a.Dst == b.Dst && a.TTL == b.TTL && a.SrcMAC == b.SrcMAC && a.DstMAC == b.DstMAC {
			return fitExact
		}
		return 0
	}
	// Forwarding takes one off the TTL (RFC 1812, 5.3.1).
	if !a.IsIP() || b.TTL != a.TTL-1 {
		return 0
	}
	if ends, known := c.connections.translate(c.chart.points[to].node, a); known {
		if ends == b.ends() {
			return fitExact
		}
		return 0
	}
	src, dst := a.Src == b.Src, a.Dst == b.Dst
	switch {
	case src && dst:
		return fitExact
	case src || dst:
		return fitHalf
	}
	// Two translations at once, and nothing that says so: more likely another
	// packet.
	return 0
}

// reaches reports whether the chart leads from one sighting to another, by any
// number of strides, and whether what the headers have become on the way is what
// so many routers and their connections can have made of them.
func (c *charted) reaches(from, to *sighting) bool {
	a, b := &from.packet, &to.packet
	if a.hash != b.hash || a.TTL < b.TTL {
		return false
	}
	routers := int(a.TTL) - int(b.TTL)
	if routers == 0 && (to.time.Sub(from.time) > reorderWindow || a.ends() != b.ends() || a.SrcMAC != b.SrcMAC || a.DstMAC != b.DstMAC) {
		return false
	}
	type state struct{ point, routers int }
	seen := map[state]bool{}
	todo := []state{{to.point, routers}}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at == (state{from.point, 0}) {
			return routers == 0 || c.becomes(from, to)
		}
		for _, s := range c.chart.points[at.point].from {
			next := state{s.from, at.routers}
			if s.kind == stack {
				next.routers--
			}
			if next.routers >= 0 && !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return false
}

// becomes reports whether routers can have made the ends of one packet those of
// another.
func (c *charted) becomes(from, to *sighting) bool {
	a, b := &from.packet, &to.packet
	for node := range c.chart.nodes() {
		if ends, known := c.connections.translate(node, a); known && ends == b.ends() {
			return true
		} else if known && ends != a.ends() {
			return false
		}
	}
	return a.Src == b.Src || a.Dst == b.Dst || a.echo() && a.Dst.Addr() == b.Dst.Addr()
}
