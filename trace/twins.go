package trace

import "slices"

// doubt compares a finished walk with those that have the same key and are not
// finished. Where one of the two was not seen at a point that it can have got
// to, and the other was, that sighting may belong to either: frames were lost,
// or the packet was. It is then marked.
func (c *Correlator) doubt(w *walk) {
	for _, o := range c.joiner.open[w.key] {
		if o != w {
			if c.twins(w, o) {
				confuse(w, o)
				confuse(o, w)
			}
			c.joiner.suspect(w, o)
			if !w.dropped() {
				c.joiner.suspect(o, w)
			}
		}
	}
}

// twins reports whether two walks are of packets equal in every byte that were
// under way at the same time, or nearly so with sightings missing. Which of them
// was seen where can then not be said of any sighting.
func (c *Correlator) twins(w, o *walk) bool {
	if !simultaneous(w, o) {
		return false
	}
	a, b := &w.sightings[0].packet, &o.sightings[0].packet
	shared := a.ends() == b.ends() && (a.TTL != b.TTL || a.SrcMAC == b.SrcMAC)
	for i := range w.sightings {
		s := o.sightingAt(w.sightings[i].point)
		if s == nil {
			continue
		}
		if p := &w.sightings[i].packet; s.packet.ends() != p.ends() || s.packet.SrcMAC != p.SrcMAC {
			return false
		}
		shared = true
	}
	return shared && !c.succeeds(w, o) && !c.succeeds(o, w)
}

// succeeds reports whether a walk was last seen before the other began at the same
// point, and was seen at each point where the other was. None of the later one's
// sightings can then be the earlier one's, which has its own at each of these
// points; and none of the earlier one's can be the later one's, which was not on
// its way yet.
func (c *Correlator) succeeds(later, earlier *walk) bool {
	first := &later.sightings[0]
	if first.point != earlier.sightings[0].point || !first.time.After(earlier.last) {
		return false
	}
	return !slices.ContainsFunc(later.sightings, func(s sighting) bool { return earlier.sightingAt(s.point) == nil })
}

// simultaneous reports whether two walks of one key were under way at the same
// time, as far as the order of what was read can tell.
func simultaneous(w, o *walk) bool {
	if len(w.sightings) == 0 || len(o.sightings) == 0 || w.sightings[0].packet.hash != o.sightings[0].packet.hash {
		return false
	}
	return !w.sightings[0].time.After(o.last.Add(reorderWindow)) && !o.sightings[0].time.After(w.last.Add(reorderWindow))
}

// confuse notes that any sighting of a walk may be another's, and so any step.
func confuse(of, other *walk) {
	for i := range of.sightings {
		if s := &of.sightings[i]; !slices.Contains(s.rivals, other.id) {
			s.rivals = append(s.rivals, other.id)
		}
	}
	of.doubtful = true
}

// suspect marks the sightings of one walk that may be another's.
func (j *joiner) suspect(of, other *walk) {
	for i := range of.sightings {
		s := &of.sightings[i]
		if other.sightingAt(s.point) == nil && !slices.Contains(s.rivals, other.id) && j.could(other, s) {
			s.rivals = append(s.rivals, other.id)
		}
	}
}

// could reports whether a walk's packet may have been a sighting, with points in
// between at which it was not seen.
func (j *joiner) could(w *walk, s *sighting) bool {
	if s.time.Sub(w.last) > journeyWindow {
		return false
	}
	for i := range w.sightings {
		o := &w.sightings[i]
		if !s.time.Before(o.time) && j.reaches(o, s) || !o.time.Before(s.time) && j.reaches(s, o) {
			return true
		}
	}
	return false
}

// reaches reports whether the chart leads from one sighting to another, by any
// number of strides, and whether what the headers have become on the way is what
// so many routers and their connections can have made of them.
func (j *joiner) reaches(from, to *sighting) bool {
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
			return routers == 0 || j.becomes(from, to)
		}
		for _, s := range j.chart.points[at.point].from {
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
func (j *joiner) becomes(from, to *sighting) bool {
	a, b := &from.packet, &to.packet
	for node := range j.chart.nodes() {
		if ends, known := j.connections.translate(node, a); known && ends == b.ends() {
			return true
		} else if known && ends != a.ends() {
			return false
		}
	}
	return a.Src == b.Src || a.Dst == b.Dst || a.echo() && a.Dst.Addr() == b.Dst.Addr()
}

// dropped reports whether netfilter is known to have dropped the packet.
func (w *walk) dropped() bool {
	return slices.ContainsFunc(w.passes, func(p *pass) bool { return p.end().dropped && !p.rivals })
}
